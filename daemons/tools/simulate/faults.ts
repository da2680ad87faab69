import * as z from 'zod';

export const faultName = z.enum([
  'none',
  'checksum',
  'truncate',
  'silence',
  'nack',
  'wrong-unit',
  'stuck',
  'not-a-number',
  'out-of-range',
]);
export type FaultName = z.infer<typeof faultName>;

/** What an instrument does wrong on demand, so that a scenario can see the daemon live through it. */
export const faultOptions = z.strictObject({
  kind: faultName.default('none'),
  fromS: z.number().default(0),
  toS: z.number().default(Number.MAX_SAFE_INTEGER),
});
export type FaultOptions = z.infer<typeof faultOptions>;

/** Which fault is on at a moment. */
export const faultAt = (options: FaultOptions, t: number): FaultName =>
  t >= options.fromS && t < options.toS ? options.kind : 'none';

/** An answer on a serial line as the fault leaves it; null is silence. */
export function spoil(answer: Uint8Array, fault: FaultName): Uint8Array | null {
  if (fault === 'silence') return null;
  if (fault === 'truncate') return answer.subarray(0, Math.max(1, answer.length - 3));
  if (fault !== 'checksum') return answer;
  const bad = Uint8Array.from(answer);
  bad[bad.length - 1] = (bad[bad.length - 1] ?? 0) ^ 0xff;
  return bad;
}
