/**
 * Earlier times of a boot, corrected by what was learnt later (events `clock-corrected` and `clock-suspended`). Pure.
 * Order is told by `monoNs` within a boot before and after: nothing here changes it.
 */
import * as z from 'zod';
import type { BoxEvent } from '../values/envelope.ts';
import type { Stamp } from '../values/stamp.ts';
import { drift } from './bound.ts';

const finite = z.number().refine(Number.isFinite);
const anchor = z.looseObject({
  boot: z.string().min(1).max(64),
  monoNs: finite.min(0),
  wallMs: finite,
  uncertaintyMs: finite.min(0),
  source: z.string().max(64).default('unknown'),
});
const suspend = z.looseObject({
  boot: z.string().min(1).max(64),
  monoNs: finite.min(0),
  suspendedMs: finite.min(0),
  uncertaintyMs: finite.min(0),
});

/** True time at one moment of a boot, or, with `suspendedMs`, time that its monotonic clock did not count. */
export interface Correction {
  readonly boot: string;
  readonly monoNs: number;
  readonly uncertaintyMs: number;
  readonly wallMs?: number;
  readonly suspendedMs?: number;
  readonly source?: string;
}

/** The correction in an event, or null where there is none that can be read. */
export function correctionOf({ type, detail }: Pick<BoxEvent, 'type' | 'detail'>): Correction | null {
  if (type === 'clock-corrected') return anchor.safeParse(detail).data ?? null;
  if (type === 'clock-suspended') return suspend.safeParse(detail).data ?? null;
  return null;
}

export interface Corrected {
  readonly wallMs: number;
  /** Bound in ms; null is "unknown": nothing was ever learnt about the clock of that boot. */
  readonly uncertaintyMs: number | null;
  /** Sources contradict each other: the bound holds both their times. */
  readonly disputed: boolean;
}

interface Interval {
  readonly midMs: number;
  readonly halfMs: number;
}

/**
 * What is known of the wall time of `stamp`. A bound stated at the time stands unless a later correction contradicts it.
 * Otherwise the boot's corrections are carried to the moment of the stamp, widened by the oscillator's drift on the way,
 * and cut with each other; of one source that contradicts itself the latest word counts, between sources the bound grows
 * over both. Among stamps of one boot that are corrected, `wallMs` grows with `monoNs`.
 */
export function correct(stamp: Stamp, corrections: readonly Correction[]): Corrected {
  const own = corrections.filter(({ boot }) => boot === stamp.boot);
  const anchors = own.filter((one) => one.wallMs !== undefined);
  const claimed: Corrected = { wallMs: stamp.wallMs, uncertaintyMs: stamp.uncertaintyMs, disputed: false };
  if (anchors.length === 0) return claimed;
  const gaps = own.filter((one) => one.suspendedMs !== undefined);
  // Latest first: whom it contradicts must give in.
  const carried = anchors
    .toSorted((a, b) => b.monoNs - a.monoNs)
    .map((one) => ({ one, at: carry(one, stamp.monoNs, gaps) }));
  const { uncertaintyMs } = stamp;
  if (uncertaintyMs !== null) {
    const stands = carried.every(
      ({ one, at }) => one.monoNs < stamp.monoNs || Math.abs(at.midMs - stamp.wallMs) <= at.halfMs + uncertaintyMs,
    );
    if (stands) return claimed;
  }
  const group: typeof carried = [];
  const others: Interval[] = [];
  for (const next of carried) {
    // Whether two corrections agree must not depend on the stamp, or the order of corrected times would.
    if (group.every(({ one }) => agree(one, next.one, gaps))) group.push(next);
    else if (!group.some(({ one }) => one.source === next.one.source)) others.push(next.at);
  }
  const low = Math.max(...group.map(({ at }) => at.midMs - at.halfMs));
  const high = Math.min(...group.map(({ at }) => at.midMs + at.halfMs));
  const midMs = (low + high) / 2;
  const reach = others.map((one) => Math.abs(one.midMs - midMs) + one.halfMs);
  return { wallMs: midMs, uncertaintyMs: Math.max(0, (high - low) / 2, ...reach), disputed: others.length > 0 };
}

/** Whether both may be true: asked at the moment of one of them, because at others rounding may answer otherwise. */
function agree(a: Correction, b: Correction, gaps: readonly Correction[]): boolean {
  const there = carry(a, b.monoNs, gaps);
  return Math.abs(there.midMs - (b.wallMs ?? 0)) <= there.halfMs + b.uncertaintyMs;
}

/** The correction carried to another moment of its boot. */
function carry({ monoNs, wallMs = 0, uncertaintyMs }: Correction, toNs: number, gaps: readonly Correction[]): Interval {
  const between = sleptBetween(monoNs, toNs, gaps);
  const spanMs = toNs / 1e6 - monoNs / 1e6;
  return {
    midMs: wallMs + spanMs + Math.sign(spanMs) * between.ms,
    halfMs: uncertaintyMs + drift * Math.abs(spanMs) + between.slackMs,
  };
}

function sleptBetween(aNs: number, bNs: number, gaps: readonly Correction[]): { ms: number; slackMs: number } {
  const [from, to] = aNs < bNs ? [aNs, bNs] : [bNs, aNs];
  const crossed = gaps.filter(({ monoNs }) => monoNs > from && monoNs <= to);
  return {
    ms: crossed.reduce((sum, { suspendedMs = 0 }) => sum + suspendedMs, 0),
    slackMs: crossed.reduce((sum, { uncertaintyMs }) => sum + uncertaintyMs, 0),
  };
}
