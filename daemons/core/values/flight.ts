/** The story of a proposed flight, as the centre knows it from what the dock told. */
export interface FlightStory {
  readonly dock: string;
  readonly proposal: string;
  /** Of the mission's items: what a person approves. */
  readonly sha256: string;
  readonly state: 'proposed' | 'uploading' | 'uploaded' | 'withdrawing' | 'withdrawn' | 'rejected' | 'over';
  /** Unix ms after which the dock takes no word on it. */
  readonly untilMs: number;
  readonly altM: number;
  readonly speedMs: number;
  /** Where the wind comes from, degrees. */
  readonly fromDeg: number;
  readonly home: FlightPlace;
  readonly path: readonly FlightPlace[];
  /** A QGroundControl .plan file. */
  readonly plan: string;
  readonly steps: readonly FlightStep[];
}

export interface FlightPlace {
  readonly lat: number;
  readonly lon: number;
}

export interface FlightStep {
  readonly is: string;
  /** Unix ms, by the box's clock. */
  readonly atMs: number;
  readonly by: string | null;
  readonly message: string;
}
