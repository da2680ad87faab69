/** How a procedure ended. `adjusted` is the only one that changes what is in force. */
export interface Ending {
  readonly result: 'adjusted' | 'passed' | 'failed' | 'aborted';
  readonly reason: Reason | null;
  /** More for the reader, in English, where the program that refused has said it. */
  readonly why: string | null;
}

export type Reason =
  | 'by-technician'
  | 'connection-lost'
  | 'nobody'
  | 'not-stable'
  | 'deadline'
  | 'restart'
  | 'fit'
  | 'levels'
  | 'as-left'
  | 'out-of-tolerance'
  | 'no-gas'
  | 'no-alarm'
  | 'verdict'
  | 'not-kept';
