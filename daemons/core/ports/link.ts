/** A line on which drones speak MAVLink: a serial line with one peer at its end, or UDP, where anybody may be. */
export interface Link {
  /** What came next, and whom it came from. Errors: Fault `timeout` when nothing came, `absent` while there is no line. */
  read(timeoutMs: number): Promise<Heard>;
  /** To a peer that was heard; null: to whoever is at the end of the line. Errors: Fault `absent`, also for null where many are. */
  send(bytes: Uint8Array, to: string | null): Promise<void>;
  /** Pieces that were not taken: too long, or more than wait at the most. */
  readonly dropped: number;
  close(): Promise<void>;
}

export interface Heard {
  /** Names the peer on this link, `address:port` on UDP. Nothing proves it: whoever can send can send as another. */
  readonly from: string;
  readonly bytes: Uint8Array;
}
