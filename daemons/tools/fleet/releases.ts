/** At the centre: what may come to boxes, signed. `FLEET/list.json` is the draft, `FLEET/public` is what boxes are shown. */
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { replaceFile } from '../../core/adapters/durable-file.ts';
import { packageFacts } from '../../core/adapters/unpack.deb.ts';
import { modelFacts, packModel } from '../../core/adapters/unpack.tar.ts';
import { Fault } from '../../core/ports/fault.ts';
import {
  type Artefact,
  artefactVersion,
  keysOf,
  parseRelease,
  parseRoot,
  parseTimestamp,
  type Release,
  type Timestamp,
} from '../../core/release/metadata.ts';
import type { Role } from '../../core/release/roles.ts';
import { checkSigned, parseSigned, type Signed, signText } from '../../core/release/signed.ts';
import { inDays, keysIn, newestRoot, textOf } from './site-keys.ts';

const hashOf = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex');

function draft(folder: string): readonly Artefact[] {
  const file = path.join(folder, 'list.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Artefact[]) : [];
}

/** Takes a package of `npm run package`, or the folder of a model, into the draft. Errors: Fault. */
export async function addRelease(folder: string, what: string, needs?: string): Promise<readonly string[]> {
  if (!existsSync(what)) throw new Fault('config', `${what}: is not there`);
  const artefacts = path.join(folder, 'public/artefacts');
  mkdirSync(artefacts, { recursive: true });
  const made = path.join(artefacts, 'making');
  const isModel = statSync(what).isDirectory();
  const said = isModel ? await modelOf(what) : await executableOf(what);
  if (isModel) await packModel(what, made);
  else copyFileSync(what, made);
  const bytes = readFileSync(made);
  const one: Artefact = {
    ...said,
    ...{ sha256: hashOf(bytes), length: bytes.length },
    ...(needs === undefined ? {} : { needs: artefactVersion.parse(needs) }),
  };
  const { name, version, arch } = one;
  const others = draft(folder);
  const same = others.find((of) => of.name === name && of.version === version && of.arch === arch);
  if (same && same.sha256 !== one.sha256) {
    rmSync(made);
    throw new Fault(
      'refused',
      `${what}: ${name} ${version} for ${arch} is there with other bytes; a version is never made twice`,
    );
  }
  copyFileSync(made, path.join(artefacts, one.sha256));
  rmSync(made);
  const list = [...others.filter((of) => of !== same), one];
  await replaceFile(path.join(folder, 'list.json'), `${JSON.stringify(list, null, 2)}\n`, 0o644);
  return [`${name} ${version} for ${arch}: in the list; boxes see it after fieldpost release sign`];
}

type Said = Omit<Artefact, 'sha256' | 'length' | 'needs'>;

async function executableOf(file: string): Promise<Said> {
  const { package: name, version, arch, debianArch } = await packageFacts(file);
  if (name !== 'fieldpost' || arch === null || !artefactVersion.safeParse(version).success)
    throw new Fault(
      'refused',
      `${file}: is ${name} ${version} for ${debianArch}; must be fieldpost with a version like 1.2.3, for arm64 or amd64`,
    );
  return { kind: 'executable', name, version, arch };
}

async function modelOf(folder: string): Promise<Said> {
  const { name, version } = await modelFacts(folder);
  if (!artefactVersion.safeParse(version).success)
    throw new Fault('refused', `${folder}/card.json version: is ${version}; must be numbers with dots, as 1.2.3`);
  return { kind: 'model', name, version, arch: 'any' };
}

export interface Lives {
  readonly list: number;
  readonly timestamp: number;
  /** No executable below this comes to a box any more. */
  readonly minimum?: string;
}

/** Signs the draft and a timestamp, with all the keys of their roles that are here. Errors: Fault. */
export async function signRelease(folder: string, lives: Lives): Promise<readonly string[]> {
  const now = (name: string): Signed | null => {
    const file = path.join(folder, 'public', name);
    return existsSync(file) ? parseSigned(readFileSync(file, 'utf8')) : null;
  };
  const [oldList, oldStamp] = [now('release.json'), now('timestamp.json')];
  const before = oldList && parseRelease(oldList);
  const version = (before?.version ?? 0) + 1;
  const minimum = lives.minimum === undefined ? before?.minimum : artefactVersion.parse(lives.minimum);
  const said: Release = {
    ...{ v: 1, version, expires: inDays(lives.list), artefacts: [...draft(folder)] },
    ...(minimum === undefined ? {} : { minimum }),
  };
  const list = textOf(signed(folder, 'release', said));
  const stamp: Timestamp = {
    ...{ v: 1, version: (oldStamp ? parseTimestamp(oldStamp).version : 0) + 1, expires: inDays(lives.timestamp) },
    release: { version, sha256: hashOf(list) },
  };
  const stamped = textOf(signed(folder, 'timestamp', stamp));
  // A box that looks between the two finds a list that its timestamp does not name, and looks again later.
  await replaceFile(path.join(folder, 'public/release.json'), list, 0o644);
  await replaceFile(path.join(folder, 'public/timestamp.json'), stamped, 0o644);
  return [
    `list ${version} until ${said.expires.slice(0, 10)}, timestamp until ${stamp.expires.slice(0, 10)}: sign again before`,
  ];
}

/** Errors: Fault `refused` when the keys that are here are too few, or not those of the newest root: no box would believe it. */
function signed(folder: string, role: Role, said: object): Signed {
  const one = signText(role, JSON.stringify(said), keysIn(folder, role));
  checkSigned(`${role} list`, one, role, keysOf(parseRoot(newestRoot(folder)), role));
  return one;
}
