import { inputsOf, type SamplingLine } from '../../core/config/sampling.ts';
import type { Step } from '../../core/flow/scan.ts';
import { type Flag, joinFlags, noFlags } from '../../core/values/flags.ts';
import type { Reading } from '../../core/values/reading.ts';
import type { Stamp } from '../../core/values/stamp.ts';
import type { Said } from '../sensor-event.ts';
import { type Condition, conditions, judgeLine } from './judge.ts';
import { samplingEvent } from './words.ts';

/** An input's newest value, and when it was last not a gap, in ms; plain JSON, as all here. */
interface InputMemory {
  value: number | null;
  seenMs: number | null;
}

/** Of one line; changed in place. */
export interface SamplingMemory {
  inputs: Record<string, InputMemory>;
  /** Conditions that hold, and since when one is not as it was judged to be, in ms. */
  on: Condition[];
  turnedMs: Partial<Record<Condition, number>>;
  /** Whether an input is silent. True at first, and then no news. */
  unknown: boolean;
  /** How long the pump has run on the filter of that day, and when it was last asked, in ms. */
  runMs: number;
  changed: string | null;
  pumpMs: number | null;
}

/** By the name of the line. */
export type SamplingState = ReadonlyMap<string, SamplingMemory>;

/** Something to tell about a line. */
export interface SamplingNews {
  readonly news: Said & { readonly at: Stamp };
}

/** What came out of the step, apart. */
export function parted(all: readonly (Reading | SamplingNews)[]): readonly [Reading[], SamplingNews['news'][]] {
  const readings: Reading[] = [];
  const news: SamplingNews['news'][] = [];
  for (const one of all)
    if ('news' in one) news.push(one.news);
    else readings.push(one);
  return [readings, news];
}

/** A channel that said nothing for longer is not heard, and a pump may have stood still in between; in ms. */
const longestLookMs = 60_000;

/** Flags that this step alone gives. */
export const lineFlags: ReadonlySet<Flag> = new Set<Flag>([...conditions, 'line-unknown']);

export const freshSampling = (lines: readonly SamplingLine[]): SamplingState =>
  new Map(
    lines.map((line) => [
      line.line,
      {
        inputs: Object.fromEntries(Object.keys(inputsOf(line)).map((what) => [what, { value: null, seenMs: null }])),
        on: [],
        turnedMs: {},
        unknown: true,
        runMs: 0,
        changed: line.filter?.changed ?? null,
        pumpMs: null,
      },
    ]),
  );

/**
 * Judges sampling lines by their pump, flow, vacuum, filter and moisture, and flags every value of the sensors behind one
 * that is at fault: the value is kept, what may be claimed from it is less. A fault begins once it has lasted `holdS`, and
 * is over once it was gone by the margin for `clearS`; air that did not come through it must leave first, so that nothing is
 * measured again only after the transport delay as well.
 */
export function sampling(lines: readonly SamplingLine[]): Step<SamplingState, Reading, Reading | SamplingNews> {
  const inputs = new Map<string, Map<string, (readonly [SamplingLine, what: string])[]>>();
  const behind = new Map<string, SamplingLine>();
  for (const line of lines) {
    for (const id of line.behind) behind.set(id, line);
    for (const [what, key] of Object.entries(inputsOf(line))) {
      const [sensor = '', channel = ''] = key.split('/');
      const channels = inputs.get(sensor) ?? new Map<string, (readonly [SamplingLine, string])[]>();
      channels.set(channel, [...(channels.get(channel) ?? []), [line, what]]);
      inputs.set(sensor, channels);
    }
  }

  return (state, reading) => {
    const { sensor, channel, at } = reading;
    const fed = inputs.get(sensor)?.get(channel) ?? [];
    const line = behind.get(sensor);
    if (fed.length === 0 && line === undefined) return [state, reading];
    const atMs = at.monoNs / 1e6;
    const news: Said[] = [];
    for (const [one, what] of fed) {
      const memory = state.get(one.line);
      if (memory) news.push(...notice(memory, one, what, { value: reading.value, atMs }));
    }
    const memory = line && state.get(line.line);
    if (line && memory) news.push(...watch(memory, line, atMs));
    const given = memory && reading.value !== null ? flagsOf(memory) : noFlags;
    const flags = joinFlags(reading.flags, given);
    return [
      state,
      given.length === 0 ? reading : { ...reading, flags },
      ...news.map((one) => ({ news: { ...one, at } })),
    ];
  };
}

const flagsOf = ({ on, unknown }: SamplingMemory): readonly Flag[] =>
  unknown ? [...on, 'line-unknown'] : on.length === 0 ? noFlags : on;

interface Heard {
  readonly value: number | null;
  readonly atMs: number;
}

/** Takes a value of one of the line's channels, and says what changed by it. */
function notice(memory: SamplingMemory, line: SamplingLine, what: string, { value, atMs }: Heard): Said[] {
  const input = memory.inputs[what];
  // A gap says nothing new: what was known holds until the channel is silent for too long.
  if (!input || value === null) return watch(memory, line, atMs);
  Object.assign(input, { value, seenMs: atMs });
  if (what === 'pump') countHours(memory, line, value, atMs);
  const now = judgeLine(line, valuesOf(memory), {
    hours: memory.runMs / 3_600_000,
    isOn: (condition) => memory.on.includes(condition),
  });
  const news: Said[] = [];
  for (const condition of conditions) {
    const isOn = memory.on.includes(condition);
    if (now[condition] === isOn) {
      delete memory.turnedMs[condition];
      continue;
    }
    const since = memory.turnedMs[condition] ?? atMs;
    memory.turnedMs[condition] = since;
    const delayS = condition === 'not-measured' && isOn ? (line.delay?.s ?? 0) : 0;
    if (atMs - since < 1000 * (isOn ? line.clearS + delayS : line.holdS)) continue;
    delete memory.turnedMs[condition];
    memory.on = conditions.filter((one) => (one === condition ? !isOn : memory.on.includes(one)));
    news.push(samplingEvent(line, condition, !isOn, valuesOf(memory)));
  }
  return [...news, ...watch(memory, line, atMs)];
}

const valuesOf = ({ inputs }: SamplingMemory): Record<string, number | null> =>
  Object.fromEntries(Object.entries(inputs).map(([what, { value }]) => [what, value]));

function countHours(memory: SamplingMemory, { pump, filter }: SamplingLine, value: number, atMs: number): void {
  const sinceMs = memory.pumpMs === null ? 0 : atMs - memory.pumpMs;
  memory.pumpMs = atMs;
  if (filter?.hours !== undefined && pump && value >= pump.runsFrom && sinceMs > 0 && sinceMs <= longestLookMs)
    memory.runMs += sinceMs;
}

/** Whether everything that watches the line has spoken within its time. */
function watch(memory: SamplingMemory, line: SamplingLine, atMs: number): Said[] {
  const inputs = Object.values(memory.inputs);
  const never = inputs.some(({ seenMs }) => seenMs === null);
  const silent = inputs.some(({ seenMs }) => seenMs === null || atMs - seenMs > longestLookMs);
  if (silent === memory.unknown) return [];
  memory.unknown = silent;
  // A start is no news: what has never answered is told as a sensor that fails.
  return never || !silent ? [] : [samplingEvent(line, 'line-unknown', silent, valuesOf(memory))];
}
