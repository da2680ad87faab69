/** A frame as a picture to aim by, with what keeps the camera from working now. */
import type { PreviewReply } from '../../core/procedure/preview-link.ts';
import type { Frame } from '../../core/values/frame.ts';
import { resize, wholeOf } from '../../core/vision/resize.ts';
import type { EncodeJpeg } from '../evidence/picture.ts';
import { lookOf } from '../ground/locate.ts';
import type { Scene } from '../ground/scene.ts';
import { finestIn } from '../ground/sightings.ts';
import { vantageOf } from '../ground/vantage.ts';
import { gateWords, type PictureTrouble, pictureWords, unplacedWords } from '../troubles.ts';
import { previewSize } from './openings.ts';

/** A frame that came to the line, and what was said of it before anything looked at it. */
export interface FrameJudged {
  readonly frame: Frame;
  readonly found: readonly PictureTrouble[];
  scene(): Scene;
}

/** What the model's gate said last: of this frame, or of the one before while this one is looked at. */
export interface GateSaid {
  readonly isAsked: boolean;
  readonly why: string | null;
}

export interface GlimpseOptions {
  readonly source: string;
  readonly simulated: boolean;
  readonly ageMs: number;
  readonly encode: EncodeJpeg;
}

const quality = 60;

export function glimpseOf(
  { frame, found, scene }: FrameJudged,
  gate: GateSaid,
  { source, simulated, ageMs, encode }: GlimpseOptions,
): PreviewReply {
  const at = scene();
  const look = lookOf(at);
  // Of a picture of another size than the lens nobody knows what a pixel covers.
  const isKnown = typeof look !== 'string' && !found.includes('wrong-size');
  const finest = isKnown ? finestIn(look, wholeOf(frame.picture)) : null;
  const size = previewSize(frame.picture, finest);
  if (!size) return { say: 'none', why: 'too-fine', ageMs };
  const gates = [
    ...found.map((code) => ({ code, text: pictureWords[code] })),
    ...(typeof look === 'string' ? [{ code: look, text: unplacedWords[look] }] : []),
    ...gateWords(gate),
  ];
  return {
    ...{ say: 'picture', source, simulated, seq: frame.seq, ageMs, ...size, gates },
    gsdCm: finest === null ? null : Number(((100 * finest * frame.picture.width) / size.width).toFixed(1)),
    heightM: vantageOf(at).heightM,
    jpeg: Buffer.from(encode(shrunkWithin(frame, size), quality)).toString('base64'),
  };
}

/** Four pixels for each one of the preview are looked at, however large the picture is: the line waits for it. */
function shrunkWithin({ picture }: Frame, size: { readonly width: number; readonly height: number }) {
  const double = { width: 2 * size.width, height: 2 * size.height };
  if (picture.width <= double.width || picture.height <= double.height)
    return resize(picture, wholeOf(picture), size, 'area');
  return resize(resize(picture, wholeOf(picture), double, 'nearest'), wholeOf(double), size, 'area');
}
