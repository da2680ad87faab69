/** Keys of a site from the command line: replaced, signed by two people, and what is left where the root's own key is lost. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { trustIn } from '../../../daemons/core/adapters/trust.files.ts';
import { parseRoot } from '../../../daemons/core/release/metadata.ts';
import { parseSigned } from '../../../daemons/core/release/signed.ts';
import { nextRoot, rootOf, takeOperator } from '../../../daemons/core/release/trust.ts';
import { signRelease } from '../../../daemons/tools/fleet/releases.ts';
import { cosign as cosignFile, rotateRole } from '../../../daemons/tools/fleet/rotate.ts';
import { initSite } from '../../../daemons/tools/fleet/site-keys.ts';
import { trustRoot } from '../../../daemons/tools/fleet/trust.ts';
import { signDesired } from '../../../daemons/tools/fleet/twin.ts';
import { decommission } from '../../../daemons/tools/provision/decommission.ts';
import { freshFolder } from '../../core/spool/keeping.ts';
import { fieldpost } from '../../support/fieldpost.ts';

const now = { wallMs: Date.now(), sure: true };

/** A site, and a box that believes its first root. */
async function lay(t: ExecutionContext) {
  const folder = freshFolder(t);
  const [centre, agent, wanted] = ['centre', 'agent', 'wanted.yaml'].map((one) => path.join(folder, one)) as [
    string,
    string,
    string,
  ];
  await initSite(centre, 'north', 100);
  mkdirSync(agent);
  const root = (version: number): string => path.join(centre, `public/${version}.root.json`);
  const key = (name: string): string => path.join(centre, 'keys', name);
  await trustRoot(root(1), agent);
  writeFileSync(wanted, 'version: 7\nby: op-17\n');
  const desired = (...keys: readonly string[]): string =>
    signDesired(wanted, { site: 'north', device: 'post-1' }, keys.map(key));
  return { folder, centre, agent, root, key, desired, trust: () => trustIn(path.join(agent, 'trust.json')).read() };
}

test('rotate and cosign: two of three operators must sign from now on, each on a machine of their own, and a box follows', async (t) => {
  const { folder, centre, agent, root, key, desired, trust } = await lay(t);
  const before = desired('operator.key');
  const rotated = await fieldpost([
    ...['release', 'rotate', 'operator', '--folder', centre],
    ...['--keys', '3', '--threshold', '2'],
  ]);
  t.is(rotated.code, 0, rotated.err);
  t.regex(rotated.out, /^2\.root\.json: operator has other keys, of which 2 of 3 must sign/);
  for (const name of ['operator.key', 'operator-2.key', 'operator-3.key', 'operator.key.until-root-1'])
    t.true(existsSync(key(name)), name);
  await trustRoot(root(2), agent);
  const believed = await trust();
  const file = path.join(folder, 'd7.json');
  writeFileSync(file, desired('operator.key'));
  const take = (text: string) => () => takeOperator(believed, parseSigned(text), 7, now);
  t.throws(take(before), { message: /0 of 2 signatures of role operator hold .*does not name/ });
  t.throws(take(readFileSync(file, 'utf8')), { message: /1 of 2 signatures/ });
  // The same person again, then one whose key was replaced: neither is a second one.
  t.deepEqual(await cosignFile(file, key('operator.key')), [`${file}: 1 signatures of role operator`]);
  t.deepEqual(await cosignFile(file, key('operator.key.until-root-1')), [`${file}: 2 signatures of role operator`]);
  t.throws(take(readFileSync(file, 'utf8')), { message: /1 of 2 signatures/ });
  const second = await fieldpost(['release', 'cosign', file, '--key', key('operator-3.key')]);
  t.is(second.code, 0, second.err);
  t.is(take(readFileSync(file, 'utf8'))().seen.operator, 7);
  const wrong = await fieldpost(['release', 'cosign', file, '--key', root(1)]);
  t.is(wrong.code, 2);
  t.regex(wrong.err, /1\.root\.json: is not a private key in PEM/);
  t.notRegex(wrong.err, /\n\s+at /);
});

test('where one of three keys of the root is lost, the other two replace it', async (t) => {
  const { folder, centre, agent, root, key, trust } = await lay(t);
  await rotateRole(centre, { role: 'root', keys: 3, threshold: 2, days: 100 });
  renameSync(key('root-2.key'), path.join(folder, 'lost'));
  await rotateRole(centre, { role: 'root', keys: 3, threshold: 2, days: 100 });
  for (const version of [2, 3]) await trustRoot(root(version), agent);
  t.is(rootOf(await trust()).version, 3);
});

test("the only key of the root is lost: no role changes any more, what there is goes on, and no other root passes for the site's", async (t) => {
  const { folder, centre, agent, root, key, desired, trust } = await lay(t);
  renameSync(key('root.key'), path.join(folder, 'lost'));
  const rotated = await fieldpost(['release', 'rotate', 'operator', '--folder', centre]);
  t.is(rotated.code, 2);
  t.regex(rotated.err, /keys\/root\.key: is not here; bring it from where it is kept/);
  t.false(existsSync(root(2)));
  t.true(existsSync(key('operator.key')), 'a key was put away before it was known that none could follow');
  // Lists, timestamps and desired states need no root's key: boxes are led until the root ends.
  await signRelease(centre, { list: 10, timestamp: 10 });
  t.is(takeOperator(await trust(), parseSigned(desired('operator.key')), 7, now).seen.operator, 7);

  // A site of the same name that was made anew is another, however often its root is counted on.
  const anew = path.join(folder, 'anew');
  await initSite(anew, 'north', 100);
  await rotateRole(anew, { role: 'operator', keys: 1, threshold: 1, days: 100 });
  const second = path.join(anew, 'public/2.root.json');
  const believed = await trust();
  t.throws(() => nextRoot(believed, parseSigned(readFileSync(second, 'utf8'))), {
    message: /0 of 1 signatures of role root hold .*which the root of this box does not name/,
  });
  await t.throwsAsync(trustRoot(path.join(anew, 'public/1.root.json'), agent), {
    message: /believes root 1; must be 2/,
  });
  await t.throwsAsync(trustRoot(second, agent), { message: /0 of 1 signatures/ });
  t.deepEqual(await trust(), believed);

  // The way back is by hand, box by box: it leaves the site and is provisioned again.
  const leaving = { name: 'post-1', config: path.join(folder, 'config'), state: path.join(folder, 'state'), agent };
  mkdirSync(leaving.config);
  await decommission({ ...leaving, loses: false }, null);
  await trustRoot(second, agent);
  t.is(rootOf(await trust()).version, parseRoot(parseSigned(readFileSync(second, 'utf8'))).version);
});
