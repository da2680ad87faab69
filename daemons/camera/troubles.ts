/** Troubles that stand: told when they begin and when they end, not with every picture. */
import type { BoxEvent } from '../core/values/envelope.ts';
import type { Frame } from '../core/values/frame.ts';
import type { PictureFlag } from '../core/vision/exposure.ts';
import type { Unplaced } from './ground/locate.ts';
import type { Seen } from './line.ts';
import type { LookedWithin } from './look-within.ts';

export interface Standing {
  began(type: string, message: string, detail?: Readonly<Record<string, unknown>>): void;
  ended(type: string): void;
}

export function troubles(say: (news: Omit<BoxEvent, 'at'>) => void): Standing {
  const since = new Map<string, number>();
  return {
    began: (type, message, detail = {}) => {
      const times = since.get(type) ?? 0;
      since.set(type, times + 1);
      if (times === 0) say({ type, severity: 'warning', message, detail });
    },
    ended: (type) => {
      const times = since.get(type);
      if (times === undefined) return;
      since.delete(type);
      say({
        type: `${type}-over`,
        severity: 'info',
        message: `over after ${times} pictures`,
        detail: { pictures: times },
      });
    },
  };
}

export type PictureTrouble = PictureFlag | 'wrong-size';

/** In a picture with one of these nothing can be seen, or nothing that is so now. */
export const isBlind = (trouble: PictureTrouble): boolean => trouble !== 'overexposed';

export const pictureWords: Readonly<Record<PictureTrouble, string>> = {
  black: 'the picture is black: cap, cover or night; it is not looked at',
  overexposed: 'most of the picture is white: it is looked at, and what is found carries the flag saturated',
  flat: 'the picture has one colour: fog, cover or a dead sensor; it is not looked at',
  stuck: 'the same picture again and again: the camera stands still; it is not looked at, for its pose is another',
  'wrong-size':
    'the picture has another size than the lens was calibrated for; nothing in it can be placed, so it is not looked at',
};

export function tellPicture(
  standing: Standing,
  found: readonly PictureTrouble[],
  { frame, wanted }: { readonly frame: Frame; readonly wanted: { readonly width: number; readonly height: number } },
): void {
  for (const one of Object.keys(pictureWords) as PictureTrouble[]) {
    const type = `picture-${one}`;
    const { width, height } = frame.picture;
    const detail = { frame: frame.seq, width, height, wanted: [wanted.width, wanted.height] };
    if (found.includes(one)) standing.began(type, `${frame.source}: ${pictureWords[one]}`, detail);
    else standing.ended(type);
  }
}

/** From where the model was not made to look it is not asked; where nobody knows that, it is, and both are told. */
export function gateWords({ isAsked, why }: Pick<LookedWithin, 'isAsked' | 'why'>): { code: string; text: string }[] {
  if (!isAsked) return [{ code: 'not-asked', text: `${why}; it is not asked` }];
  if (why === null) return [];
  const text = `${why}: whether the model was made for this cannot be said; it looks all the same`;
  return [{ code: 'not-gated', text }];
}

export function tellGate(standing: Standing, look: Pick<LookedWithin, 'isAsked' | 'why'>): void {
  const told = gateWords(look);
  for (const type of ['not-asked', 'not-gated']) {
    const one = told.find(({ code }) => code === type);
    if (one) standing.began(type, one.text);
    else standing.ended(type);
  }
}

export const unplacedWords: Readonly<Record<Unplaced, string>> = {
  'no-position': 'no position is told; look at the feed and the receiver',
  'no-height': 'no height over the ground is told; state ground.aboveSeaM or use elevation tiles',
  'no-attitude': 'no attitude is told; look at the feed',
  'no-gimbal': 'the camera is on a gimbal, and none tells where it looks',
  'late-pose': 'the pose is older than most.ageMs',
  'upside-down': 'by the pose the camera hangs upside down; a camera that is mounted so needs mount.rollDeg: 180',
  'above-horizon': 'the line of sight does not meet the ground',
  'too-far': 'the ground is further away than most.rangeM',
  'dem-hole': 'the elevation tiles have a hole there, or do not reach so far',
  'below-ground': 'by height and terrain the camera is under the ground; look at the altitude and at the tiles',
  'outside-lens': 'the pixel lies where the lens is not described',
  'outside-picture': 'the pixel lies outside the picture',
  'too-unsure': 'the place is less sure than most.ceM, or one standard error looks past the horizon',
};

/** Sightings without a place raise no alert; they stand in the event `sightings`, and this says why. */
export function tellUnplaced(standing: Standing, { unplaced, placed }: Seen): void {
  const [first] = unplaced;
  for (const { why } of unplaced)
    standing.began(`unplaced-${why}`, `what is seen cannot be placed: ${unplacedWords[why]}`, { why });
  if (!first && placed > 0) for (const why of Object.keys(unplacedWords)) standing.ended(`unplaced-${why}`);
}
