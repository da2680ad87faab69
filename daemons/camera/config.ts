import * as z from 'zod';

const share = z.number().min(0).max(1);
const corner = z.tuple([z.number().min(-180).max(180), z.number().min(-90).max(90)]);

const rule = z
  .strictObject({
    label: z.string().min(1).max(64).describe('a label of the model'),
    kind: z
      .string()
      .regex(/^[a-z0-9-]{1,32}$/)
      .describe('what it is called in the alert'),
    severity: z.enum(['info', 'warning', 'critical']),
    on: share.describe('a look counts from this score'),
    raise: share.describe('how sure it must be to be raised'),
    off: share.describe('below it an alert is cleared; lower than raise'),
    minLooks: z.int().min(1).max(1000).describe('looks at a place before it is raised'),
  })
  .refine((one) => one.off < one.raise, { path: ['off'], error: 'must be lower than raise, or the alert flickers' })
  .refine((one) => one.on > 0 && one.on < 1, { path: ['on'], error: 'must lie between 0 and 1' });

/** The `camera` section of a profile. */
export const cameraProfile = z.strictObject({
  camera: z.string().describe('which of the cameras of the board'),
  model: z.strictObject({
    folder: z.string().describe('folder of the model, from the models folder'),
    purpose: z.string().describe('the exact purpose on its card'),
    labels: z.array(z.string()).min(1).describe('the exact labels on its card, in order'),
    signers: z
      .array(z.string().max(2000))
      .min(1)
      .max(8)
      .describe('public keys (PEM, P-256) of who may vouch for its card'),
  }),
  tiles: z
    .strictObject({
      ios: share.default(0.5).describe('overlap by the smaller area from which on sightings of tiles are one'),
      budgetMs: z
        .int()
        .min(50)
        .max(60_000)
        .nullable()
        .default(null)
        .describe('what a picture may take: the greenest tiles are looked at first, the rest not; null: all of them'),
    })
    .prefault({}),
  rules: z.array(rule).min(1).max(32),
  ground: z
    .discriminatedUnion('kind', [
      z.strictObject({
        kind: z.literal('flat'),
        aboveSeaM: z.number().min(-500).max(9000).optional().describe('absent: the height where the flight began'),
        uM: z.number().min(0).max(1000).default(5).describe('how far the ground may be off that (k=1), metres'),
      }),
      z.strictObject({
        kind: z.literal('tiles'),
        folder: z.string().min(1).describe('of elevation tiles: SRTM .hgt, GeoTIFF .tif in degrees of WGS 84'),
        uM: z.number().min(0).max(1000).default(5),
      }),
    ])
    .prefault({ kind: 'flat' }),
  most: z
    .strictObject({
      ageMs: z.int().min(0).max(10_000).default(500).describe('age of a pose that still counts'),
      rangeM: z.number().positive().max(20_000).default(1000).describe('ground this far from under the camera'),
      ceM: z.number().positive().max(10_000).default(60).describe('radius of 90 % beyond which a place is no place'),
    })
    .prefault({}),
  zones: z
    .array(
      z.strictObject({
        name: z.string().min(1).max(64),
        kind: z
          .enum(['declared', 'licensed', 'watch'])
          .describe('declared and licensed lower what is claimed; with watch, plots outside it are for information'),
        corners: z.array(corner).min(3).max(256).describe('[longitude, latitude] each'),
      }),
    )
    .max(64)
    .default([]),
  passGapMs: z.int().min(1000).default(20_000).describe('a place not seen for so long is in another pass then'),
  endAfterMs: z.int().min(1000).default(600_000).describe('an alert whose place was not found for so long ends'),
  cooldownMs: z.int().min(0).default(3_600_000).describe('one that ended is not raised again for so long'),
  heldEveryMs: z.int().min(1000).default(15_000).describe('how often an alert says what changed, at the most'),
  pictures: z
    .union([
      z.literal(false),
      z.strictObject({
        mostBytes: z.int().min(2000).max(65_536).default(24_000).describe('of one picture as JPEG'),
        mostSide: z.int().min(32).max(1024).default(480).describe('pixels of its longer side'),
      }),
    ])
    .prefault({})
    .describe('pieces of pictures around plots, never finer than 5 cm a pixel; false: none are made'),
  evidence: z.strictObject({ sealEveryMs: z.int().min(1000).default(600_000) }).prefault({}),
  healthEveryMs: z.int().min(1000).default(60_000),
});

export type CameraProfile = z.infer<typeof cameraProfile>;
