import { inflateRawSync } from 'node:zlib';
import { z } from 'zod';
import { Fault } from '../ports/fault.ts';
import type { TelemetryBody } from '../values/envelope.ts';
import type { Flag } from '../values/flags.ts';
import type { Measurement } from '../values/measurement.ts';
import type { Reading } from '../values/reading.ts';

/** A batch inflates to some hundred kB; what grows beyond this is not one of ours. */
const mostBytes = 16_000_000;

const column = z.array(z.number().nullable());
const shape = z.array(
  z.object({
    k: z.enum(['r', 'm']),
    s: z.string(),
    c: z.string(),
    unit: z.string(),
    cal: z.string().nullable(),
    t: z.array(z.number()),
    v: column,
    u: z.union([column, z.number(), z.null()]),
    f: z.record(z.string(), z.array(z.string())),
  }),
);

/**
 * The readings and measurements of a batch, series by series, each in its order. Times are exact to the millisecond.
 * Errors: Fault `protocol` when the data is no batch of ours, or would inflate beyond its bound.
 */
export function decodeTelemetry(body: TelemetryBody): { readings: Reading[]; measurements: Measurement[] } {
  let json: unknown;
  try {
    json = JSON.parse(
      inflateRawSync(Buffer.from(body.data, 'base64'), { maxOutputLength: mostBytes }).toString('utf8'),
    );
  } catch (error) {
    throw new Fault('protocol', `telemetry: its data cannot be inflated (${(error as Error).message})`, error);
  }
  const parsed = shape.safeParse(json);
  if (!parsed.success)
    throw new Fault(
      'protocol',
      `telemetry: ${parsed.error.issues[0]?.path.join('.')}: ${parsed.error.issues[0]?.message}`,
    );
  const readings: Reading[] = [];
  const measurements: Measurement[] = [];
  for (const { k, s, c, unit, cal, t, v, u, f } of parsed.data) {
    if (t.length !== v.length || (Array.isArray(u) && u.length !== v.length))
      throw new Fault('protocol', `telemetry: the columns of ${s}/${c} differ in length`);
    let afterMs = 0;
    v.forEach((value, i) => {
      afterMs += t[i] ?? 0;
      const at = { ...body.from, wallMs: body.from.wallMs + afterMs, monoNs: body.from.monoNs + afterMs * 1e6 };
      const flags = (f['*'] ?? f[i] ?? []) as Flag[];
      if (k === 'r') readings.push({ sensor: s, channel: c, at, value, unit, flags });
      else
        measurements.push({
          sensor: s,
          quantity: c,
          at,
          value,
          unit,
          u: Array.isArray(u) ? (u[i] ?? null) : u,
          flags,
          calibration: cal,
        });
    });
  }
  return { readings, measurements };
}
