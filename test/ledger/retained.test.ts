import test from 'ava';
import { noteRetained } from '../../daemons/ledger/retained.ts';

const word = (topic: string, text: string) => ({ topic: `fieldpost/v1/north/${topic}`, payload: Buffer.from(text) });
const textsOf = (messages: readonly { payload: Uint8Array }[]): string[] =>
  messages.map(({ payload }) => Buffer.from(payload).toString());

test('the newest word of each kind is known when devices come over, and only of those', (t) => {
  const retained = noteRetained();
  for (const one of [
    word('a/birth', 'a old'),
    word('b/birth', 'b'),
    word('a/status', 'a online'),
    word('a/birth', 'a new'),
    word('a/head/spool-1', 'head'),
    word('a/alert', 'not retained'),
    { topic: 'junk', payload: Buffer.from('x') },
  ])
    retained.note(one);
  t.deepEqual(textsOf(retained.of((device) => device === 'a')), ['a online', 'a new', 'head']);
});

test('the room is bounded: the oldest word goes first', (t) => {
  const retained = noteRetained(10);
  for (const device of ['a', 'b', 'c']) retained.note(word(`${device}/birth`, device.repeat(5)));
  t.deepEqual(textsOf(retained.of(() => true)), ['bbbbb', 'ccccc']);
});
