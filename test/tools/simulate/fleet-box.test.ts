import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { parseSigned, signText } from '../../../daemons/core/release/signed.ts';
import { firstTrust } from '../../../daemons/core/release/trust.ts';
import { type DesiredInput, desiredText } from '../../../daemons/core/twin/desired.ts';
import { initSite } from '../../../daemons/tools/fleet/site-keys.ts';
import { type BoxState, freshBox, looked, reportedOf } from '../../../daemons/tools/simulate/fleet/box.ts';
import { type Character, charactersOf, noTrouble } from '../../../daemons/tools/simulate/fleet/character.ts';
import { freshFolder } from '../../core/spool/keeping.ts';

const [plain] = charactersOf(1, 1, noTrouble) as [Character];

async function lay(t: ExecutionContext, character: Partial<Character> = {}) {
  const centre = freshFolder(t);
  await initSite(centre, 'north', 100);
  const read = (file: string): string => readFileSync(path.join(centre, file), 'utf8');
  const who = { ...plain, ...character };
  const sign = (said: Partial<DesiredInput>, key = 'operator'): string =>
    JSON.stringify(
      signText(
        'operator',
        desiredText({
          ...{ v: 1, site: 'north', device: who.name, version: 1, by: 'op-17', at: new Date().toISOString() },
          ...{ trial: { steadyS: 5, withinS: 20 }, ...said },
        }),
        [createPrivateKey(read(`keys/${key}.key`))],
      ),
    );
  let state: BoxState = freshBox(firstTrust(parseSigned(read('public/1.root.json'))), who);
  const look = (desired: string | null, nowS: number, badReleases: readonly string[] = []) => {
    state = looked(state, who, { site: 'north', desired, nowMs: nowS * 1000, wallMs: Date.now(), badReleases });
    return reportedOf(state, who);
  };
  return { sign, look };
}

test('a signed change is on trial for its time, and then in force; the report says that the box is simulated', async (t) => {
  const { sign, look } = await lay(t);
  t.like(look(null, 0), { phase: 'in-force', inForce: 0, simulated: true });
  const wanted = sign({ files: { 'profiles/plain.yaml': 'profile: plain\n' }, executable: '0.2.0' });
  t.like(look(wanted, 1), { phase: 'on-trial', desired: 1, inForce: 1 });
  t.like(look(wanted, 5), { phase: 'on-trial' });
  const done = look(wanted, 7);
  t.like(done, { phase: 'in-force', desired: 1, inForce: 1, executable: '0.2.0' });
  t.truthy(done.files['profiles/plain.yaml']);
  t.deepEqual(look(wanted, 100), done);
});

test("what is not the operator's, of another box, or older than what was believed is refused as a real box does", async (t) => {
  const { sign, look } = await lay(t);
  t.regex(look(sign({}, 'release'), 0).reasons.join(), /signatures of role operator hold/);
  t.regex(look(sign({ device: 'box-9999' }), 1).reasons.join(), /this box is north\/box-0001/);
  const first = sign({ version: 7 });
  look(first, 2);
  t.like(look(first, 20), { inForce: 7 });
  t.like(look(sign({ version: 6 }), 21), { phase: 'refused', inForce: 7 });
  t.like(look('{', 22), { phase: 'refused', inForce: 7 });
});

test('each habit shows in the report: it refuses, waits, or goes back; so does a bad release', async (t) => {
  const refuses = await lay(t, { habit: 'refuses' });
  t.regex(refuses.look(refuses.sign({}), 0).reasons.join(), /simulated: the disk of this box is full/);
  const waits = await lay(t, { habit: 'waits' });
  const wanted = waits.sign({});
  t.like(waits.look(wanted, 0), { phase: 'waiting', desired: 1, inForce: 0 });
  t.like(waits.look(wanted, 121), { phase: 'on-trial' });
  const reverts = await lay(t, { habit: 'reverts' });
  const change = reverts.sign({});
  reverts.look(change, 0);
  t.like(reverts.look(change, 19), { phase: 'on-trial' });
  t.like(reverts.look(change, 20), { phase: 'reverted', desired: 1, inForce: 0 });
  const good = await lay(t);
  const bad = good.sign({ executable: '0.9.0' });
  good.look(bad, 0, ['0.9.0']);
  t.like(good.look(bad, 20, ['0.9.0']), { phase: 'reverted', executable: plain.executable });
});

test('a fleet is the same for its seed, begins the same whatever its size, and keeps its shares', (t) => {
  const shares = { silent: 0.1, refuses: 0.05, reverts: 0.05, waits: 0.1, badLinks: 0.05 };
  fc.assert(
    fc.property(fc.nat(100_000), (seed) => {
      const fleet = charactersOf(2000, seed, shares);
      t.deepEqual(charactersOf(20, seed, shares), fleet.slice(0, 20));
      t.is(new Set(fleet.map(({ name }) => name)).size, 2000);
      // 2000 draws of 0.1: five standard deviations are 0.034.
      t.true(Math.abs(fleet.filter(({ habit }) => habit === 'silent').length / 2000 - 0.1) < 0.034);
    }),
    { numRuns: 10 },
  );
  t.true(charactersOf(500, 3, noTrouble).every(({ habit, link }) => habit === 'plain' && link.delayMs === 0));
});
