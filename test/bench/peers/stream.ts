/** What the instrument says to everyone, and what must come of it: every reading tells its own number, so that loss and doubling are counted and not guessed. */

/** Numbers start again after so many readings: four digits behind the point are read exactly by everyone. */
export const cycle = 10_000;

/** Of every `period` readings the last `high` stand above the threshold. Both divide a cycle, and are multiples of ten. */
export interface Shape {
  readonly period: number;
  readonly high: number;
}

export const quiet: Shape = { period: 250, high: 50 };
export const rare: Shape = { period: cycle, high: 50 };
export const busy: Shape = { period: 20, high: 10 };
export const always: Shape = { period: 20, high: 20 };

/** Everyone's calibration, and where everyone raises and clears. */
export const gain = 1.02;
export const offset = -0.4;
export const threshold = { on: 60, off: 50 };

const levels = { low: 20, high: 70 };

/** Reading number `i` from 0. */
export const readingOf = (i: number, { period, high }: Shape): number =>
  (i % period >= period - high ? levels.high : levels.low) + (i % cycle) / cycle;

export const lineOf = (i: number, shape: Shape): string => `a,${readingOf(i, shape).toFixed(4)}\n`;

/** The number, within its cycle, of a reading; and of one that was calibrated. */
export const numberIn = (reading: number): number => Math.round(reading * cycle) % cycle;
export const numberInCalibrated = (value: number): number => numberIn((value - offset) / gain);

/** How often each number came: of readings, and of raised alerts by their episode. */
export interface Tally {
  readonly readings: Int32Array;
  readonly alerts: Map<number, number>;
}

export const freshTally = (): Tally => ({ readings: new Int32Array(cycle), alerts: new Map() });

export function countReading(tally: Tally, number: number): void {
  tally.readings[number] = (tally.readings[number] ?? 0) + 1;
}

/** `number` is that of a reading of the episode. */
export function countAlert(tally: Tally, number: number, { period }: Shape): void {
  const episode = Math.floor(number / period);
  tally.alerts.set(episode, (tally.alerts.get(episode) ?? 0) + 1);
}

export interface Missed {
  readonly lost: number;
  readonly doubled: number;
}

const held = (counts: readonly (readonly [got: number, wanted: number])[]): Missed => ({
  lost: counts.reduce((sum, [got, wanted]) => sum + Math.max(0, wanted - got), 0),
  doubled: counts.reduce((sum, [got, wanted]) => sum + Math.max(0, got - wanted), 0),
});

/** Readings 0 to `count` - 1 against what came. */
export function missedReadings({ readings }: Tally, count: number): Missed {
  return held(
    [...readings].map((got, number) => [got, Math.floor(count / cycle) + (number < count % cycle ? 1 : 0)] as const),
  );
}

/** Alerts of `count` readings, in one cycle at the most, against what was raised. An alert of no episode is one too many. */
export function missedAlerts({ alerts }: Tally, count: number, { period }: Shape): Missed {
  const wanted = Math.floor(count / period);
  const episodes = new Set([...alerts.keys(), ...Array.from({ length: wanted }, (_, i) => i)]);
  return held([...episodes].map((one) => [alerts.get(one) ?? 0, one < wanted ? 1 : 0] as const));
}
