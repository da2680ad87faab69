import type { Board } from '../core/config/box.ts';
import type { Step } from '../core/flow/scan.ts';
import { type Flag, joinFlags, noFlags } from '../core/values/flags.ts';
import type { Reading } from '../core/values/reading.ts';
import type { Around, Memory } from './quality/judge.ts';
import type { Rules } from './quality/rules.ts';
import { freshSensor, heaterNoticed, isWarming, notice, type SensorMemory } from './quality/sensor.ts';

/** All that the judges remember, changed in place. */
export interface QualityState {
  readonly around: Around;
  readonly sensors: ReadonlyMap<string, SensorMemory>;
  /** sensor -> channel -> memory of each of its judges, in order. */
  readonly channels: ReadonlyMap<string, ReadonlyMap<string, readonly Memory[]>>;
}

export const freshQuality = (rules: ReadonlyMap<string, Rules>): QualityState => ({
  around: { temperatureC: null, relativePercent: null, hot: null },
  sensors: new Map([...rules.keys()].map((sensor) => [sensor, freshSensor()])),
  channels: new Map(
    [...rules].map(([sensor, { channels }]) => [
      sensor,
      new Map([...channels].map(([name, judges]) => [name, judges.map((one) => one.fresh())])),
    ]),
  ),
});

/**
 * Flags that this step alone gives. A replay takes them off what was kept and finds them again; the others it gives
 * (`warming-up`, `saturated`, `heater`) a driver may have given, and given once they stay as they are.
 */
export const judgedFlags: ReadonlySet<Flag> = new Set(['stuck', 'flatline', 'spike', 'rate', 'crc-rate']);

/**
 * Judges every value by what its sensor and channel did before, and flags what is doubtful. It never changes or drops a
 * value, and gives no flag to a gap, which has its reason already.
 */
export function quality(
  rules: ReadonlyMap<string, Rules>,
  climate: Board['climate'] | null,
): Step<QualityState, Reading, Reading> {
  const owners = heatersOf(rules);
  const [airTemperature, airHumidity] = [climate?.temperature, climate?.humidity].map((key) => key?.split('/') ?? []);
  return (state, reading) => {
    const { sensor, channel, value } = reading;
    const rule = rules.get(sensor);
    const memory = state.sensors.get(sensor);
    if (rule === undefined || memory === undefined) return [state, reading];
    if (value !== null && isOf(reading, airTemperature)) state.around.temperatureC = value;
    else if (value !== null && isOf(reading, airHumidity)) state.around.relativePercent = value;
    for (const owner of owners.get(sensor)?.get(channel) ?? none) noticeHeater(state, owner, reading);
    const atMs = reading.at.monoNs / 1e6;
    notice(memory, rule, reading, atMs);
    const found = judged(state, rule, reading, memory);
    if (value === null || found.length === 0) return [state, reading];
    const flags = joinFlags(reading.flags, found);
    return [state, flags.length === reading.flags.length ? reading : { ...reading, flags }];
  };
}

/** Every flag that the reading earns, in the order in which flags are given. All judges see every value. */
function judged(state: QualityState, rule: Rules, reading: Reading, memory: SensorMemory): readonly Flag[] {
  const { sensor, channel, value } = reading;
  const atMs = reading.at.monoNs / 1e6;
  let found: readonly Flag[] = noFlags;
  if (isWarming(memory, rule, atMs)) found = joinFlags(found, ['warming-up']);
  if (memory.heaterBad) found = joinFlags(found, ['heater']);
  const judges = rule.channels.get(channel);
  const memories = state.channels.get(sensor)?.get(channel);
  if (judges && memories) {
    state.around.hot = memory.hot;
    for (let i = 0; i < judges.length; i++) {
      const [judge, own] = [judges[i], memories[i]];
      if (judge && own && judge.judge(own, value, atMs, state.around)) found = joinFlags(found, [judge.flag]);
    }
  }
  return memory.failing ? joinFlags(found, ['crc-rate']) : found;
}

/** Channel by channel, the heater rules of the sensors whose heater it measures. */
function heatersOf(rules: ReadonlyMap<string, Rules>): ReadonlyMap<string, ReadonlyMap<string, readonly Heated[]>> {
  const found = new Map<string, Map<string, Heated[]>>();
  for (const [owner, { heater }] of rules) {
    if (!heater) continue;
    const [sensor = '', channel = ''] = heater.channel.split('/');
    const channels = found.get(sensor) ?? new Map<string, Heated[]>();
    channels.set(channel, [...(channels.get(channel) ?? []), { owner, heater }]);
    found.set(sensor, channels);
  }
  return found;
}

const none: readonly Heated[] = [];

interface Heated {
  readonly owner: string;
  readonly heater: NonNullable<Rules['heater']>;
}

function noticeHeater(state: QualityState, { owner, heater }: Heated, reading: Reading): void {
  const memory = state.sensors.get(owner);
  if (memory) heaterNoticed(memory, heater, reading);
}

const isOf = (reading: Reading, [sensor, channel]: readonly string[] = []): boolean =>
  reading.sensor === sensor && reading.channel === channel;
