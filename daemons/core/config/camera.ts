/** A camera as it is mounted on a board: its lens, its place on what carries it, and how well all of that is known. */
import * as z from 'zod';
import { onDemand } from './on-demand.ts';

const channel = z.enum(['red', 'green', 'blue']);
const degrees = z.number().min(-180).max(180);
const share = z.number().min(-10).max(10).default(0);

export const lensSection = onDemand(() =>
  z.strictObject({
    width: z.int().min(16).max(20_000).describe('pixels of the picture that the calibration was made with'),
    height: z.int().min(16).max(20_000),
    fx: z.number().positive().describe('focal length in pixels, across'),
    fy: z.number().positive().describe('focal length in pixels, down'),
    cx: z.number().describe('the middle of the lens in pixels from the left'),
    cy: z.number().describe('the middle of the lens in pixels from the top'),
    k1: share.describe("radial distortion, in OpenCV's order and signs"),
    k2: share,
    k3: share,
    p1: share.describe('tangential distortion'),
    p2: share,
  }),
);

const perSecond = z.number().min(0.01).max(60).default(2).describe('pictures a second');
const size = { width: z.int().min(16).max(20_000), height: z.int().min(16).max(20_000) };

/** Where pictures come from: with the size that the lens was calibrated for. */
export const frameSource = onDemand(() =>
  z.discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('folder'),
      folder: z.string().min(1).describe('JPEG and PNG files, each once, by name'),
    }),
    z.strictObject({
      kind: z.literal('rpicam'),
      camera: z.int().min(0).max(7).default(0).describe('as rpicam-vid --list-cameras counts'),
      pixels: z.enum(['mjpeg', 'yuv420']).default('mjpeg'),
      ...size,
      perSecond,
    }),
    z.strictObject({
      kind: z.literal('v4l2'),
      device: z.string().startsWith('/dev/'),
      pixels: z.enum(['mjpeg', 'yuyv422']).default('mjpeg'),
      ...size,
      perSecond,
    }),
    z.strictObject({
      kind: z.literal('rtsp'),
      url: z.string().regex(/^rtsps?:\/\//),
      latencyMs: z.int().min(0).max(5000).default(200),
      perSecond,
    }),
    z.strictObject({ kind: z.literal('video'), file: z.string().min(1), perSecond }),
  ]),
);
export type FrameSourceSection = z.infer<typeof frameSource>;

export const cameraSection = onDemand(() =>
  z.strictObject({
    id: z
      .string()
      .regex(/^[a-z0-9-]{1,32}$/)
      .describe('small letters, digits and hyphens, 1 to 32 of them'),
    serial: z.string().min(1).max(64).optional().describe('of the camera that the lens was calibrated with'),
    source: frameSource,
    lens: lensSection,
    infrared: z
      .strictObject({ nir: channel.describe('the channel that holds near infrared'), red: channel })
      .refine(({ nir, red }) => nir !== red, { path: ['red'], error: 'must be another channel than nir' })
      .optional()
      .describe('of a camera whose filter was changed: plants are told by NDVI and not by their green'),
    mount: z
      .strictObject({
        on: z.enum(['body', 'gimbal']).describe('what its angles are against'),
        rollDeg: degrees.default(0).describe('180 for a camera that is mounted upside down'),
        pitchDeg: degrees.default(0).describe('-90 looks straight down from a level body'),
        yawDeg: degrees.default(0),
      })
      .describe('with zeros it looks ahead, its picture upright'),
    u: z
      .strictObject({
        mountDeg: z.number().min(0).max(45).default(1).describe("of the mount's angles"),
        headingDeg: z.number().min(0).max(90).default(2).describe('of true north, beside what the pose says'),
        focal: z.number().min(0).max(0.5).default(0.01).describe('of the focal length, as a share'),
        centrePx: z.number().min(0).max(1000).default(5).describe('of cx and cy'),
        sightPx: z.number().min(0).max(1000).default(3).describe('of what a model marks in a picture'),
        syncMs: z.number().min(0).max(5000).default(50).describe("between the picture's time and the pose's"),
      })
      .prefault({})
      .describe('standard uncertainties (k=1)'),
  }),
);

export type CameraSection = z.infer<typeof cameraSection>;
