/** All the memory of the line as plain JSON and back: what a replay starts from. */
import * as z from 'zod';
import { onDemand } from '../core/config/on-demand.ts';
import type { Flag } from '../core/values/flags.ts';
import { stamp } from '../core/wire/envelope.ts';
import type { CalibrateState } from './calibrate.ts';
import { noAir } from './climate-correction.ts';
import { type Element, weather } from './compensate.ts';
import { frozenCrew, thawCrew } from './crew/frozen.ts';
import { freshTaken } from './detection/taken-for.ts';
import { frozenAlert } from './frozen-alert.ts';
import { freezeGrounds, frozenGrounds, thawGrounds } from './grounds/frozen.ts';
import type { LineState } from './line.ts';
import { freezeLocating, frozenLocating, thawLocating } from './locating/frozen.ts';
import { frozenPassage, thawPassage } from './passage/frozen.ts';
import { freezeQuality, frozenQuality, thawQuality } from './quality/frozen.ts';
import { freezeSampling, frozenSampling, thawSampling } from './sampling/frozen.ts';

const value = z.number().nullable();
const flags = z.array(z.string());
const measurement = onDemand(() =>
  z.looseObject({
    sensor: z.string(),
    quantity: z.string(),
    at: stamp,
    value,
    unit: z.string(),
    u: value,
    flags,
    calibration: z.string().nullable(),
  }),
);
const side = onDemand(() => z.object({ value: z.number(), u: z.number(), atMs: z.number() }).nullable());

const moment = { monoNs: z.number(), boot: z.string() };
const frozenTaken = onDemand(() =>
  z.object({
    scores: z.record(z.string(), z.number()),
    since: z.object(moment).nullable(),
    said: z.array(z.object({ ...moment, p: z.array(z.number()) })),
  }),
);

/** As it stands in a `line-state` event. */
export const frozenState = onDemand(() =>
  z.object({
    clock: z.object({ boot: z.string(), offsetMs: z.number(), synced: z.boolean(), uncertaintyMs: value }).nullable(),
    quality: frozenQuality,
    sampling: frozenSampling,
    pairs: z.array(z.object({ sides: z.tuple([side, side]), apart: z.boolean(), turnedMs: value })),
    climate: z.object({ temperatureC: value, relativePercent: value }),
    /** Of each quantity that comes from several channels: its channels' newest values, and which of them are new. */
    slots: z.array(z.object({ values: z.array(value), seen: z.array(z.number()), flags: z.array(flags) })),
    /** Absent where nothing is corrected by it. */
    air: z.object({ temperatureC: value, humidityGm3: value, pressureHpa: value }).optional(),
    window: z.object({
      baseline: z.object({ learned: z.number(), levels: z.array(z.number()) }),
      /** Of each element: the samples so far; null is a gap. */
      ratios: z.array(z.array(value)),
      flags,
      temperature: measurement.nullable(),
      humidity: measurement.nullable(),
    }),
    /** Baselines of the quantities that rules ask a change of; absent where none does. */
    channels: z
      .record(
        z.string(),
        z.object({
          baseline: z.object({
            block: z.array(z.number()),
            medians: z.array(z.number()),
            spreads: z.array(z.number()),
            level: value,
            spread: value,
          }),
          recent: z.array(z.number()),
        }),
      )
      .optional(),
    /** What a change is taken for; absent where no rule asks. */
    taken: frozenTaken.optional(),
    /** Absent where the box has not flown. */
    flight: z.object({ boot: z.string(), sinceNs: z.number(), lastNs: z.number() }).optional(),
    detect: z.record(z.string(), z.object({ active: z.boolean(), run: z.number() })),
    alert: z.record(z.string(), frozenAlert),
    /** Absent where nothing claims more than an indication. */
    grounds: frozenGrounds.optional(),
    /** Absent where no source is looked for. */
    plume: frozenLocating.optional(),
    /** Absent where nothing guards the crew. */
    crew: frozenCrew.optional(),
    /** Absent where no vehicle passes. */
    passage: frozenPassage.optional(),
  }),
);
export type FrozenState = z.infer<typeof frozenState>;

