import test from 'ava';
import { breakSpool } from '../rigs/broken-spool.ts';
import { killAtRandom } from '../rigs/kills.ts';
import { cutPower } from '../rigs/power.ts';
import { lacksForCuts } from '../support/loop-ext4.ts';
import { allows, needs } from '../support/needs.ts';

const lack = lacksForCuts();
const say = (text: string): void => void process.stderr.write(`${text}\n`);

const cut = 'six power cuts at random instants: nothing acknowledged is lost, no effect is taken twice';
test(cut, async (t) => {
  if (!allows(lack, cut)) {
    t.pass();
    return;
  }
  const tally = await cutPower({ cuts: 6, seed: 1, say });
  t.true(tally.acknowledged > 0);
  t.like(tally, { lost: 0, duplicates: 0, unopenable: 0, mended: 0 });
});

const broken = 'the rig sees that a spool which never flushes loses what it acknowledged';
test(broken, async (t) => {
  if (!allows(lack, broken)) {
    t.pass();
    return;
  }
  // What SQLite flushes by itself stands: that the spool's own flushes are needed is what is seen.
  const spool = breakSpool({ commits: false });
  t.teardown(spool.close);
  const tally = await cutPower({ cuts: 20, seed: 1, adapter: spool.adapter, untilLoss: true, say: () => {} });
  t.true(tally.lost > 0);
});

const kills =
  'six processes of a site killed at random instants: nothing acknowledged is missing, no effect is taken twice';
test(kills, async (t) => {
  if (!needs('setpriv', kills)) {
    t.pass();
    return;
  }
  const verdict = await killAtRandom({ kills: 6, seed: 1, mostMs: 1000, say });
  t.true(verdict.acknowledged > 0);
  t.like(verdict, { missing: 0, doubled: 0 });
});
