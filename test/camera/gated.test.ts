import test from 'ava';
import { gated } from '../../daemons/camera/gated.ts';
import type { FrameSource } from '../../daemons/core/ports/frames.ts';
import { covers, gateStep, shutGate } from '../../daemons/core/sortie/gate.ts';
import type { Frame } from '../../daemons/core/values/frame.ts';
import { stampAt } from '../support/alerts.ts';

const frame = (seq: number, s: number): Frame => ({
  ...{ source: 'cam-1', seq, dropped: 0 },
  at: { ...stampAt(0), monoNs: s * 1e9 },
  picture: { kind: 'rgb', width: 1, height: 1, data: new Uint8Array(3) } as unknown as Frame['picture'],
});

test('only frames of moments that a word covers are looked at; each of the others is told to the watchdog', async (t) => {
  const word = { monoNs: 12e9, open: true, sinceNs: 10e9, sortie: 's-1', why: '' };
  const [gate] = gateStep(shutGate, { is: 'word', word }, 12e9);
  const source: FrameSource = {
    async *frames() {
      yield* [frame(1, 9.9), frame(2, 10), frame(3, 13.9), frame(4, 14.1)];
    },
  };
  let shut = 0;
  const seen: number[] = [];
  const options = { signal: new AbortController().signal, onTrouble: () => {} };
  const through = gated(
    source,
    (ns) => covers(gate, ns),
    () => shut++,
  );
  for await (const one of through.frames(options)) seen.push(one.seq);
  t.deepEqual(seen, [2, 3]);
  t.is(shut, 2);
});

test('a gate that nobody opened lets nothing through', async (t) => {
  const source: FrameSource = {
    async *frames() {
      yield* [frame(1, 1), frame(2, 2)];
    },
  };
  const seen: Frame[] = [];
  const options = { signal: new AbortController().signal, onTrouble: () => {} };
  for await (const one of gated(
    source,
    (ns) => covers(shutGate, ns),
    () => {},
  ).frames(options))
    seen.push(one);
  t.deepEqual(seen, []);
});
