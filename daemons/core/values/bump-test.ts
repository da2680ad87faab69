import type { RecordHead } from './calibration.ts';

/** How a channel answered a gas: see `core/calibration/response.ts`. */
export interface Response {
  /** Highest value while the gas flowed, in the unit of the result. */
  readonly peak: number;
  /** Seconds from the gas to 90 % of the final value; null when it was not reached. */
  readonly t90S: number | null;
  /** Seconds from clean air back to 10 % of the final value; null when it was not reached. */
  readonly t10S: number | null;
}

/** What a bump is judged by. */
export interface BumpLimits {
  /** Times the T90 at commissioning beyond which an answer is too slow. */
  readonly slower: number;
  /** Share of the applied concentration below and above which the peak is wrong. */
  readonly gain: readonly [number, number];
}

/** A bump test: does gas arrive, and does the alarm trip. Qualitative: it neither changes nor renews a calibration. */
export interface BumpTest extends RecordHead {
  readonly record: 'bump';
  /** Id of the adjustment in force; null where there is none. */
  readonly calibration: string | null;
  /** Concentration on the certificate, in the unit of the result. */
  readonly applied: number;
  /** The alarm's threshold, in the unit of the result; null where no rule watches this quantity. */
  readonly alarmAt: number | null;
  readonly alarmTripped: boolean;
  readonly response: Response;
  /** T90 in seconds when the part was commissioned; null: this bump is the first. */
  readonly commissionedT90S: number | null;
  readonly limits: BumpLimits;
  readonly verdict: 'passed' | 'failed';
  /** Why it failed, for the reader; empty when it passed. */
  readonly reasons: readonly string[];
}
