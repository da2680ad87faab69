/** Bytes of a log to typed messages, beside node-mavlink's own splitter and parser (LGPL: here only, never shipped). */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { ardupilotmega, common, MavLinkPacketParser, MavLinkPacketSplitter, minimal } from 'node-mavlink';
import { decode, payloadOf } from '../../daemons/core/mavlink/decode.ts';
import { frameOf } from '../../daemons/core/mavlink/encode.ts';
import { framesIn, freshFraming } from '../../daemons/core/mavlink/framing.ts';
import { layouts } from '../../daemons/core/mavlink/messages.ts';
import { framesOfTlog } from '../../daemons/core/mavlink/tlog.ts';
import { given } from '../support/needs.ts';
import { abTurns, type Figure } from './figure.ts';

const chunkBytes = 4096;
const registry = { ...minimal.REGISTRY, ...common.REGISTRY, ...ardupilotmega.REGISTRY };

/** The frames of the real flight where it lies; else a made-up flight of the same messages. Behind each other, no stamps. */
function stream(): { readonly bytes: Buffer; readonly what: string } {
  const log = given('data/mavlink/dronekit_flight.tlog', 'the real flight in bench mavlink');
  if (log !== null)
    return {
      bytes: Buffer.concat(framesOfTlog(readFileSync(log)).map(({ frame }) => frame.bytes)),
      what: `the frames of ${path.basename(log)}`,
    };
  const kinds = [0, 1, 2, 24, 30, 33, 74, 158].flatMap((id) => layouts.get(id) ?? []);
  const frames = Array.from({ length: 2800 }, (_, seq) =>
    kinds.map((one) => {
      const fields = Object.fromEntries(one.fields.map(({ name }, i) => [name, (seq + i) % 120]));
      return frameOf(one, payloadOf(one, fields), { system: 1, component: 1, seq });
    }),
  );
  return { bytes: Buffer.concat(frames.flat()), what: 'a made-up flight' };
}

function* chunksOf(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
}

export async function mavlink(): Promise<readonly Figure[]> {
  const { bytes, what } = stream();
  const counts = { ours: 0, theirs: 0 };
  const rate = (fromMs: number): number => bytes.length / 1000 / (performance.now() - fromMs);
  const ours = (): number => {
    counts.ours = 0;
    const fromMs = performance.now();
    let state = freshFraming();
    for (const chunk of chunksOf(bytes)) {
      const [next, frames] = framesIn(state, chunk);
      state = next;
      for (const frame of frames) if (decode(frame).name !== '') counts.ours += 1;
    }
    return rate(fromMs);
  };
  const theirs = async (): Promise<number> => {
    counts.theirs = 0;
    const fromMs = performance.now();
    const packets = Readable.from(chunksOf(bytes)).pipe(new MavLinkPacketSplitter()).pipe(new MavLinkPacketParser());
    for await (const packet of packets) {
      const kind = registry[packet.header.msgid];
      if (kind && packet.protocol.data(packet.payload, kind)) counts.theirs += 1;
    }
    return rate(fromMs);
  };
  ours();
  await theirs();
  const { a, b } = await abTurns(ours, theirs);
  return [
    {
      id: 'mavlink.speed',
      value: a,
      unit: 'MB/s',
      baseline: b,
      ratio: a / b,
      reach: 'ratio >= 3',
      ok: a / b >= 3,
      note: `${what}, ${bytes.length} bytes in pieces of ${chunkBytes}; ${counts.ours} messages; node-mavlink 2.3.0: ${counts.theirs}`,
    },
  ];
}
