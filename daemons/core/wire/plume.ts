/** The estimate of a source in an alert; bounded, so that no box can fill a page. */
import * as z from 'zod';
import type { NotEnough } from '../values/plume.ts';
import { lat, lon, stamp, where } from './place.ts';

const degrees = z.number().min(0).max(360);
const basis = {
  at: stamp,
  gas: z.string().max(64).nullable(),
  sinceMs: z.number().nullable(),
  anew: z.boolean(),
  made: z.array(z.string().max(128)).max(64).readonly(),
  wind: z.looseObject({
    rows: z.int().min(0),
    calm: z.int().min(0),
    meanSpeedMs: z.number().min(0),
    fromDeg: degrees,
    spreadDeg: z.number().min(0),
  }),
  latest: z.looseObject({ fromDeg: degrees.nullable(), speedMs: z.number().min(0), untilMs: z.number() }).nullable(),
};

// Open on purpose: an alert of a newer box must not be refused for a reason that we do not know.
const reason = z.string().max(32) as z.ZodType<unknown> as z.ZodType<NotEnough>;

const corner = z.tuple([lon, lat]).readonly();
const rings = z.array(z.array(corner).max(4096).readonly()).max(256).readonly();
const rate = z.number().min(0);

export const plume = z.discriminatedUnion('answer', [
  z.looseObject({
    answer: z.literal('source'),
    ...basis,
    where,
    rateGS: z.looseObject({ median: rate, low: rate, high: rate }),
    region50: rings,
    region90: rings,
    heat: z.looseObject({
      lat,
      lon,
      cellLat: z.number().positive(),
      cellLon: z.number().positive(),
      columns: z.int().min(1).max(64),
      permille: z.array(z.number().min(0).max(1000)).max(4096).readonly(),
    }),
    next: z.looseObject({ lat, lon, nats: z.number() }).nullable(),
  }),
  z.looseObject({ answer: z.literal('not-enough'), reason, ...basis }),
]);
