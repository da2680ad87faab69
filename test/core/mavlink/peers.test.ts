import test from 'ava';
import fc from 'fast-check';
import { frameOf } from '../../../daemons/core/mavlink/encode.ts';
import { layoutNamed } from '../../../daemons/core/mavlink/messages.ts';
import { freshPeers, type PeerSaid, type PeersState, peerOf, peersStep } from '../../../daemons/core/mavlink/peers.ts';
import { spoken } from '../../../daemons/core/mavlink/speaking.ts';

const heartbeat = (system: number, seq = 0): Uint8Array =>
  frameOf(layoutNamed('HEARTBEAT'), Uint8Array.of(0, 0, 0, 0, 2, 3, 81, 4, 3), { system, component: 1, seq });

interface Said {
  readonly from: string;
  readonly bytes: Uint8Array;
  readonly atMs: number;
}

function run(pieces: readonly Said[], key: Uint8Array | null = null, from: PeersState = freshPeers) {
  let state = from;
  const frames: { from: string; system: number; seq: number }[] = [];
  const said: PeerSaid[] = [];
  for (const { from: peer, bytes, atMs } of pieces) {
    const [next, found, more] = peersStep(state, { from: peer, bytes }, atMs, key);
    state = next;
    frames.push(...found.map(({ system, seq }) => ({ from: peer, system, seq })));
    said.push(...more);
  }
  return { state, frames, said };
}

test('another peer that says to be the same system is not believed, told once and counted each time', (t) => {
  const { state, frames, said } = run([
    { from: 'drone', bytes: heartbeat(1, 1), atMs: 0 },
    { from: 'other', bytes: heartbeat(1, 2), atMs: 1000 },
    { from: 'other', bytes: heartbeat(1, 3), atMs: 2000 },
    { from: 'other', bytes: heartbeat(2, 4), atMs: 2000 },
    { from: 'drone', bytes: heartbeat(1, 5), atMs: 2500 },
  ]);
  t.deepEqual(
    frames.map(({ seq }) => seq),
    [1, 4, 5],
  );
  t.deepEqual(said, [{ is: 'contested', peer: 'other', system: 1, owner: 'drone' }]);
  t.is(state.counts.contested, 2);
  t.is(peerOf(state, 1), 'drone');
  t.is(peerOf(state, 2), 'other');
});

test('a drone that comes back from another address is answered there, once the address before was silent', (t) => {
  const { state, said } = run([
    { from: 'drone:1', bytes: heartbeat(1), atMs: 0 },
    { from: 'drone:2', bytes: heartbeat(1), atMs: 5001 },
  ]);
  t.is(peerOf(state, 1), 'drone:2');
  t.deepEqual(said, [{ is: 'moved', peer: 'drone:2', system: 1, owner: 'drone:1' }]);
});

test('halves of frames of two peers are put together each with its own', (t) => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('a', 'b'), { minLength: 2, maxLength: 80 }), fc.nat(20), (order, cut) => {
      const stream = { a: [] as Uint8Array[], b: [] as Uint8Array[] };
      for (const [i, name] of (['a', 'b'] as const).entries())
        for (let n = 0; n < 40; n++) {
          const bytes = heartbeat(i + 1, n);
          stream[name].push(bytes.subarray(0, cut), bytes.subarray(cut));
        }
      const taken = { a: 0, b: 0 };
      const pieces = order.map((name) => ({
        from: name,
        bytes: stream[name as 'a' | 'b'][taken[name as 'a' | 'b']++] ?? new Uint8Array(0),
        atMs: 0,
      }));
      const { frames, state } = run(pieces);
      for (const [i, name] of (['a', 'b'] as const).entries()) {
        const whole = cut === 0 || cut === 21 ? Math.ceil(taken[name] / 2) : Math.floor(taken[name] / 2);
        const got = frames.filter(({ from }) => from === name);
        t.true(got.length >= Math.min(Math.floor(taken[name] / 2), whole));
        t.true(got.every(({ system }) => system === i + 1));
      }
      t.is(state.counts.contested, 0);
    }),
    { numRuns: 100 },
  );
});

test('a flood of peers takes no place from one that speaks, and no memory', (t) => {
  const flood = Array.from({ length: 500 }, (_, i) => ({
    from: `flood:${i}`,
    bytes: Uint8Array.of(0xfd, 0x09, 0x00),
    atMs: i,
  }));
  const { state, frames, said } = run([
    { from: 'drone', bytes: heartbeat(1), atMs: 0 },
    ...flood,
    { from: 'drone', bytes: heartbeat(1), atMs: 600 },
  ]);
  t.is(frames.length, 2);
  t.true(state.peers.size <= 16);
  t.is(said.filter(({ is }) => is === 'crowded').length, 1);
  t.is(state.counts.crowded, 500 - 15);
  const { state: later } = run([{ from: 'new', bytes: heartbeat(9), atMs: 10_000 }], null, state);
  t.is(peerOf(later, 9), 'new');
  t.true(later.peers.size <= 16);
});

test('whoever is a hundred systems in turn is told of some times an hour, and counted always', (t) => {
  const systems = Array.from({ length: 100 }, (_, i) => i + 1);
  const begun = systems.map((system) => ({ from: 'drone', bytes: heartbeat(system), atMs: 0 }));
  const spoofs = systems.map((system) => ({ from: 'spoof', bytes: heartbeat(system), atMs: 1 }));
  const { said, state } = run([...begun, ...spoofs, ...spoofs]);
  t.is(said.length, 64);
  t.is(state.counts.contested, 200);
});

test('with a key, what is not signed, forged or repeated is neither believed nor the owner of a system', (t) => {
  const [key, other] = [Buffer.alloc(32, 7), Buffer.alloc(32, 8)];
  const from = { system: 1, component: 1, seq: 0, ticks: 0n };
  const message = { name: 'HEARTBEAT', fields: { type: 2 } };
  const [after, good] = spoken(from, message, { key, wallMs: Date.UTC(2026, 0) });
  // A wall clock that went back does not turn signatures back.
  const [, next] = spoken(after, message, { key, wallMs: Date.UTC(2025, 0) });
  const [, forged] = spoken(from, message, { key: other, wallMs: Date.UTC(2026, 1) });
  const { state, frames, said } = run(
    [
      { from: 'spoof', bytes: heartbeat(1), atMs: 0 },
      { from: 'spoof', bytes: forged, atMs: 1 },
      { from: 'drone', bytes: good, atMs: 2 },
      { from: 'spoof', bytes: good, atMs: 3 },
      { from: 'drone', bytes: next, atMs: 4 },
    ],
    key,
  );
  t.deepEqual(
    frames.map((one) => one.from),
    ['drone', 'drone'],
  );
  t.deepEqual(
    said.map(({ is }) => is),
    ['unsigned', 'forged', 'replayed'],
  );
  t.is(peerOf(state, 1), 'drone');
});
