/**
 * What a box believes of its centre, and how that moves on: pure steps. Versions never go back, a root follows a root that signed it,
 * a list of artefacts is believed while a timestamp names it. After The Update Framework, section 5, with a list in place of
 * targets and snapshot. A box with no known time judges by the newest time that it was ever sure of: it is never locked out by 1970.
 */
import { hash } from 'node:crypto';
import * as z from 'zod';
import { Fault } from '../ports/fault.ts';
import {
  type Artefact,
  changedRoles,
  compareVersions,
  keysOf,
  parseRelease,
  parseRoot,
  parseTimestamp,
  type Release,
  type Root,
  type Timestamp,
} from './metadata.ts';
import { checkSigned, longestText, parseSigned, type Signed, sha256, signedShape } from './signed.ts';

export const trustShape = z.strictObject({
  v: z.literal(1),
  root: signedShape,
  /** Highest versions that were believed. */
  seen: z.strictObject({
    timestamp: z.int().min(0),
    release: z.int().min(0),
    operator: z.int().min(0),
  }),
  /** What the newest timestamp names; null before the first, and after its key was replaced. */
  newest: z.strictObject({ version: z.int().min(1), sha256 }).nullable(),
  /** Unix time in ms that was sure when something was believed last. */
  sureMs: z.number(),
});
export type Trust = Readonly<z.infer<typeof trustShape>>;

/** The moment against which expiry is judged; `sure` when the clock has a bound. */
export interface Moment {
  readonly wallMs: number;
  readonly sure: boolean;
}

/** The first root is believed as it was brought: by a person, or by what provisions the box. Errors: Fault. */
export function firstTrust(signed: Signed): Trust {
  const root = parseRoot(signed);
  checkSigned('root', signed, 'root', keysOf(root, 'root'));
  return { v: 1, root: signed, seen: { timestamp: 0, release: 0, operator: 0 }, newest: null, sureMs: 0 };
}

export const rootOf = ({ root }: Trust): Root => parseRoot(root);

const judgedMs = ({ sureMs }: Trust, { wallMs, sure }: Moment): number => (sure ? Math.max(wallMs, sureMs) : sureMs);
const marked = (trust: Trust, moment: Moment): Trust => ({ ...trust, sureMs: judgedMs(trust, moment) });

function checkExpiry(what: string, expires: string, nowMs: number): void {
  if (Date.parse(expires) > nowMs) return;
  // Not for ever: the centre signs it again, and the same wish goes on.
  throw new Fault(
    'timeout',
    `${what}: expired ${expires}, and it is ${new Date(nowMs).toISOString()}; sign it again at the centre (fieldpost release sign). What runs goes on`,
  );
}

/**
 * The next root: one version on, signed by the root before it and by itself. Roles whose keys changed begin again at version 0, so
 * that a stolen key that signed a huge version does not lock the box for ever. Expiry of the old root is no matter: a box that was
 * away for a year goes through every root there was. Errors: Fault.
 */
export function nextRoot(trust: Trust, signed: Signed): Trust {
  const before = rootOf(trust);
  const after = parseRoot(signed);
  const what = `root ${after.version}`;
  if (after.version !== before.version + 1)
    throw new Fault('refused', `${what}: this box believes root ${before.version}; must be ${before.version + 1}`);
  if (after.site !== before.site)
    throw new Fault('refused', `${what}: is of site ${after.site}; this box is of ${before.site}`);
  checkSigned(what, signed, 'root', keysOf(before, 'root'));
  checkSigned(what, signed, 'root', keysOf(after, 'root'));
  const changed = changedRoles(before, after);
  const from = (role: 'timestamp' | 'release' | 'operator'): number => (changed.includes(role) ? 0 : trust.seen[role]);
  return {
    ...trust,
    root: signed,
    seen: { timestamp: from('timestamp'), release: from('release'), operator: from('operator') },
    newest: changed.includes('timestamp') || changed.includes('release') ? null : trust.newest,
  };
}

function checkRoot(trust: Trust, moment: Moment): Root {
  const root = rootOf(trust);
  checkExpiry(`root ${root.version}`, root.expires, judgedMs(trust, moment));
  return root;
}

