/** Shape of a plot in an alert: see `values/plot.ts`. Bounded, so that a hostile box cannot draw a picture of any size. */
import * as z from 'zod';

const metres = z.number().min(0);
const corner = z.tuple([z.number().min(-180).max(180), z.number().min(-90).max(90)]).readonly();

/** A picture of more is left out by the box already: see `camera/evidence`. */
export const mostPictureBytes = 64 * 1024;

export const plot = z.looseObject({
  outline: z.array(z.array(corner).min(4).max(256).readonly()).max(4).readonly(),
  areaM2: metres,
  lengthM: metres,
  widthM: metres,
  cut: z.boolean(),
  ellipse: z.looseObject({ majorM: metres, minorM: metres, bearingDeg: z.number().min(0).max(180) }),
  looks: z.int().min(0),
  passes: z.int().min(0),
  zones: z
    .array(z.looseObject({ name: z.string().max(64), kind: z.enum(['declared', 'licensed', 'watch']) }))
    .max(64)
    .readonly(),
  picture: z
    .looseObject({
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
      jpeg: z
        .base64()
        .max((mostPictureBytes * 4) / 3 + 4)
        .optional(),
      width: z.int().min(1).max(4096),
      height: z.int().min(1).max(4096),
      metresPerPixel: metres,
    })
    .nullable(),
});
