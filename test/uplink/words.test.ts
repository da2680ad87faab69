import test from 'ava';
import type { SpoolReader } from '../../daemons/core/ports/spool.ts';
import { parseHead } from '../../daemons/core/wire/messages.ts';
import { lookUp, type Outgoing } from '../../daemons/uplink/outgoing.ts';
import { lane } from '../../daemons/uplink/window.ts';
import { headOf, oldestOf } from '../../daemons/uplink/words.ts';
import { arrivalOf } from '../support/arrivals.ts';

/** A spool whose alerts are these; a peek gives three at the most. */
const readerOf = (id: string, seqs: readonly number[]): SpoolReader => ({
  id,
  peek: async (stream, after, limit) =>
    (stream === 'alert' ? seqs : [])
      .filter((seq) => seq > after)
      .slice(0, Math.min(3, limit))
      .map((seq) => ({ seq, text: `${seq}` })),
  settle: async () => {},
  depth: async () => ({ alert: seqs.length, event: 0, tele: 0 }),
  onAppend: () => () => {},
  recall: async () => undefined,
  close: async () => {},
});
const outgoing = (id: string, seqs: readonly number[], sent = 0): Outgoing => ({
  name: `${id}.db`,
  reader: readerOf(id, seqs),
  appends: 0,
  lanes: {
    alert: { stream: 'alert', flight: { ...lane(), cursor: sent }, empty: null },
    event: { stream: 'event', flight: lane(), empty: null },
    live: { stream: 'tele', flight: lane(), empty: null },
    history: { stream: 'tele', flight: lane(0, 0), empty: null },
  },
});

test('a box says the oldest that each stream holds, and the next number where it holds nothing any more', async (t) => {
  const found = await oldestOf([outgoing('a', [7, 9]), outgoing('b', [], 12), outgoing('c', [])]);
  t.deepEqual(found, [
    { spool: 'b', stream: 'alert', seq: 13 },
    { spool: 'a', stream: 'alert', seq: 7 },
  ]);
});

test('of two files with one id the oldest of both counts', async (t) => {
  const all = [outgoing('a', [7]), outgoing('a', [3]), outgoing('a', [], 50)];
  t.deepEqual(await oldestOf(all), [{ spool: 'a', stream: 'alert', seq: 3 }]);
});

test('a seal that passes through is told on the topic for heads; nothing else is', (t) => {
  const seal = arrivalOf({ stream: 'event', seq: 4, body: { type: 'seal' } });
  const head = headOf(seal.text, 'post-7');
  t.is(head?.spool, 's');
  t.deepEqual(parseHead(head?.payload ?? ''), { v: 1, device: 'post-7', spool: 's', seq: 4, envelope: seal.text });
  t.is(headOf(arrivalOf({ stream: 'event', seq: 4 }).text, 'post-7'), null);
  const quoting = arrivalOf({ stream: 'event', seq: 4, body: { detail: { type: 'seal' } } });
  t.is(headOf(quoting.text, 'post-7'), null);
});

test('what is looked up is found, or absent, or not reached yet', async (t) => {
  const reader = readerOf('a', [1, 2, 4, 5, 6, 7, 9]);
  const { there, absent } = await lookUp(reader, 'alert', [2, 3, 4, 5, 6, 8]);
  t.deepEqual(
    there.map(({ seq }) => seq),
    [2, 4, 5],
  );
  t.deepEqual(absent, [3, 8]);
  const rest = await lookUp(reader, 'alert', [6, 8]);
  t.deepEqual([rest.there.map(({ seq }) => seq), rest.absent], [[6], [8]]);
  t.deepEqual((await lookUp(reader, 'alert', [12])).absent, [12]);
});
