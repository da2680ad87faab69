/** Which devices are this worker's to keep, where several share the work. */
export interface Shares {
  /** Whether envelopes of this device are ours. False as soon as the lease may have run out, whoever has it then. */
  mine(device: string): boolean;
  /** Calls `listener` after partitions were gained, until the shares are closed. */
  onGain(listener: () => void): void;
  /** Gives back what is held, so that others need not wait for it to run out. */
  close(): Promise<void>;
}

/** A worker that shares with nobody. */
export const alone: Shares = { mine: () => true, onGain: () => {}, close: async () => {} };