const orNull = (values: Iterable<number>): (number | null)[] =>
  Array.from(values, (one) => (Number.isFinite(one) ? one : null));

/** Slots of quantities of several channels, each once, in the order of the conversions. */
const joined = (state: CalibrateState) => {
  const slots = [...state.values()].flatMap((channels) => [...channels.values()].flat().map(({ slot }) => slot));
  return [...new Set(slots)].filter(({ values }) => values.length > 1);
};

/** The state between two batches, as plain JSON: what was read and not yet kept is not in it. */
export function freeze(state: LineState): FrozenState {
  const { window } = state;
  const plume = freezeLocating(state.locating);
  const grounds = freezeGrounds(state.grounds);
  const frozen = {
    clock: state.recorded.clock,
    quality: freezeQuality(state.quality),
    sampling: freezeSampling(state.sampling),
    pairs: state.pairs,
    climate: { temperatureC: state.compensate.temperatureC, relativePercent: state.compensate.relativePercent },
    slots: joined(state.calibrate).map(({ values, seen, flags }) => ({
      values: orNull(values),
      seen: [...seen],
      flags,
    })),
    ...(state.air === noAir ? {} : { air: state.air }),
    window: {
      baseline: window.baseline,
      ratios: window.ratios.map((one, i) => orNull(one.subarray(0, window.filled[i]))),
      flags: window.flags,
      temperature: window.temperature,
      humidity: window.humidity,
    },
    ...(Object.keys(state.channels).length > 0 ? { channels: state.channels } : {}),
    ...(state.taken === freshTaken ? {} : { taken: state.taken }),
    ...(state.flight ? { flight: state.flight } : {}),
    detect: state.detect,
    alert: state.alert,
    ...(grounds ? { grounds } : {}),
    ...(plume ? { plume } : {}),
    ...(Object.keys(state.crew).length > 0 ? { crew: state.crew } : {}),
    ...(state.passage.boot === null ? {} : { passage: state.passage }),
  };
  // A copy: the line goes on writing into its arrays.
  return JSON.parse(JSON.stringify(frozen)) as FrozenState;
}

/** Writes a frozen state into a fresh one of the same board and conversions, and gives it. */
export function thaw(frozen: FrozenState, fresh: LineState, array: readonly Element[]): LineState {
  fresh.recorded.clock = frozen.clock;
  thawQuality(frozen.quality, fresh.quality);
  thawSampling(frozen.sampling, fresh.sampling);
  frozen.pairs.forEach((one, i) => {
    Object.assign(fresh.pairs[i] ?? {}, one);
  });
  Object.assign(fresh.compensate, frozen.climate);
  weather(fresh.compensate, array);
  for (const [i, slot] of joined(fresh.calibrate).entries()) {
    const from = frozen.slots[i];
    if (!from) continue;
    slot.values.set(from.values.map(orNaN));
    slot.seen.set(from.seen);
    slot.flags.splice(0, slot.flags.length, ...(from.flags as Flag[][]));
    slot.missing = from.seen.filter((one) => one === 0).length;
  }
  const { window } = frozen;
  Object.assign(fresh.window, {
    baseline: window.baseline,
    flags: window.flags,
    temperature: window.temperature,
    humidity: window.humidity,
  });
  for (const [i, samples] of window.ratios.entries()) {
    fresh.window.ratios[i]?.set(samples.map(orNaN));
    fresh.window.filled[i] = samples.length;
  }
  return {
    ...fresh,
    air: frozen.air ?? noAir,
    channels: frozen.channels ?? {},
    taken: frozen.taken ?? freshTaken,
    flight: frozen.flight ?? null,
    detect: frozen.detect,
    alert: frozen.alert as LineState['alert'],
    grounds: thawGrounds(frozen.grounds),
    locating: thawLocating(frozen.plume),
    crew: thawCrew(frozen.crew ?? {}),
    passage: thawPassage(frozen.passage),
  };
}

const orNaN = (one: number | null): number => one ?? Number.NaN;
