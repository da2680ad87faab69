/** How artefacts come to the box: roots, timestamp, list, file, and then a folder beside those that are there. */
import path from 'node:path';
import type { Artefacts, Unpack } from '../core/ports/artefacts.ts';
import type { Disk } from '../core/ports/disk.ts';
import { Fault } from '../core/ports/fault.ts';
import type { Architecture, Artefact, Release } from '../core/release/metadata.ts';
import { parseSigned } from '../core/release/signed.ts';
import { artefactFor, type Moment, nextRoot, rootOf, takeRelease, takeTimestamp } from '../core/release/trust.ts';
import type { TrustStore } from './agent.ts';

/** What a desired state needs beside its files. */
export interface Needed {
  /** Null: that of the package, which is there. */
  readonly executable: string | null;
  /** Versions of models by name. */
  readonly models: Readonly<Record<string, string>>;
}

export interface ProvideParts {
  readonly artefacts: Artefacts;
  readonly disk: Disk;
  /** The agent's folder. */
  readonly folder: string;
  readonly trust: TrustStore;
  readonly arch: Architecture;
  readonly moment: () => Moment;
  readonly unpack: Readonly<Record<Artefact['kind'], Unpack>>;
}

/** A chain of roots that is longer is no chain of ours. */
const mostRoots = 200;

/** Believes every root that followed. Errors: Fault. */
export async function followRoots(
  { artefacts, trust }: Pick<ProvideParts, 'artefacts' | 'trust'>,
  signal: AbortSignal,
): Promise<void> {
  for (let i = 0; i < mostRoots; i++) {
    const next = rootOf(await trust.read()).version + 1;
    const text = await artefacts.text(`${next}.root.json`, signal);
    if (text === null) return;
    await trust.change((before) => nextRoot(before, parseSigned(text)));
  }
}

/** Everything that the centre published since, each step believed before the next. Errors: Fault. */
async function refresh(parts: ProvideParts, signal: AbortSignal): Promise<Release> {
  const { artefacts, trust, moment } = parts;
  await followRoots(parts, signal);
  const text = async (name: string): Promise<string> => {
    const found = await artefacts.text(name, signal);
    if (found !== null) return found;
    throw new Fault('absent', `${name}: is not at the centre; fieldpost release sign makes it`);
  };
  const stamp = parseSigned(await text('timestamp.json'));
  await trust.change((before) => takeTimestamp(before, stamp, moment())[0]);
  const file = await text('release.json');
  const lists: Release[] = [];
  await trust.change((before) => {
    const [next, list] = takeRelease(before, file, moment());
    lists.push(list);
    return next;
  });
  return lists[0] as Release;
}

interface Place {
  readonly kind: 'releases' | 'models';
  /** Of its folder. */
  readonly at: string;
  readonly wanted: Pick<Artefact, 'kind' | 'name' | 'version'>;
}

const placesOf = ({ executable, models }: Needed): readonly Place[] => [
  ...(executable === null
    ? []
    : [
        {
          ...{ kind: 'releases' as const, at: executable },
          wanted: { kind: 'executable' as const, name: 'fieldpost', version: executable },
        },
      ]),
  ...Object.entries(models).map(([name, version]) => ({
    ...{ kind: 'models' as const, at: `${name}@${version}` },
    wanted: { kind: 'model' as const, name, version },
  })),
];

/**
 * Brings what is needed into `releases/VERSION` and `models/NAME@VERSION`. A folder that is there is whole and was believed when it
 * came, for its name came last: a box that goes back to what it has needs no centre. `program`: the version that uses the models.
 * Errors: Fault, `absent` and `timeout` when it may go on later.
 */
export async function provide(
  needed: Needed,
  program: string,
  parts: ProvideParts,
  signal: AbortSignal,
): Promise<void> {
  const { disk, folder, arch, artefacts, unpack } = parts;
  const lacking: Place[] = [];
  for (const place of placesOf(needed)) {
    const at = path.join(folder, place.kind);
    if (!(await disk.list(at)).includes(place.at)) lacking.push(place);
    // Whether the name was flushed nobody knows.
    else await disk.sync(at);
  }
  if (lacking.length === 0) return;
  const list = await refresh(parts, signal);
  for (const { kind, at, wanted } of lacking) {
    const by = { arch, program: wanted.kind === 'model' ? (needed.executable ?? program) : program };
    const artefact = artefactFor(list, wanted, by);
    const file = await artefacts.file(artefact, signal);
    const next = path.join(folder, kind, `${at}.next`);
    await unpack[artefact.kind](artefact, file, next);
    await disk.syncTree(next);
    await disk.rename(next, path.join(folder, kind, at));
    await disk.sync(path.join(folder, kind));
  }
  await artefacts.tidy();
}
