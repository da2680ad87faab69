import * as z from 'zod';

/** One line is 150 characters; a program that says more is not chronyc. */
const maxText = 4096;
/** 127.127.1.1: chronyd's `local` mode, which follows nobody (chrony.conf(5), `local`). */
const localRefid = '7F7F0101';
/** Debian's chrony.conf steps what is beyond 1 s (`makestep 1 3`) and slews the rest. */
const slewedMs = 1000;

const seconds = z
  .string()
  .regex(/^[+-]?\d{1,12}(\.\d{1,12})?$/)
  .transform(Number);
/** The columns of `chronyc -c tracking` (chronyc(1)) that matter here, by their place. */
const columns = z.tuple([
  z.string().regex(/^[0-9A-Fa-f]{8}$/),
  z.string().max(255),
  z
    .string()
    .regex(/^\d{1,2}$/)
    .transform(Number),
  seconds,
  seconds,
  seconds,
  z.string(),
  z.string(),
  z.string(),
  z.string(),
  seconds,
  seconds,
  z.string(),
  z.enum(['Normal', 'Insert second', 'Delete second', 'Not synchronised']),
]);

/**
 * The bound on the error of the system's wall clock in ms, from `chronyc -n -c tracking`: |system time| + root
 * dispersion + root delay / 2, as chronyc(1) gives it, and the last offset as far as it was slewed and not stepped,
 * because that part of the monotonic clock's past ran at another speed. Null when chronyd follows nobody, or when the
 * text is not chronyc's.
 */
export function chronyBound(text: string): number | null {
  if (text.length > maxText) return null;
  const parsed = columns.safeParse(text.trim().split(','));
  if (!parsed.success) return null;
  const [refid, , stratum, , systemS, lastS, , , , , delayS, dispersionS, , leap] = parsed.data;
  if (leap === 'Not synchronised' || stratum === 0 || refid.toUpperCase() === localRefid) return null;
  if (delayS < 0 || dispersionS < 0) return null;
  const lastMs = Math.min(Math.abs(lastS) * 1000, slewedMs);
  return (Math.abs(systemS) + dispersionS + delayS / 2) * 1000 + lastMs;
}