/** Errors: Fault for one that is forged, expired, or older than one that was believed. */
export function takeTimestamp(trust: Trust, signed: Signed, moment: Moment): readonly [Trust, Timestamp] {
  const root = checkRoot(trust, moment);
  const said = parseTimestamp(signed);
  const what = `timestamp ${said.version}`;
  checkSigned(what, signed, 'timestamp', keysOf(root, 'timestamp'));
  checkAge(what, said.version, trust.seen.timestamp);
  if (said.release.version < trust.seen.release)
    throw new Fault(
      'refused',
      `${what}: names list ${said.release.version}; ${trust.seen.release} was believed already`,
    );
  checkExpiry(what, said.expires, judgedMs(trust, moment));
  const seen = { ...trust.seen, timestamp: said.version };
  return [{ ...marked(trust, moment), seen, newest: said.release }, said];
}

/** The list of artefacts, as its file stands. Errors: Fault for one that the newest timestamp does not name. */
export function takeRelease(trust: Trust, file: string, moment: Moment): readonly [Trust, Release] {
  const root = checkRoot(trust, moment);
  const { newest } = trust;
  if (newest === null) throw new Fault('refused', 'release list: no timestamp was believed yet; it comes first');
  if (file.length > 2 * longestText || hash('sha256', file, 'hex') !== newest.sha256)
    throw new Fault(
      'refused',
      `release list: is not the one that the timestamp names (version ${newest.version}); it was swapped, or the server lags behind`,
    );
  const signed = parseSigned(file);
  const said = parseRelease(signed);
  const what = `release list ${said.version}`;
  checkSigned(what, signed, 'release', keysOf(root, 'release'));
  checkAge(what, said.version, trust.seen.release);
  checkExpiry(what, said.expires, judgedMs(trust, moment));
  return [{ ...marked(trust, moment), seen: { ...trust.seen, release: said.version } }, said];
}

/** Who signs for operators, as the root of this box says. Errors: Fault when the root expired. */
export function takeOperator(trust: Trust, signed: Signed, version: number, moment: Moment): Trust {
  const what = `desired state ${version}`;
  checkSigned(what, signed, 'operator', keysOf(rootOf(trust), 'operator'));
  checkAge(what, version, trust.seen.operator);
  return { ...marked(trust, moment), seen: { ...trust.seen, operator: version } };
}

function checkAge(what: string, version: number, seen: number): void {
  if (version < seen)
    throw new Fault(
      'refused',
      `${what}: is older than ${seen}, which this box believed already; somebody replays it, or a copy of the centre was restored: sign with a version above ${seen}`,
    );
}

/** What asks for an artefact. */
export interface Asking {
  readonly arch: string;
  /** Version of the program that would use a model, or that goes over to an executable. */
  readonly program: string;
}

/** The artefact of that name and version for this processor. Errors: Fault that says what there is instead, or why it may not be. */
export function artefactFor(
  { artefacts, minimum, version: list }: Release,
  wanted: Pick<Artefact, 'kind' | 'name' | 'version'>,
  { arch, program }: Asking,
): Artefact {
  const all = artefacts.filter(({ kind, name }) => kind === wanted.kind && name === wanted.name);
  const some = all.filter(({ version }) => version === wanted.version);
  const found = some.find((one) => one.arch === arch || one.arch === 'any');
  const what = `${wanted.kind} ${wanted.name} ${wanted.version}`;
  if (!found)
    throw new Fault(
      'refused',
      some.length > 0
        ? `${what}: is there for ${some.map((one) => one.arch).join(', ')}, and this box is ${arch}; add one for it (fieldpost release add)`
        : `${what}: is not in release list ${list}; there: ${all.map(({ version }) => version).join(', ') || 'none'}`,
    );
  if (found.kind === 'executable' && minimum !== undefined && compareVersions(found.version, minimum) < 0)
    throw new Fault(
      'refused',
      `${what}: release list ${list} lets nothing below ${minimum} come to a box; ask for ${minimum} or later`,
    );
  if (found.needs !== undefined && compareVersions(program, found.needs) < 0)
    throw new Fault(
      'refused',
      `${what}: needs fieldpost ${found.needs} or later, and it would be ${program}; bring that first`,
    );
  return found;
}
