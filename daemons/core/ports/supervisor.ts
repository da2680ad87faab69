/** Who starts the daemons of a box: systemd, or a parent process on a bench. */
export interface Supervisor {
  /** Names of the daemons that it keeps, without the agent. */
  daemons(): Promise<readonly string[]>;
  /** What nobody else has started is started. */
  begin(): Promise<void>;
  /** Starts them again, with the program and the configuration that are in force now. Errors: Fault when it is refused. */
  restart(daemons: readonly string[]): Promise<void>;
  states(): Promise<ReadonlyMap<string, DaemonState>>;
}

export interface DaemonState {
  /** `failed`: it is not started again by itself. */
  readonly is: 'running' | 'starting' | 'failed';
  /** How often it was started again because it ended, ever growing. */
  readonly restarts: number;
  /** For the reader: how it ended last; empty where nothing is known. */
  readonly said: string;
}
