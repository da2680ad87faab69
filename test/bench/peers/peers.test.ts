import { readFileSync } from 'node:fs';
import test from 'ava';
import type { Envelope } from '../../../daemons/core/values/envelope.ts';
import { flowOf } from './node-red.ts';
import { ledger } from './receipts.ts';
import {
  countAlert,
  countReading,
  freshTally,
  gain,
  missedAlerts,
  missedReadings,
  numberIn,
  numberInCalibrated,
  offset,
  quiet,
  readingOf,
} from './stream.ts';

interface Node {
  readonly id: string;
  readonly type: string;
  readonly wires?: readonly (readonly string[])[];
  readonly qos?: string;
  readonly broker?: string;
  readonly func?: string;
}

for (const name of ['function', 'steps'] as const)
  test(`the flow of Node-RED with ${name} leads from the instrument to the broker at QoS 1`, (t) => {
    const nodes = JSON.parse(readFileSync(flowOf(name), 'utf8')) as readonly Node[];
    const byId = new Map(nodes.map((one) => [one.id, one]));
    const reached = new Set<string>(nodes.filter(({ type }) => type === 'tcp in').map(({ id }) => id));
    for (const id of reached)
      for (const next of (byId.get(id)?.wires ?? []).flat()) {
        t.true(byId.has(next), `${id} leads to ${next}`);
        reached.add(next);
      }
    const out = nodes.find(({ type }) => type === 'mqtt out');
    t.true(reached.has(out?.id ?? ''));
    t.is(out?.qos, '1');
    t.is(byId.get(out?.broker ?? '')?.type, 'mqtt-broker');
    // What does not compile would be told by Node-RED in its log only.
    for (const { func } of nodes)
      if (func !== undefined) t.notThrows(() => new Function('msg', 'context', 'env', func));
  });

test('a reading tells its number, raw and calibrated, above and below the threshold', (t) => {
  for (let i = 0; i < 10_000; i++) {
    const reading = Number(readingOf(i, quiet).toFixed(4));
    t.is(numberIn(reading), i);
    t.is(numberInCalibrated(gain * reading + offset), i);
  }
});

test('what is lost and what came twice is counted apart, reading by reading', (t) => {
  const tally = freshTally();
  for (let i = 0; i < 5000; i++) if (i < 100 || i >= 140) countReading(tally, i);
  for (let i = 4990; i < 5000; i++) countReading(tally, i);
  countReading(tally, 9000);
  t.deepEqual(missedReadings(tally, 5000), { lost: 40, doubled: 11 });
});

test('numbers that come round are wanted as often as they were said', (t) => {
  const tally = freshTally();
  for (let i = 0; i < 25_000; i++) countReading(tally, i % 10_000);
  t.deepEqual(missedReadings(tally, 25_000), { lost: 0, doubled: 0 });
  t.deepEqual(missedReadings(tally, 30_000), { lost: 5000, doubled: 0 });
});

test('an alert belongs to its episode: a second one of it is doubled, and does not stand for a lost one', (t) => {
  const tally = freshTally();
  for (let i = 0; i < 19; i++) countAlert(tally, i * 250 + 209, quiet);
  countAlert(tally, 219, quiet);
  t.deepEqual(missedAlerts(tally, 5000, quiet), { lost: 1, doubled: 1 });
});

const envelope = (seq: number): Envelope =>
  ({ v: 1, device: 'd', spool: 's', stream: 'tele', seq, prev: '', salt: '' }) as unknown as Envelope;

test('the bench takes each envelope once, asks for what lies in a gap, and counts a gap that stays', (t) => {
  const book = ledger();
  t.deepEqual(
    [1, 2, 2, 5].map((seq) => book.take(envelope(seq))),
    [true, true, false, true],
  );
  t.deepEqual(book.due(), [{ v: 1, spool: 's', stream: 'tele', through: 5, missing: [3, 4] }]);
  t.deepEqual(book.due(), []);
  t.is(book.gaps(), 2);
  t.true(book.take(envelope(3)));
  t.deepEqual(book.due()[0]?.missing, [4]);
});
