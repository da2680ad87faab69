/** What the judges remember, as plain JSON and back. */
import * as z from 'zod';
import { onDemand } from '../../core/config/on-demand.ts';
import type { QualityState } from '../quality.ts';
import { type Memory, restore } from './judge.ts';

const value = z.number().nullable();
const sensor = onDemand(() =>
  z.object({
    warm: z.object({ boot: z.string(), ms: z.number() }).nullable(),
    lookMs: value,
    failed: z.number(),
    failing: z.boolean(),
    hot: z.boolean().nullable(),
    heaterTurnedMs: value,
    heaterBad: z.boolean(),
    hotMs: value,
  }),
);
const memory = onDemand(() => z.record(z.string(), z.union([value, z.boolean(), z.array(z.number())])));

export const frozenQuality = onDemand(() =>
  z.object({
    around: z.object({ temperatureC: value, relativePercent: value, hot: z.boolean().nullable() }),
    sensors: z.record(z.string(), sensor),
    channels: z.record(z.string(), z.record(z.string(), z.array(memory))),
  }),
);
export type FrozenQuality = z.infer<typeof frozenQuality>;

/** Shares its parts with the state: the caller makes a copy. */
export const freezeQuality = ({ around, sensors, channels }: QualityState): FrozenQuality => ({
  around,
  sensors: Object.fromEntries(sensors),
  channels: Object.fromEntries(
    [...channels].map(([name, all]) => [name, Object.fromEntries([...all].map(([one, judges]) => [one, [...judges]]))]),
  ),
});

/** Writes what was frozen into a fresh state of the same board. */
export function thawQuality(frozen: FrozenQuality, fresh: QualityState): void {
  Object.assign(fresh.around, frozen.around);
  for (const [name, one] of Object.entries(frozen.sensors)) Object.assign(fresh.sensors.get(name) ?? {}, one);
  for (const [name, channels] of Object.entries(frozen.channels))
    for (const [channel, memories] of Object.entries(channels))
      memories.forEach((one: Memory, i) => {
        const into = fresh.channels.get(name)?.get(channel)?.[i];
        if (into) restore(into, one);
      });
}

/** What must outlive a restart: a sensor that is warm stays warm while its box has power. The rest fills again by itself. */
export const warmth = ({ sensors }: QualityState): FrozenWarmth =>
  Object.fromEntries([...sensors].flatMap(([name, { warm }]) => (warm ? [[name, { ...warm }] as const] : [])));

export const frozenWarmth = onDemand(() => z.record(z.string(), z.object({ boot: z.string(), ms: z.number() })));
export type FrozenWarmth = z.infer<typeof frozenWarmth>;

export function recallWarmth(frozen: FrozenWarmth, { sensors }: QualityState): void {
  for (const [name, warm] of Object.entries(frozen)) {
    const one = sensors.get(name);
    if (one) one.warm = warm;
  }
}
