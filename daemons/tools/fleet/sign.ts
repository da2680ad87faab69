/** The next desired state of a box, signed; and what was signed before is believed only by its signature. */
import { checkSigned, signText } from '../../core/release/signed.ts';
import { type Desired, desiredText } from '../../core/twin/desired.ts';
import type { SeenBox } from './seen.ts';
import type { Signing } from './signing.ts';
import { type Content, contentIn } from './wanted.ts';

/**
 * What the box was told last, by an operator; null: nothing yet. A broker could offer what nobody signed, and it would be signed here
 * on the way back. Errors: Fault `refused`.
 */
export function believed(seen: SeenBox | undefined, { operators }: Pick<Signing, 'operators'>): Desired | null {
  if (!seen?.desired || !seen.signed) return null;
  checkSigned(
    `${seen.device}: what stands at the broker, version ${seen.desired.version}`,
    seen.signed,
    'operator',
    operators,
  );
  return seen.desired;
}

/** Above all that was ever signed, believed or reported: a broker that offers an older one does not make us repeat a number. */
export const nextVersion = (seen: SeenBox | undefined, known: number): number =>
  1 + Math.max(known, seen?.desired?.version ?? 0, seen?.reported?.desired ?? 0, seen?.reported?.inForce ?? 0);

/** `takesBack`: the program may be an older one, as it is what ran before. */
export function signContent(
  { site, by, keys }: Signing,
  device: string,
  version: number,
  content: Content,
  takesBack?: string,
): string {
  const said = { v: 1 as const, site, device, version, by, at: new Date().toISOString() };
  const override = takesBack === undefined ? {} : { override: { reason: takesBack, downgrade: true } };
  return JSON.stringify(signText('operator', desiredText({ ...said, ...content, ...override }), keys));
}

/** What a box is where it was told nothing: as it was laid. */
export const laidContent = (like: Content): Content => ({ files: {}, executable: null, trial: like.trial });

export const contentBefore = (before: Desired | null, after: Content): Content =>
  before ? contentIn(before) : laidContent(after);
