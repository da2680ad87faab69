/** Frames that another implementation wrote, and ours read by it: node-mavlink (LGPL, for tests only). */
import { once } from 'node:events';
import test from 'ava';
import fc from 'fast-check';
import {
  common,
  MavLinkPacketParser,
  MavLinkPacketSignature,
  MavLinkPacketSplitter,
  MavLinkProtocolV1,
  MavLinkProtocolV2,
} from 'node-mavlink';
import { decode } from '../../../daemons/core/mavlink/decode.ts';
import { framesIn, freshFraming } from '../../../daemons/core/mavlink/framing.ts';
import { freshSigning, judge } from '../../../daemons/core/mavlink/signing.ts';
import { frame } from './frames.ts';

const position = (): common.GlobalPositionInt => {
  const one = new common.GlobalPositionInt();
  Object.assign(one, { timeBootMs: 5000, lat: -353629904, lon: 1491649392, alt: 587850, relativeAlt: 6750, vx: -188 });
  return one;
};

for (const [version, protocol] of [
  [1, new MavLinkProtocolV1(7, 3)],
  [2, new MavLinkProtocolV2(7, 3)],
] as const)
  test(`MAVLink ${version} as node-mavlink writes it is read`, (t) => {
    const [, frames] = framesIn(freshFraming(), protocol.serialize(position(), 42), true);
    const [one] = frames;
    if (!one) return t.fail('no frame');
    t.like(one, { version, system: 7, component: 3, seq: 42 });
    t.like(decode(one), {
      name: 'GLOBAL_POSITION_INT',
      fields: {
        time_boot_ms: 5000,
        lat: -353629904,
        lon: 1491649392,
        alt: 587850,
        relative_alt: 6750,
        vx: -188,
        vy: 0,
      },
    });
  });

test('a frame that node-mavlink signed is good with that key, and forged with another', (t) => {
  const protocol = new MavLinkProtocolV2(1, 1, MavLinkProtocolV2.IFLAG_SIGNED);
  const key = MavLinkPacketSignature.key('only for this test');
  const bytes = protocol.sign(protocol.serialize(position(), 1), 2, key, 1_790_000_000_000);
  const [one] = framesIn(freshFraming(), bytes, true)[1];
  if (!one) return t.fail('no frame');
  t.is(judge(key, freshSigning(), one)[1], 'good');
  t.is(judge(MavLinkPacketSignature.key('another'), freshSigning(), one)[1], 'forged');
});

test('what we write is read by node-mavlink, message for message', async (t) => {
  const sent = fc.sample(frame, { numRuns: 60, seed: 1 });
  const splitter = new MavLinkPacketSplitter();
  const parser = splitter.pipe(new MavLinkPacketParser());
  const read: number[] = [];
  parser.on('data', ({ header }: { header: { msgid: number } }) => read.push(header.msgid));
  splitter.end(Buffer.concat(sent.map(({ bytes }) => bytes)));
  await once(parser, 'end');
  t.deepEqual(
    read,
    sent.map(({ layout }) => layout.id),
  );
});
