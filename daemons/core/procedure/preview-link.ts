/**
 * What is said on the camera daemon's socket (`camera.sock` in the box's state folder): one JSON value a line. It gives pictures
 * for aiming, and nothing else. Whoever may open the socket may look: its mode is 0660, and the group is the technicians'.
 */
import * as z from 'zod';
import { technician } from './link.ts';

/** Longest line in each direction, in characters. A JPEG of 640 by 640 pixels of noise at quality 60 has less than half of it. */
export const longestPreviewRequest = 512;
export const longestPreviewReply = 1_500_000;

const opening = z.string().regex(/^[0-9a-f]{32}$/);

export const previewRequest = z.discriminatedUnion('ask', [
  z.strictObject({ ask: z.literal('open'), by: technician }),
  z.strictObject({ ask: z.literal('next'), opening }),
  z.strictObject({ ask: z.literal('close'), opening }),
]);
export type PreviewRequest = z.infer<typeof previewRequest>;

const seen = z.object({
  say: z.literal('picture'),
  /** The camera, as the board names it. */
  source: z.string().max(64),
  simulated: z.boolean(),
  seq: z.number(),
  /** From the capture to this answer. */
  ageMs: z.number(),
  width: z.int(),
  height: z.int(),
  /** What a pixel of the preview covers at the finest; null: not known. */
  gsdCm: z.number().nullable(),
  heightM: z.number().nullable(),
  /** What keeps the camera from finding or placing anything in this picture: a code, and the same in English. */
  gates: z.array(z.object({ code: z.string().max(64), text: z.string().max(400) })).max(16),
  jpeg: z.base64(),
});
export type PreviewSeen = z.infer<typeof seen>;

/** Why there is no picture. The last two are said by who asks the daemon: it does not run, or it does not answer in time. */
export const noPreview = ['no-frame', 'stale', 'shut', 'too-fine', 'busy', 'no-daemon', 'silent'] as const;

export const previewReply = z.discriminatedUnion('say', [
  z.object({ say: z.literal('opened'), opening, forMs: z.number().positive() }),
  seen,
  z.object({ say: z.literal('none'), why: z.enum(noPreview), ageMs: z.number().nullable() }),
  /** This opening has run out, was closed, or is not known. */
  z.object({ say: z.literal('over') }),
  z.object({ say: z.literal('full') }),
  z.object({ say: z.literal('refused'), message: z.string().max(2000) }),
]);
export type PreviewReply = z.infer<typeof previewReply>;
