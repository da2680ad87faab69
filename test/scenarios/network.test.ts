import test from 'ava';
import { losePackets } from '../rigs/loss.ts';
import { type BadNetwork, faults, openBadNetwork, weather } from '../rigs/network.ts';
import { allows, needs } from '../support/needs.ts';
import { lacksForLoss } from '../support/netns.ts';

const what = 'a site behind a bad network';
const able = needs('mosquitto', what) && needs('setpriv', what);
let net: BadNetwork | null = null;

test.before(async () => {
  if (able) net = await openBadNetwork(1);
});
test.after.always(() => net?.close());

for (const name of Object.keys(faults))
  test.serial(`${name}: nothing is missing at the centre, no effect is taken twice`, async (t) => {
    t.timeout(420_000);
    if (net === null) {
      t.pass();
      return;
    }
    const verdict = await weather(net, name, 1000);
    t.true(verdict.acknowledged > 0);
    t.like(verdict, { missing: 0, doubled: 0 });
  });

test.serial('while the line swallows everything, the verdict is that something is missing', async (t) => {
  if (net === null) {
    t.pass();
    return;
  }
  net.boxLine.set({ swallow: ['up'] });
  const before = net.site.acknowledged;
  while (net.site.acknowledged < before + 5) await new Promise((resolve) => setTimeout(resolve, 50));
  t.true((await net.site.delivered(500)).missing > 0);
});

const loss = '30 of 100 packets lost in each direction: nothing is missing at the centre, no effect is taken twice';
test.serial(loss, async (t) => {
  t.timeout(420_000);
  if (!able || !allows(lacksForLoss(), loss)) {
    t.pass();
    return;
  }
  const verdict = await losePackets({ percent: 30, holdMs: 3000, limitMs: 120_000, seed: 1 });
  t.true(verdict.dropped > 10, `${verdict.dropped} packets lost`);
  t.like(verdict, { missing: 0, doubled: 0 });
});
