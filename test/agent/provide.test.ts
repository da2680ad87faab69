/** Artefacts from a real HTTPS service of a site, as the agent brings them: what is wrong with one is refused with what to do. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import test, { type ExecutionContext } from 'ava';
import { type ProvideParts, provide } from '../../daemons/agent/provide.ts';
import { httpsArtefacts } from '../../daemons/core/adapters/artefacts.https.ts';
import { openDisk } from '../../daemons/core/adapters/disk.node.ts';
import { identityIn } from '../../daemons/core/adapters/identity.files.ts';
import { trustIn } from '../../daemons/core/adapters/trust.files.ts';
import { unpackDeb } from '../../daemons/core/adapters/unpack.deb.ts';
import { unpackModel } from '../../daemons/core/adapters/unpack.tar.ts';
import type { Fault } from '../../daemons/core/ports/fault.ts';
import { addRelease, signRelease } from '../../daemons/tools/fleet/releases.ts';
import { rotateRole } from '../../daemons/tools/fleet/rotate.ts';
import { initSite } from '../../daemons/tools/fleet/site-keys.ts';
import { trustRoot } from '../../daemons/tools/fleet/trust.ts';
import * as authority from '../../daemons/tools/pki/authority.ts';
import { freshFolder } from '../core/spool/keeping.ts';
import { type FakeRelease, fakeRelease } from '../support/fake-release.ts';
import { showFleet } from '../support/fleet-service.ts';
import { allows } from '../support/needs.ts';
import { sitePki } from '../support/site-pki.ts';

const lives = { list: 10, timestamp: 10 };
const model = path.join(import.meta.dirname, '../../models/gas-vapour');

async function lay(t: ExecutionContext) {
  const folder = freshFolder(t);
  const [centre, agent] = [path.join(folder, 'centre'), path.join(folder, 'agent')];
  const pki = await sitePki(path.join(folder, 'ca'));
  await initSite(centre, 'north', 100);
  await trustRoot(path.join(centre, 'public/1.root.json'), agent);
  for (const one of ['releases', 'models']) mkdirSync(path.join(agent, one));
  const { url, close } = await showFleet(pki, await pki.server(path.join(folder, 'enrol')), centre);
  t.teardown(close);
  const identity = identityIn(await pki.device(path.join(folder, 'box'), 'post-1', [-300, -10]));
  const parts: ProvideParts = {
    ...{ folder: agent, arch: 'x64', disk: openDisk(), trust: trustIn(path.join(agent, 'trust.json')) },
    artefacts: httpsArtefacts({ url, identity: () => identity.read(), folder: path.join(agent, 'downloads') }),
    moment: () => ({ wallMs: Date.now(), sure: true }),
    unpack: { executable: unpackDeb, model: unpackModel },
  };
  const bring = (executable: string | null, models: Record<string, string> = {}, more: Partial<ProvideParts> = {}) =>
    provide({ executable, models }, '0.1.0', { ...parts, ...more }, new AbortController().signal);
  const publish = async (of: FakeRelease, needs?: string): Promise<string> => {
    await addRelease(centre, fakeRelease(folder, { ...of, says: { arch: 'amd64', ...of.says } }), needs);
    await signRelease(centre, lives);
    const list = JSON.parse(readFileSync(path.join(centre, 'list.json'), 'utf8')) as { sha256: string }[];
    return path.join(centre, 'public/artefacts', list.at(-1)?.sha256 ?? '');
  };
  const lies = (kind: string): string[] => readdirSync(path.join(agent, kind));
  return { folder, centre, agent, pki, url, parts, bring, publish, lies };
}

const why = async (t: ExecutionContext, work: Promise<void>): Promise<string> => {
  const fault = await t.throwsAsync<Fault>(work, { name: 'Fault' });
  return fault ? `${fault.kind}: ${fault.message}` : '';
};

test('an executable and a model come, each whole, in a folder of its version; what is there needs no centre', async (t) => {
  const { centre, agent, bring, publish, lies, parts } = await lay(t);
  await publish({ version: '1.0.0' });
  await addRelease(centre, model);
  await signRelease(centre, lives);
  await bring('1.0.0', { 'gas-vapour': '0.1.0' });
  t.deepEqual([lies('releases'), lies('models')], [['1.0.0'], ['gas-vapour@0.1.0']]);
  const laid = path.join(agent, 'models/gas-vapour@0.1.0/model.tflite');
  t.deepEqual(readFileSync(laid), readFileSync(path.join(model, 'model.tflite')));
  t.false(existsSync(path.join(agent, 'downloads')));
  const away = { ...parts.artefacts, text: () => Promise.reject(new Error('asked')) };
  await t.notThrowsAsync(bring('1.0.0', { 'gas-vapour': '0.1.0' }, { artefacts: away }));
});

test('a transfer that was cut goes on where it was', async (t) => {
  const { agent, bring, publish, lies } = await lay(t);
  const file = await publish({ version: '1.0.0' });
  const bytes = readFileSync(file);
  const part = path.join(agent, 'downloads', `${path.basename(file)}.part`);
  mkdirSync(path.dirname(part));
  writeFileSync(part, bytes.subarray(0, 100));
  // What is here already is not asked for again: with another beginning the whole is not what was signed.
  writeFileSync(file, Buffer.concat([Buffer.alloc(100), bytes.subarray(100)]));
  await bring('1.0.0');
  t.deepEqual(lies('releases'), ['1.0.0']);
});

test('truncated, swapped, of another processor, mislabelled, too old or unknown: each refused by name, nothing laid', async (t) => {
  const { centre, bring, publish, lies, parts } = await lay(t);
  truncateSync(await publish({ version: '1.0.0' }), 200);
  t.regex(await why(t, bring('1.0.0')), /refused: .*has 200 bytes, and \d+ were signed: it is truncated/);
  const swapped = await publish({ version: '1.0.1' });
  writeFileSync(swapped, Buffer.alloc(readFileSync(swapped).length));
  t.regex(await why(t, bring('1.0.1')), /refused: .*its SHA-256 is .*swapped or damaged at the centre/);
  t.regex(await why(t, bring('1.0.1', {}, { arch: 'arm64' })), /refused: .*is there for x64, and this box is arm64/);
  await publish({ version: '1.0.2', script: 'echo 9.9.9; exit' });
  await publish({ version: '1.0.3' }, '5.0');
  t.regex(await why(t, bring('1.0.3')), /refused: .*needs fieldpost 5.0 or later, and it would be 0.1.0/);
  t.regex(await why(t, bring('7.0')), /refused: .*is not in release list/);
  await signRelease(centre, { ...lives, minimum: '1.0.3' });
  t.regex(await why(t, bring('1.0.2')), /refused: .*lets nothing below 1.0.3 come to a box/);
  t.deepEqual(lies('releases'), []);
  const dead = { ...parts.unpack, executable: parts.unpack.model };
  await publish({ version: '1.1.0' });
  t.regex(await why(t, bring('1.1.0', {}, { unpack: dead })), /refused: .*no archive/);
  t.deepEqual(lies('releases'), []);
});

test('a program that does not start here is refused before anything is switched', async (t) => {
  const { folder, centre, bring, lies } = await lay(t);
  const deb = fakeRelease(folder, {
    version: '1.0.0',
    program: '\u007fELF of another processor',
    says: { arch: 'amd64' },
  });
  await addRelease(centre, deb);
  await signRelease(centre, lives);
  t.regex(await why(t, bring('1.0.0')), /refused: .*fieldpost 1.0.0: does not start on this box/);
  t.deepEqual(lies('releases'), []);
});

const mayMount = allows(
  process.getuid?.() === 0 ? null : 'only root may mount a full disk',
  'an artefact and a full disk',
);
(mayMount ? test : test.skip)(
  'a disk that is full is waited for with what it lacks, and the same goes on when it is not',
  async (t) => {
    const { agent, bring, publish, lies } = await lay(t);
    await publish({ version: '1.0.0' });
    const downloads = path.join(agent, 'downloads');
    mkdirSync(downloads);
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4k', 'tmpfs', downloads]).status !== 0) {
      t.pass('no mount in this container');
      return;
    }
    try {
      t.regex(await why(t, bring('1.0.0')), /absent: .*needs 1 MB, and 0 MB are free; free some space/);
      t.deepEqual(lies('releases'), []);
    } finally {
      t.is(spawnSync('umount', [downloads]).status, 0);
    }
    await bring('1.0.0');
    t.deepEqual(lies('releases'), ['1.0.0']);
  },
);

test('a list that expired, a stranger and a box of another site get nothing; what may be mended is waited for', async (t) => {
  const { centre, folder, url, pki, bring, parts, publish } = await lay(t);
  await publish({ version: '1.0.0' });
  const year = () => ({ wallMs: Date.now() + 365 * 86_400_000, sure: true });
  t.regex(await why(t, bring('1.0.0', {}, { moment: year })), /timeout: root 1: expired/);
  const month = () => ({ wallMs: Date.now() + 30 * 86_400_000, sure: true });
  t.regex(await why(t, bring('1.0.0', {}, { moment: month })), /timeout: timestamp 1: expired .*sign it again/);
  const foreign = await sitePki(path.join(folder, 'foreign'));
  const { authority } = identityIn(await pki.device(path.join(folder, 'other'), 'post-2')).read();
  const theirs = identityIn(await foreign.device(path.join(folder, 'theirs'), 'post-1')).read();
  const as = (identity: Parameters<typeof httpsArtefacts>[0]['identity']) => ({
    artefacts: httpsArtefacts({ url, identity, folder: path.join(folder, 'down') }),
  });
  t.regex(
    await why(
      t,
      bring(
        '1.0.0',
        {},
        as(() => ({ ...theirs, authority })),
      ),
    ),
    /absent: .*403.*not of this site/,
  );
  t.regex(
    await why(
      t,
      bring(
        '1.0.0',
        {},
        as(() => theirs),
      ),
    ),
    /absent: .*certificate/,
  );
  // Forged at the centre by whoever has the server and not the keys.
  const file = path.join(centre, 'public/release.json');
  writeFileSync(file, readFileSync(file, 'utf8').replace('1.0.0', '1.0.9'));
  t.regex(await why(t, bring('1.0.9')), /refused: release list: is not the one that the timestamp names/);
  t.is((await parts.trust.read()).seen.release, 0);
});

test('a box on the deny list gets nothing of the site from that moment on: no root, no list, no artefact', async (t) => {
  const { folder, pki, url, bring, publish, lies } = await lay(t);
  await publish({ version: '1.0.0' });
  const file = await publish({ version: '1.0.1' });
  await authority.device('post-9', { authority: pki.folder, out: path.join(folder, 'post-9'), days: 398 });
  const identity = identityIn(path.join(folder, 'post-9'));
  const artefacts = httpsArtefacts({ url, identity: () => identity.read(), folder: path.join(folder, 'down') });
  await bring('1.0.0', {}, { artefacts });
  await authority.deny(pki.folder, 'post-9', 'stolen');
  t.regex(await why(t, bring('1.0.1', {}, { artefacts })), /absent: .*403.*post-9 is on the deny list/);
  for (const name of ['1.root.json', 'timestamp.json', 'release.json', `artefacts/${path.basename(file)}`]) {
    const asked = artefacts.text(name, new AbortController().signal);
    const fault = await t.throwsAsync(asked, { name: 'Fault' }, name);
    t.regex(fault?.message ?? '', /403.*deny list/, name);
  }
  t.deepEqual(lies('releases'), ['1.0.0']);
  await bring('1.0.1');
});

test('two of three keys must sign; a key that is lost is replaced by a root that boxes follow', async (t) => {
  const { centre, bring, publish, parts, lies } = await lay(t);
  await publish({ version: '1.0.0' });
  await rotateRole(centre, { role: 'release', keys: 3, threshold: 2, days: 100 });
  await rotateRole(centre, { role: 'root', keys: 2, threshold: 2, days: 100 });
  t.regex(await why(t, bring('1.0.0')), /refused: release list 1: 0 of 2 signatures of role release hold/);
  await signRelease(centre, lives);
  await bring('1.0.0');
  t.deepEqual(lies('releases'), ['1.0.0']);
  t.is((await parts.trust.read()).root.signatures.length, 3);
});
