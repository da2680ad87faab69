/** What is asked about boxes over HTTP, and what is answered. The page imports the types. */
import * as z from 'zod';

const ms = z.number();
const place = z.object({ lat: z.number(), lon: z.number() });
const strings = z.array(z.string());

export const deviceQuery = z.strictObject({ site: z.string().max(64).optional() });
const difference = z.object({ path: z.string(), desired: z.string(), reported: z.string() });
const toldBox = z.object({
  ...{ name: z.string(), wave: z.number(), phase: z.string(), sinceMs: ms, reasons: strings },
});

export const deviceAnswer = z.object({
  ...{ site: z.string(), device: z.string() },
  known: z.boolean().describe('false: alerts of it are there, and nothing else is known any more'),
  ...{ status: z.enum(['online', 'offline', 'unknown']), lastSeenMs: ms.nullable(), simulated: z.boolean() },
  where: place.nullable(),
  birth: z.object({
    version: z.string().nullable(),
    boot: z.string().nullable(),
    atMs: ms.nullable(),
    sensors: z.array(z.object({ id: z.string(), part: z.string().nullable(), serial: z.string().nullable() })),
    model: z.string().nullable(),
  }),
  broker: z.enum(['none', 'away', 'heard']).describe('whether this console hears what boxes say of themselves'),
  health: z.record(z.string(), z.unknown()).nullable().describe('as the box said it: core/fleet/health.ts'),
  twin: z.object({
    desired: z
      .object({
        ...{ version: z.number(), by: z.string(), at: z.string(), executable: z.string().nullable() },
        ...{ models: z.record(z.string(), z.string()), files: strings, reason: z.string().nullable() },
      })
      .nullable(),
    reported: z
      .object({
        ...{ phase: z.string(), desired: z.number(), inForce: z.number(), executable: z.string(), reasons: strings },
      })
      .nullable(),
    differences: z.array(difference),
    troubles: strings,
  }),
  rollout: toldBox.extend({ mode: z.string(), reason: z.string(), why: z.string(), rollout: z.string() }).nullable(),
  channels: z.array(z.object({ sensor: z.string(), quantity: z.string(), unit: z.string() })),
  calibrations: z.array(
    z.object({ id: z.string(), sensor: z.string().optional(), quantity: z.string(), atMs: ms, validUntilMs: ms }),
  ),
  logs: z.object({ possible: z.boolean(), why: z.string().nullable() }),
});
export type DeviceAnswer = z.infer<typeof deviceAnswer>;

const dayMs = 86_400_000;
/** GET .../strip?sensor=&quantity=&from=&to=&points=&format= */
export const stripQuery = z
  .strictObject({
    channel: z
      .string()
      .min(3)
      .max(257)
      .regex(/^[^/]+\/.+$/, 'must be <sensor>/<quantity>'),
    from: z.coerce.number().int().min(0).describe('Unix ms'),
    to: z.coerce.number().int().min(0).describe('Unix ms'),
    points: z.coerce.number().int().min(10).max(4000).default(600),
    format: z.enum(['json', 'csv']).default('json'),
  })
  .refine(({ from, to }) => to > from && to - from <= 7 * dayMs, { error: 'from .. to must be up to 7 days' });
export const stripRight =
  '?channel=<sensor>/<quantity>&from=<Unix ms>&to=<Unix ms>&points=10..4000&format=json|csv; 7 days at the most';

const stretch = { fromMs: ms, toMs: ms };
export const stripAnswer = z.object({
  ...{ unit: z.string(), ...stretch, readFromMs: ms, values: z.number() },
  pieces: z.array(
    z.array(
      z.object({
        ...{ ...stretch, low: z.number(), high: z.number(), first: z.number(), last: z.number(), n: z.number() },
      }),
    ),
  ),
  gaps: z.array(z.object({ ...stretch, why: strings })),
  flagged: z.array(z.object({ ...stretch, flags: strings })),
  calibrations: z.array(z.object({ atMs: ms, id: z.string().nullable() })),
});
export type StripAnswer = z.infer<typeof stripAnswer>;

export const logsAsked = z.object({
  ...{ id: z.string(), untilMs: ms },
  online: z.boolean().describe('false: it is away, and answers if it comes back in time'),
});
export type LogsAsked = z.infer<typeof logsAsked>;
export const logsAnswer = z.object({
  answers: z.array(
    z.object({ ...{ id: z.string(), daemon: z.string(), atMs: ms, whole: z.boolean(), text: z.string() } }),
  ),
  refused: z.array(z.object({ atMs: ms, message: z.string() })),
});
export type LogsAnswer = z.infer<typeof logsAnswer>;

export const dueAnswer = z.object({
  rows: z.array(
    z.object({
      ...{ site: z.string(), device: z.string(), id: z.string(), sensor: z.string().optional(), quantity: z.string() },
      ...{ atMs: ms, validUntilMs: ms },
    }),
  ),
  ...{ looked: z.number(), of: z.number(), atMs: ms.nullable(), trouble: z.string().nullable() },
});
export type DueAnswer = z.infer<typeof dueAnswer>;

export const rolloutsAnswer = z.object({
  kept: z.boolean().describe('false: this console was started without --fleet'),
  rollouts: z.array(
    z.object({
      ...{ name: z.string(), site: z.string(), by: z.string(), why: z.string(), mode: z.string(), reason: z.string() },
      waves: z.array(z.object({ boxes: z.number(), phases: z.record(z.string(), z.number()) })),
      boxes: z.array(toldBox),
    }),
  ),
});
export type RolloutsAnswer = z.infer<typeof rolloutsAnswer>;
