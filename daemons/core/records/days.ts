/** What is left of telemetry that is forgotten: of each quantity a day, how many values, from where to where, and their mean. Pure. */
import { isFault } from '../ports/fault.ts';
import type { DayValue } from '../ports/retention.ts';
import { decodeTelemetry } from '../telemetry/decode.ts';
import type { Envelope } from '../values/envelope.ts';
import type { Measurement } from '../values/measurement.ts';

const dayMs = 86_400_000;
/** A quantity in degrees may be a place, which is forgotten with its telemetry. */
const placeUnits = new Set(['deg', '°']);

/** Days are those of UTC, by the clock of the box. Bodies that cannot be read tell nothing. */
export function daysOf(texts: readonly string[]): readonly DayValue[] {
  const days = new Map<string, DayValue>();
  for (const { sensor, quantity, unit, at, value } of texts.flatMap(measured)) {
    if (placeUnits.has(unit)) continue;
    const day = Math.floor(at.wallMs / dayMs);
    const key = JSON.stringify([day, sensor, quantity, unit]);
    const known = days.get(key) ?? { day, sensor, quantity, unit, values: 0, gaps: 0, low: null, high: null, sum: 0 };
    days.set(key, add(known, value));
  }
  return [...days.values()];
}

const add = (known: DayValue, value: number | null): DayValue =>
  value === null
    ? { ...known, gaps: known.gaps + 1 }
    : {
        ...known,
        values: known.values + 1,
        low: Math.min(known.low ?? value, value),
        high: Math.max(known.high ?? value, value),
        sum: known.sum + value,
      };

function measured(text: string): readonly Measurement[] {
  const { stream, body } = JSON.parse(text) as Partial<Envelope>;
  if (stream !== 'tele' || body === undefined) return [];
  try {
    return decodeTelemetry(body as Envelope<'tele'>['body']).measurements;
  } catch (error) {
    if (!isFault(error)) throw error;
    return [];
  }
}
