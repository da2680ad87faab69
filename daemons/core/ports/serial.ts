/**
 * A byte line to an instrument: a UART, RS-485, a USB adapter, or the same over TCP.
 * Errors: Fault `timeout`, `absent` (unplugged or not there; a later `transact` tries to open it again).
 */
export interface Serial {
  /** Runs `work` alone on the line: masters that share an RS-485 pair take turns. */
  transact<T>(work: (line: SerialLine) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export interface SerialLine {
  write(bytes: Uint8Array): Promise<void>;
  /** The bytes received since the last call, at least one; Fault `timeout` when none came within `timeoutMs`. */
  read(timeoutMs: number): Promise<Uint8Array>;
  /** Forgets what was received and not read: the noise before a request. */
  discard(): void;
  /**
   * From now on, until the line is lost, nothing that waits gives way to what is newer: its sender waits in its place. A line
   * that cannot make its sender wait, as a UART, has no such word.
   */
  hold?(): void;
}
