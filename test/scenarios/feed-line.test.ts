/** Wind and place from the box's feed at the real gas daemon: into the telemetry, into the alert, and over a restart. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'ava';
import { systemClock } from '../../daemons/core/adapters/clock.system.ts';
import { serveFeed } from '../../daemons/core/adapters/feed.unix.ts';
import type { Alert } from '../../daemons/core/values/alert.ts';
import { gasBox } from '../support/gas-box.ts';
import type { Kept } from '../support/kept.ts';

const plume = {
  gases: [{ gas: 'ammonia', quantities: ['ammonia'], gPerMol: 17.031 }],
  rowS: 2,
  reachM: 100,
  cellM: 10,
};
const profile = (value: Record<string, unknown>) => ({
  ...value,
  gas: { ...(value.gas as object), plume, heldEveryMs: 2000, model: undefined, rules: [rule] },
});
const rule = {
  kind: 'ammonia',
  family: 'evidence',
  severity: 'warning',
  score: { quantity: 'ammonia' },
  on: 2,
  off: 1,
  raiseAfter: 4,
  clearAfter: 8,
};
const withoutPlace = ({ where: _surveyed, ...rest }: Record<string, unknown>) => rest;

/** Of what was kept, an alert whose estimate rests on the feed. */
const restsOnFeed = ({ alerts }: Kept): Alert | undefined =>
  alerts.find(({ plume: said }) => ['feed/wind-from', 'feed/pos-north'].every((one) => said?.made.includes(one)));

test.serial(
  'wind and place of the feed are kept, an alert says that it rests on them, and a restart goes on',
  async (t) => {
    t.timeout(240_000);
    const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-feed-'));
    const socket = path.join(folder, 'feed.sock');
    const feed = await serveFeed(socket);
    const clock = systemClock();
    const tell = (): void => {
      const { boot, monoNs } = clock.now();
      const wind = { speedMs: 3, fromDeg: 240, uSpeedMs: 1, uFromDeg: 9, seconds: 60, source: 'anemometer' } as const;
      const place = { lat: 44.53021, lon: 73.44137, altM: 300, aboveHomeM: 3, velocity: null };
      feed.tell({ boot, monoNs, kind: 'wind', ...wind });
      feed.tell({ boot, monoNs, kind: 'position', segment: 0, ...place, uHorizontalM: 1, uVerticalM: 1 });
    };
    const timer = setInterval(tell, 200);
    t.teardown(async () => {
      clearInterval(timer);
      await feed.close();
      rmSync(folder, { recursive: true, force: true });
    });

    const box = await gasBox(t, { profile, device: withoutPlace, feed: socket });
    await box.connect('modbus-tcp', { ammonia: 25 });
    const before = await box.until(restsOnFeed);
    t.is(before.where, null);
    t.is(before.plume?.gas, 'ammonia');
    t.false(before.plume?.anew);
    t.is(before.plume?.latest?.fromDeg, 240);
    const north = await box.until(({ readings }) => readings.find(({ channel }) => channel === 'pos-north'));
    t.is(north.sensor, 'feed');
    t.true(north.flags.includes('simulated'));

    const since = await box.restart('SIGKILL');
    const after = await box.until(restsOnFeed, since);
    t.is(after.id, before.id);
    t.false(after.plume?.anew);
    t.true(Math.abs((after.plume?.sinceMs ?? 0) - (before.plume?.sinceMs ?? 0)) < 1000);
  },
);
