/**
 * A box in memory whose power is cut at any change of its disk, with the real agent on it: for the property test and the bench.
 * After every cut, and at every look, what `current` names must be whole; and the box must end at the newest state that is well.
 */
import { generateKeyPairSync, hash } from 'node:crypto';
import { type Agent, openAgent, type TrustStore } from '../../daemons/agent/agent.ts';
import { type ProvideParts, provide } from '../../daemons/agent/provide.ts';
import { standsFile } from '../../daemons/agent/stands.ts';
import type { Artefacts, Unpack } from '../../daemons/core/ports/artefacts.ts';
import type { DaemonState } from '../../daemons/core/ports/supervisor.ts';
import type { Artefact, Root } from '../../daemons/core/release/metadata.ts';
import type { Role } from '../../daemons/core/release/roles.ts';
import { signText } from '../../daemons/core/release/signed.ts';
import { firstTrust, type Trust } from '../../daemons/core/release/trust.ts';
import { desiredText } from '../../daemons/core/twin/desired.ts';
import { type CutDisk, cutDisk, PowerCut } from '../support/cut-disk.ts';

const who = { site: 'north', device: 'post-1' };
const folder = '/agent';
const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const one = { threshold: 1, keys: [publicKey.export({ type: 'spki', format: 'pem' }) as string] };
const root: Root = {
  ...{ v: 1, site: who.site, version: 1, expires: '2090-01-01T00:00:00Z' },
  roles: { root: one, release: one, timestamp: one, operator: one },
};

/** What an operator wants, in order; a box is well with some of it. */
export interface Plan {
  readonly wishes: readonly { readonly well: boolean; readonly executable: boolean; readonly model: boolean }[];
  /** Changes of the disk between one cut and the next; after the last nothing is cut. */
  readonly cuts: readonly number[];
  /** 0 to 1: what of the changes that were not flushed is lost. */
  readonly chance: () => number;
}

export interface Outcome {
  readonly cuts: number;
  /** What was wrong; empty: nothing ever was. */
  readonly broken: readonly string[];
}

const marker = 'config/profiles/p.yaml';
const textFor = (version: number): string => `desired ${version}\n${'x'.repeat(100)}\nend`;

export async function walk({ wishes, cuts, chance }: Plan): Promise<Outcome> {
  const disk = cutDisk();
  const broken: string[] = [];
  const box = openBox(disk, wishes);
  const left = [...cuts];
  let cutCount = 0;
  disk.cutAt(left.shift() ?? null);
  /** Looks until the wish has come to an end; gives whether it did. */
  const fulfil = async (text: string, version: number): Promise<boolean> => {
    for (let looks = 0; looks < mostLooks; looks++) {
      let ended = false;
      try {
        ended = await box.look(text, version);
      } catch (error) {
        if (!(error instanceof PowerCut)) throw error;
        cutCount += 1;
        disk.restart(chance);
        box.off();
        disk.cutAt(left.shift() ?? null);
      }
      broken.push(...(await faultsOf(disk)));
      if (ended) return true;
    }
    return false;
  };
  for (const [i, wish] of wishes.entries()) {
    const version = i + 1;
    if (!(await fulfil(signedFor(version, wish), version))) broken.push(`desired ${version} never ended`);
    const stands = await box.version();
    const best = wishes.slice(0, version).findLastIndex(({ well }) => well) + 1;
    if (stands !== best) broken.push(`after desired ${version} stands ${stands}; must be ${best}`);
  }
  return { cuts: cutCount, broken };
}

const mostLooks = 400;

const signedFor = (version: number, { executable, model }: Omit<Plan['wishes'][number], 'well'>): string =>
  JSON.stringify(
    signText(
      'operator',
      desiredText({
        ...{ v: 1, ...who, version, by: 'op-17', at: '2026-11-30T00:00:00Z' },
        files: { 'profiles/p.yaml': textFor(version) },
        ...(executable ? { executable: `1.0.${version}` } : {}),
        ...(model ? { models: { vapour: `2.0.${version}` } } : {}),
        trial: { steadyS: 2, withinS: 6 },
        override: { reason: 'a test goes back', downgrade: true },
      }),
      [privateKey],
    ),
  );

/** A centre that has every version that the wishes name. */
function centre(wishes: Plan['wishes']): Artefacts {
  const of = { sha256: 'a'.repeat(64), length: 1 };
  const artefacts = wishes.flatMap((_, i): Artefact[] => [
    { kind: 'executable', name: 'fieldpost', version: `1.0.${i + 1}`, arch: 'x64', ...of },
    { kind: 'model', name: 'vapour', version: `2.0.${i + 1}`, arch: 'any', ...of },
  ]);
  const expires = root.expires;
  const sign = (role: Role, said: object): string => JSON.stringify(signText(role, JSON.stringify(said), [privateKey]));
  const list = sign('release', { v: 1, version: 1, expires, artefacts });
  const stamp = { v: 1, version: 1, expires, release: { version: 1, sha256: hash('sha256', list, 'hex') } };
  const texts = new Map([
    ['release.json', list],
    ['timestamp.json', sign('timestamp', stamp)],
  ]);
  return { text: async (name) => texts.get(name) ?? null, file: async () => 'downloaded', tidy: async () => {} };
}

