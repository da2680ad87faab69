import type { PairSection } from '../../core/config/quality.ts';
import type { Step } from '../../core/flow/scan.ts';
import { type Flag, joinFlags } from '../../core/values/flags.ts';
import type { Measurement } from '../../core/values/measurement.ts';

interface Side {
  readonly value: number;
  readonly u: number;
  readonly atMs: number;
}

/** Of one pair: its newest values, whether it disagrees, and since when it has been otherwise. Plain JSON. */
export interface PairMemory {
  sides: [Side | null, Side | null];
  apart: boolean;
  turnedMs: number | null;
}

/** In the order of the pairs. */
export type PairState = readonly PairMemory[];

export const freshPairs = (pairs: readonly PairSection[]): PairState =>
  pairs.map(() => ({ sides: [null, null], apart: false, turnedMs: null }));

const disagreement: readonly Flag[] = ['pair-disagreement'];

/**
 * Flags both quantities of a pair that has differed by more than `within` and `k` joint standard uncertainties for
 * `holdS`, until it has agreed for as long. A side that is silent for longer than that is not held against the other.
 */
export function pair(pairs: readonly PairSection[]): Step<PairState, Measurement, Measurement> {
  const places = new Map<string, (readonly [index: number, side: 0 | 1])[]>();
  pairs.forEach(({ quantities }, index) => {
    quantities.forEach((quantity, i) => {
      places.set(quantity, [...(places.get(quantity) ?? []), [index, i === 0 ? 0 : 1]]);
    });
  });
  return (state, measurement) => {
    const { quantity, value, u, at } = measurement;
    let { flags } = measurement;
    if (value === null) return [state, measurement];
    for (const [index, side] of places.get(quantity) ?? []) {
      const [memory, rule] = [state[index], pairs[index]];
      if (!memory || !rule) continue;
      memory.sides[side] = { value, u: u ?? 0, atMs: at.monoNs / 1e6 };
      settle(memory, rule, at.monoNs / 1e6);
      if (memory.apart) flags = joinFlags(flags, disagreement);
    }
    return [state, flags === measurement.flags ? measurement : { ...measurement, flags }];
  };
}

function settle(memory: PairMemory, { within, k, holdS }: PairSection, atMs: number): void {
  const [a, b] = memory.sides;
  if (!a || !b || Math.abs(a.atMs - b.atMs) > holdS * 1000) return;
  const apart = Math.abs(a.value - b.value) > within + k * Math.sqrt(a.u * a.u + b.u * b.u);
  if (apart === memory.apart) {
    memory.turnedMs = null;
    return;
  }
  memory.turnedMs ??= atMs;
  if (atMs - memory.turnedMs < holdS * 1000) return;
  memory.apart = apart;
  memory.turnedMs = null;
}
