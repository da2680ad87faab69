import test from 'ava';
import fc from 'fast-check';
import { feedValueOf } from '../../../daemons/core/feed/line.ts';
import {
  covers,
  type Gate,
  type GateInput,
  type GateSaid,
  gateStep,
  shutGate,
} from '../../../daemons/core/sortie/gate.ts';
import type { CaptureWord } from '../../../daemons/core/values/capture.ts';

const open = (s: number, since = s): CaptureWord => ({
  ...{ monoNs: s * 1e9, open: true, sinceNs: since * 1e9, sortie: 's-1', why: '' },
});
const shut = (s: number): CaptureWord => ({
  ...{ monoNs: s * 1e9, open: false, sinceNs: s * 1e9, sortie: 's-1', why: 'the drone is not within the area' },
});
function run(...script: readonly (readonly [s: number, GateInput])[]): { gate: Gate; said: readonly GateSaid[] } {
  let gate = shutGate;
  const all: GateSaid[] = [];
  for (const [s, input] of script) {
    const [next, ...said] = gateStep(gate, input, s * 1e9);
    gate = next;
    all.push(...said);
  }
  return { gate, said: all };
}
const types = (said: readonly GateSaid[]): readonly string[] => said.map(({ type }) => type);

test('before any word it is shut, and says so once', (t) => {
  const { gate, said } = run([1, { is: 'look' }], [2, { is: 'look' }]);
  t.deepEqual(types(said), ['capture-stopped']);
  t.false(covers(gate, 2e9));
});

test('it opens by a word, shuts by another, and each is told with its reason', (t) => {
  const { said } = run(
    [1, { is: 'look' }],
    [2, { is: 'word', word: open(2) }],
    [3, { is: 'word', word: open(3, 2) }],
    [4, { is: 'word', word: shut(4) }],
  );
  t.deepEqual(types(said), ['capture-stopped', 'capture-begun', 'capture-stopped']);
  t.true(said.at(-1)?.message.includes('not within the area'));
});

test('a word grows old, and one who tells may go: it shuts by itself', (t) => {
  t.deepEqual(types(run([2, { is: 'word', word: open(2) }], [4.1, { is: 'look' }]).said), [
    'capture-begun',
    'capture-stopped',
  ]);
  t.deepEqual(types(run([2, { is: 'word', word: open(2) }], [2.1, { is: 'lost' }]).said), [
    'capture-begun',
    'capture-stopped',
  ]);
});

test('what was read before it opened is not covered when it is looked at late', (t) => {
  const { gate } = run([5, { is: 'word', word: open(5, 4) }]);
  t.false(covers(gate, 3.9e9));
  t.true(covers(gate, 4e9));
  t.false(covers(gate, 7.1e9));
});

test('whatever comes, nothing is covered but what a word covers, and begun and stopped take turns', (t) => {
  const word = fc.record({
    monoNs: fc.nat(20_000).map((ms) => ms * 1e6),
    open: fc.boolean(),
    sinceNs: fc.nat(20_000).map((ms) => ms * 1e6),
  });
  const input = fc.oneof(
    word.map((one): GateInput => ({ is: 'word', word: { ...one, sortie: 's-1', why: 'x' } })),
    fc.constantFrom<GateInput>({ is: 'lost' }, { is: 'look' }),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(20_000), input), { maxLength: 50 }), (script) => {
      const { gate, said } = run(...script.map(([ms, one]) => [ms / 1000, one] as const));
      for (const [i, type] of types(said).entries()) if (i > 0) t.not(type, said[i - 1]?.type);
      for (const s of [0, 5, 10, 15, 20])
        if (covers(gate, s * 1e9)) t.true(gate.word?.open && gate.word.sinceNs <= s * 1e9);
    }),
    { numRuns: 300 },
  );
});

test('a word passes the feed as it was told, and no other shape does', (t) => {
  const line = JSON.stringify({ boot: 'b', kind: 'capture', ...open(2) });
  t.like(feedValueOf(line, 'b'), { kind: 'capture', open: true, sinceNs: 2e9 });
  t.is(feedValueOf(line, 'other'), null);
  t.is(feedValueOf(line.replace('"open":true', '"open":"yes"'), 'b'), null);
});
