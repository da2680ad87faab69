import test from 'ava';
import fc from 'fast-check';
import { openFeed } from '../../daemons/console/feed.ts';
import { partsOf, wholeText } from '../../daemons/console/state-parts.ts';
import type { AlertRecord, DeviceRecord } from '../../daemons/core/ports/records.ts';
import { alertArrival, sampleAlert } from '../support/alerts.ts';
import { memoryRecords } from '../support/records.memory.ts';

const now = 1_700_000_000_000;
const alertOf = ([n, isOpen, isSeen]: readonly [number, boolean, boolean], i: number): AlertRecord => ({
  ...{ site: 'north', device: `post-${n}`, raisedMs: now + i, changedMs: now + i },
  alert: sampleAlert(`a${i}`, { condition: isOpen ? 'raised' : 'cleared' }, now),
  acknowledged: isSeen ? { by: 'op-1', atMs: now } : null,
});
const deviceOf = (n: number): DeviceRecord => ({
  ...{
    site: 'north',
    device: `post-${n}`,
    status: 'online',
    lastSeenMs: now,
    simulated: n === 7,
    where: null,
    birth: {},
  },
});

test('the parts of a state hold each record once, the most urgent first, and count what is still to come', (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(20), fc.boolean(), fc.boolean()), { maxLength: 60 }),
      fc.nat(30),
      fc.integer({ min: 1, max: 40 }),
      (some, boxes, first) => {
        const alerts = some.map(alertOf);
        const devices = Array.from({ length: boxes }, (_, n) => deviceOf(n));
        const state = { cursor: 'x-1', complete: true, beyond: { open: 3, unacknowledged: 2 }, alerts, devices };
        const parts = partsOf(state, { small: 4000, first, part: 3000 }).map((text) => JSON.parse(text));
        t.deepEqual(
          parts.flatMap((one) => one.alerts.map((a: AlertRecord) => a.alert.id)).toSorted(),
          alerts.map((a) => a.alert.id).toSorted(),
        );
        t.deepEqual(
          parts.flatMap((one) => one.devices.map((d: DeviceRecord) => d.device)).toSorted(),
          devices.map((d) => d.device).toSorted(),
        );
        const open = alerts.filter(({ alert }) => alert.condition !== 'cleared').length + 3;
        let seen = 0;
        for (const [i, part] of parts.entries()) {
          t.is(part.more === true, i < parts.length - 1);
          t.is(part.cursor === 'x-1', i === parts.length - 1);
          seen += part.alerts.filter((a: AlertRecord) => a.alert.condition !== 'cleared').length;
          t.is(seen + part.beyond.open, open, 'what is shown and what is beyond are all that are open');
        }
        if (parts.length > 1) t.true(parts[0].alerts.length <= first);
      },
    ),
    { numRuns: 150 },
  );
});

test('a small state is one part, the same as the whole', (t) => {
  const state = {
    cursor: 'x-1',
    complete: true,
    beyond: { open: 0, unacknowledged: 0 },
    alerts: [],
    devices: [deviceOf(1)],
  };
  t.deepEqual(partsOf(state), [wholeText(state)]);
});

test('a client goes from part to part and ends at the cursor, whatever changes meanwhile; one in the midst of a state goes on in it', async (t) => {
  const records = memoryRecords();
  const rule = 'x'.repeat(4000);
  const say = async (id: string, n: number): Promise<void> => {
    const { because } = sampleAlert('a');
    await records.commit([alertArrival(sampleAlert(id, { because: { ...because, rule } }), n)], now);
  };
  for (let i = 1; i <= 300; i++) await say(`a${i}`, i);
  const feed = openFeed(records);
  await feed.refresh();
  const seen = new Set<string>();
  let cursor: string | null = null;
  let frames = 0;
  for (let frame = feed.next(null); frame; frame = feed.next(cursor)) {
    cursor = frame.to;
    frames += 1;
    const text = frame.bytes.toString();
    t.regex(text, frames === 1 ? /^event: state/ : /^(id: \S+\n)?event: changes/);
    for (const one of JSON.parse(/data: (.*)\n/.exec(text)?.[1] ?? '').alerts) seen.add(one.alert.id);
    if (frames === 2) {
      await say('late', 301);
      await feed.refresh();
      // Another one begins with the newer state: both stay in their own.
      feed.next(null);
    }
  }
  t.true(frames > 3, `${frames} frames`);
  t.is(seen.size, 301);
  t.is(cursor, feed.cursor);
});
