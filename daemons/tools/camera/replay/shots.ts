/** What the page of a replayed flight is given: plain JSON. Types alone, for the page imports them. */

export interface PageSighting {
  readonly label: string;
  readonly score: number;
  /** Pixels of the whole picture: left, top, right, bottom. */
  readonly box: readonly [number, number, number, number];
  /** Metres [north, east] of the flight's middle; or why it has no place. */
  readonly ground: readonly (readonly [number, number])[] | string;
}

export interface PageFrame {
  readonly seq: number;
  /** Seconds since the first picture. */
  readonly s: number;
  /** A JPEG in base64, smaller than the picture was. */
  readonly jpeg: string;
  readonly heightM: number | null;
  readonly gsdCm: number | null;
  readonly tiles: number;
  readonly ms: number;
  /** Why the model would not have been asked, or what is not known; null: all is well. */
  readonly why: string | null;
  readonly footprint: readonly (readonly [number, number])[] | null;
  /** For each threshold of the page. */
  readonly sightings: readonly (readonly PageSighting[])[];
}

export interface PageData {
  readonly title: string;
  readonly isSimulated: boolean;
  readonly model: string;
  readonly width: number;
  readonly height: number;
  readonly thresholds: readonly number[];
  /** Of the thresholds, the card's own. */
  readonly own: number;
  readonly dropped: number;
  readonly frames: readonly PageFrame[];
}
