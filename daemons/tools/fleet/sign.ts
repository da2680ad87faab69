/** The next desired state of a box, signed; and what was signed before is believed only by its signature. */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { Fault } from '../../core/ports/fault.ts';
import { keysOf, parseRoot } from '../../core/release/metadata.ts';
import { checkSigned, parseSigned, type RoleKeys, signText } from '../../core/release/signed.ts';
import { type Desired, desiredText } from '../../core/twin/desired.ts';
import type { SeenBox } from './seen.ts';
import { readKey } from './site-keys.ts';
import { type Content, contentIn, readText } from './wanted.ts';

export interface Signing {
  readonly site: string;
  readonly by: string;
  readonly keys: readonly KeyObject[];
  /** Whose signatures count for what stands at the broker. */
  readonly operators: RoleKeys;
}

/**
 * `folder` is what `release init` made; without key files its own operator's key signs. `about`: the site that it must be of; null:
 * whichever it is of. Errors: Fault `config`.
 */
export function openSigning(folder: string, about: string | null, by: string, files: readonly string[]): Signing {
  const keys = (files.length > 0 ? files : [path.join(folder, 'keys/operator.key')]).map(readKey);
  const root = parseRoot(parseSigned(readText(newestRoot(path.join(folder, 'public')))));
  const { site } = root;
  if (about !== null && site !== about)
    throw new Fault('config', `${folder}: is of site ${site}; this is about ${about}`);
  const operators = keysOf(root, 'operator');
  const ours = keys.filter((key) => operators.keys.some((one) => one.equals(createPublicKey(key))));
  if (ours.length < operators.threshold)
    throw new Fault(
      'config',
      `--key: ${ours.length} of these keys are an operator's by root ${root.version}; ${operators.threshold} must sign`,
    );
  return { site, by, keys, operators };
}

function newestRoot(folder: string): string {
  const versions = names(folder).flatMap((name) => /^(\d+)\.root\.json$/.exec(name)?.[1] ?? []);
  if (versions.length === 0)
    throw new Fault('config', `${folder}: holds no N.root.json; fieldpost release init makes it`);
  return path.join(folder, `${Math.max(...versions.map(Number))}.root.json`);
}

function names(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    throw new Fault('config', `${folder}: cannot be read (${(error as NodeJS.ErrnoException).code})`, error);
  }
}

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
