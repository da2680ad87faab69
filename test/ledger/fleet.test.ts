import test from 'ava';
import type { Running } from '../../daemons/core/daemon/running.ts';
import { findBrokenLink } from '../../daemons/core/evidence/chain.ts';
import type { Records } from '../../daemons/core/ports/records.ts';
import { alone } from '../../daemons/core/ports/shares.ts';
import { type FleetWatch, watchFleet } from '../../daemons/ledger/fleet.ts';
import { memoryRecords } from '../support/records.memory.ts';

const word = (device: string, status: string) => ({
  topic: `fieldpost/v1/north/${device}/status`,
  payload: Buffer.from(JSON.stringify({ v: 1, status, boot: 'b' })),
});

/** A ledger's watch for so many seconds from `fromS`, on a clock that leaps with every sleep. `at` is called at each look. */
async function watch(records: Records, fromS: number, untilS: number, at: (s: number, fleet: FleetWatch) => void) {
  let s = fromS;
  const stop = new AbortController();
  const silent = () => {};
  const now = () => ({ wallMs: s * 1000, monoNs: s * 1e9, boot: 'centre', synced: true, uncertaintyMs: 5 });
  const ctx: Running = {
    signal: stop.signal,
    progress: silent,
    log: { info: silent, warn: silent, error: silent },
    clock: {
      now,
      sleep: async (ms) => {
        s += ms / 1000;
        at(s, fleet);
        if (s >= untilS) stop.abort();
      },
    },
  };
  const fleet = watchFleet(records, alone, ctx);
  fleet.connected(0, true);
  await fleet.run();
}

const alertsOf = async (records: Records) =>
  (await records.changes(0, 100)).alerts.map(({ site, device, alert }) => [
    ...[site, device, alert.kind, alert.condition, alert.rev],
    alert.because.evidence.map(({ sensor }) => sensor).join(),
  ]);

test('a silent box is an alert of the store like any other, is acknowledged, outlives the ledger and is cleared', async (t) => {
  const records = memoryRecords();
  await watch(records, 0, 700, (s, fleet) => {
    if (s === 5) for (const box of ['post-1', 'post-2']) fleet.hear(word(box, 'online'));
    if (s === 200) fleet.hear(word('post-2', 'offline'));
  });
  t.deepEqual(await alertsOf(records), [['north', 'centre', 'box-silent', 'raised', 1, 'post-2']]);
  const [open] = await records.openOf('centre');
  t.true(await records.acknowledge(open?.alert.id ?? '', 'op-17', 0));

  await watch(records, 800, 1500, (s, fleet) => {
    if (s === 805) fleet.hear(word('post-2', 'offline'));
  });
  t.deepEqual(await alertsOf(records), [['north', 'centre', 'box-silent', 'raised', 1, 'post-2']]);

  await watch(records, 1600, 2000, (s, fleet) => {
    if (s === 1605) fleet.hear(word('post-2', 'online'));
  });
  t.deepEqual(await alertsOf(records), [['north', 'centre', 'box-silent', 'cleared', 2, 'post-2']]);
  t.deepEqual(await records.openOf('centre'), []);
});

test('many at once are one alert, what cannot be read is left, and a box whose word is taken back is no more', async (t) => {
  const records = memoryRecords();
  const boxes = Array.from({ length: 40 }, (_, i) => `post-${i}`);
  await watch(records, 0, 900, (s, fleet) => {
    if (s === 5) for (const box of boxes) fleet.hear(word(box, 'online'));
    if (s === 10) fleet.hear({ topic: 'fieldpost/v1/north/post-1/status', payload: Buffer.from('{"v":1') });
    if (s === 10) fleet.hear({ topic: 'fieldpost/v1/north/post-1/twin/health', payload: Buffer.from('[]') });
    if (s === 200) for (const box of boxes) fleet.hear(word(box, 'offline'));
  });
  const alerts = await alertsOf(records);
  t.deepEqual(
    alerts.map((one) => one.slice(0, 5)),
    [['north', 'centre', 'site-silent', 'raised', 1]],
  );
  t.is(String(alerts[0]?.[5]).split(',').length, 40);
  await watch(records, 1000, 1400, (s, fleet) => {
    if (s === 1005) for (const box of boxes) fleet.hear({ ...word(box, ''), payload: Buffer.alloc(0) });
  });
  t.is((await alertsOf(records))[0]?.[3], 'cleared');
});

test('its envelopes are a chain', async (t) => {
  const texts: string[] = [];
  const records = memoryRecords();
  const kept: Records = {
    ...records,
    commit: (arrivals, nowMs) => {
      texts.push(...arrivals.map(({ text }) => text));
      return records.commit(arrivals, nowMs);
    },
  };
  await watch(kept, 0, 1500, (s, fleet) => {
    if (s % 600 === 5) fleet.hear(word('post-1', s > 600 ? 'online' : 'offline'));
  });
  t.is(texts.length, 2);
  t.is(findBrokenLink(texts), null);
});