function openBox(disk: CutDisk, wishes: Plan['wishes']) {
  let agent: Agent | null = null;
  let trust: Trust = firstTrust(signText('root', JSON.stringify(root), [privateKey]));
  let nowMs = 0;
  let isOff = false;
  const version = async (): Promise<number> => {
    const at = `${folder}/current`;
    const target = await disk.readLink(at);
    if (target === null) return 0;
    return Number(/^desired (\d+)/.exec((await disk.read(`${folder}/${target}/${marker}`)) ?? '')?.[1] ?? -1);
  };
  const boot = (): Promise<Agent> =>
    openAgent({
      ...{ ...who, disk, folder, packaged: '1.0.0', countsStarts: true, mostStarts: 1000 },
      supervisor: {
        daemons: async () => ['gas'],
        begin: async () => {},
        restart: async () => {},
        states: async () => new Map(),
      },
      laid: async () => ({ 'profiles/p.yaml': textFor(0) }),
      check: async () => [],
      follow: () => null,
      modelPlaces: async (executable) => ({
        folder,
        laid: { folder: '/laid', names: ['vapour', 'vapour.in-force'] },
        ofRelease: executable === null ? [] : ['vapour'],
      }),
      // What is cut in the midst of it goes no further: neither does the box.
      provide: (needed, program, signal) =>
        provide(needed, program, parts(), signal).catch((error: unknown) => {
          if (!(error instanceof PowerCut)) throw error;
          isOff = true;
          return new Promise<void>(() => {});
        }),
      trust: kept,
      tell: () => {},
    });
  const kept: TrustStore = {
    read: async () => trust,
    change: async (step) => {
      trust = step(trust);
      return trust;
    },
  };
  const parts = (): ProvideParts => ({
    ...{ disk, folder, arch: 'x64', trust: kept, moment: () => ({ wallMs: 0, sure: false }) },
    artefacts: centre(wishes),
    unpack: { executable: unpackTo('fieldpost'), model: unpackTo('model.tflite') },
  });
  /** A file of the artefact's version, in as many changes of the disk as a folder takes. */
  function unpackTo(name: string): Unpack {
    return async ({ version: of }, _file, at) => {
      await disk.remove(at);
      await disk.makeFolder(at);
      await disk.write(`${at}/${name}`, `${name} ${of} end`);
    };
  }
  return {
    version,
    off: () => {
      agent = null;
      isOff = false;
    },
    /** One look; true once the newest wish has come to an end. */
    look: async (text: string, wanted: number): Promise<boolean> => {
      agent ??= await boot();
      nowMs += 1000;
      const stands = await version();
      const is: DaemonState['is'] = stands === 0 || wishes[stands - 1]?.well ? 'running' : 'starting';
      await agent.look({
        ...{ nowMs, wallMs: Date.parse('2026-11-30T00:00:00Z'), sure: true, desired: text, busy: {} },
        facts: { daemons: new Map([['gas', { is, restarts: 0, said: '' }]]), connected: true, readings: new Map() },
      });
      // What is brought beside a look has its turn.
      await new Promise((resolve) => setImmediate(resolve));
      if (isOff) throw new PowerCut();
      const { desired, phase } = await agent.reported();
      return desired === wanted && (phase === 'in-force' || phase === 'reverted' || phase === 'refused');
    },
  };
}

/** What is not whole of that which `current` names. */
async function faultsOf(disk: CutDisk): Promise<readonly string[]> {
  const target = await disk.readLink(`${folder}/current`);
  if (target === null) return [];
  const at = `${folder}/${target}`;
  const config = await disk.read(`${at}/${marker}`);
  const stands = await disk.read(`${at}/${standsFile}`);
  const found: string[] = [];
  if (!config?.endsWith('end')) found.push(`${target}: its configuration is ${JSON.stringify(config)}`);
  if (!stands?.endsWith('}\n')) found.push(`${target}: ${standsFile} is ${JSON.stringify(stands)}`);
  const release = await disk.readLink(`${at}/release`);
  if (stands?.includes('"executable":"1') && release === null) found.push(`${target}: its program is not linked`);
  if (release !== null) {
    const program = await disk.read(`${folder}/releases/${release.split('/').pop()}/fieldpost`);
    if (!program?.endsWith('end')) found.push(`${target}: its program is ${JSON.stringify(program)}`);
  }
  if (!stands?.includes('"models":{"vapour"')) return found;
  const linked = await disk.readLink(`${at}/models/vapour`);
  const model = linked === null ? null : await disk.read(`${linked}/model.tflite`);
  if (!model?.endsWith('end')) found.push(`${target}: its model is ${JSON.stringify(model)}`);
  if ((await disk.readLink(`${at}/models/vapour.in-force`)) !== null)
    found.push(`${target}: a model that was trained here goes before the one that was sent`);
  return found;
}
