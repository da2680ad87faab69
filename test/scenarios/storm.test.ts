import test from 'ava';
import { storm } from '../rigs/storm.ts';
import { needs } from '../support/needs.ts';

const title =
  'two hundred devices that lose their broker at once come back no faster than configured, and nothing is lost';
test(title, async (t) => {
  if (!needs('mosquitto', title) || !needs('setpriv', title)) {
    t.pass();
    return;
  }
  t.timeout(120_000);
  const verdict = await storm({ devices: 200, attemptsPerS: 40, awayMs: 2000, limitMs: 100_000, say: () => {} });
  t.true(verdict.peakPerS <= 40, `${verdict.peakPerS} attempts in a second`);
  // Every device has tried at least once.
  t.true(verdict.attempts >= 200);
  t.like(verdict, { raised: 400, lost: 0, doubled: 0 });
  t.not(verdict.backAfterS, null);
});
