/** Which devices are this worker's to keep, where several share the work. */
export interface Shares {
  /** Unique among all workers; null for one that is alone. */
  readonly worker: string | null;
  /** Whether envelopes of this device are ours. False as soon as the lease may have run out, whoever has it then. */
  mine(device: string): boolean;
  /** Calls `listener` after devices came to us, until the shares are closed: `gained` tells which. */
  onGain(listener: (gained: (device: string) => boolean) => void): void;
  /**
   * Whether this worker hears a broker. One that has heard none for a while gives back what it holds and takes nothing;
   * so does one that never said.
   */
  hears(broker: boolean): void;
  /** Gives back what is held, so that others need not wait for it to run out. */
  close(): Promise<void>;
}

/** A worker that shares with nobody. */
export const alone: Shares = {
  worker: null,
  mine: () => true,
  onGain: () => {},
  hears: () => {},
  close: async () => {},
};
