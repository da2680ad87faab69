/** What the camera did since it last said so. */
export interface Counts {
  readonly frames: number;
  /** Frames that the source left out because a newer one was there. */
  readonly dropped: number;
  /** Frames that show nothing: black, flat, stuck, of a wrong size. */
  readonly unusable: number;
  /** From where the model was not made to look: too high, too low, too coarse. */
  readonly notAsked: number;
  /** Looked at without knowing whether the model was made for it: no height, or nothing that says what a pixel covers. */
  readonly notGated: number;
  readonly tiles: number;
  /** That there was no time for. */
  readonly tilesLeft: number;
  readonly sightings: number;
  readonly unplaced: number;
  readonly alerts: number;
  readonly troubles: number;
  /** From a frame to what was kept of it; the newest. */
  readonly ms: readonly number[];
}

export const counting = (): Counts => ({
  ...{
    frames: 0,
    dropped: 0,
    unusable: 0,
    notAsked: 0,
    notGated: 0,
    tiles: 0,
    tilesLeft: 0,
    sightings: 0,
    unplaced: 0,
    alerts: 0,
    troubles: 0,
    ms: [],
  },
});

/** As health says it: milliseconds as median and as the one in a hundred. */
export function drained({ ms, ...counts }: Counts) {
  const sorted = [...ms].sort((a, b) => a - b);
  const at = (q: number): number | null => {
    const value = sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];
    return value === undefined ? null : Math.round(value * 10) / 10;
  };
  return { ...counts, msMedian: at(0.5), ms99: at(0.99) };
}
