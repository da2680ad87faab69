import test from 'ava';
import { replayI2c } from '../../../daemons/core/adapters/i2c.replay.ts';
import { parseCapture } from '../../../daemons/core/capture/capture.ts';

const header =
  '{"v":1,"part":"ads1115","sensor":"mox-a","port":"i2c","options":{},"boot":"b","startedMs":0,"site":"kept"}\n';
const capture = `${header}{"t":10,"op":"w","a":72,"d":"01c383"}\n{"t":20,"op":"r","a":72,"n":2,"d":"7fff"}\n`;

test('a replay says what was recorded and what was asked when they differ, and stays where it is', async (t) => {
  const bus = replayI2c(parseCapture('x', capture));
  await t.throwsAsync(bus.write(0x48, Uint8Array.of(1, 2)), {
    message: 'mox-a: operation 1 of the capture is write 01c383 at 0x48; asked: write 0102 at 0x48',
  });
  await t.throwsAsync(bus.read(0x48, 2), { message: /operation 1 .* asked: read of 2 bytes at 0x48/ });
  await bus.write(0x48, Uint8Array.of(1, 0xc3, 0x83));
  t.deepEqual(await bus.read(0x48, 2), Uint8Array.of(0x7f, 0xff));
  t.true(bus.ended());
  t.like(await t.throwsAsync(bus.read(0x48, 2)), { kind: 'absent' });
});

test('a capture cut by a power failure keeps its whole lines; a wrong line is named with its number', (t) => {
  t.is(parseCapture('x', `${capture}{"t":30,"op":`).operations.length, 2);
  t.is(parseCapture('x', capture).header.site, 'kept');
  t.throws(() => parseCapture('nh3.jsonl', `${capture}{"t":30,"op":"z"}\n`), { message: /^nh3\.jsonl:4: op: / });
  t.throws(() => parseCapture('nh3.jsonl', ''), { message: /^nh3\.jsonl:1: / });
});
