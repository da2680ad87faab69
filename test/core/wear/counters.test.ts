import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import { openSpool } from '../../../daemons/core/adapters/spool.sqlite.ts';
import { wearCounters } from '../../../daemons/core/adapters/wear.linux.ts';
import { deviceBytes, mountOf, sizeBytes, writtenBytes } from '../../../daemons/core/wear/counters.ts';
import { freshFolder, item, until } from '../spool/keeping.ts';

const io =
  'rchar: 6976\nwchar: 0\nsyscr: 10\nsyscw: 0\nread_bytes: 0\nwrite_bytes: 8192\ncancelled_write_bytes: 4096\n';
const stat =
  '  107335    17212  4737738    39602   174289   130114 17250584   117874        0    57532   193772 0 0 0 0 0 0\n';
const mounts = `22 26 0:21 / /sys rw,relatime - sysfs sysfs rw
26 1 254:0 / / rw,relatime - ext4 /dev/vda rw,discard
31 26 179:3 / /var/lib/field\\040post rw,noatime shared:7 - ext4 /dev/mmcblk0p3 rw
32 31 0:45 / /var/lib/field\\040post/run rw - tmpfs tmpfs rw
33 31 179:4 / /var/lib/field\\040post rw,noatime - f2fs /dev/mmcblk0p4 ro
`;

test('what a process wrote is its write_bytes less what never went out', (t) => {
  t.is(writtenBytes(io), 4096);
  t.is(writtenBytes('write_bytes: 1\n'), null);
});

test('what went to a device is its sectors of 512 bytes', (t) => {
  t.is(deviceBytes(stat), 17_250_584 * 512);
  t.is(deviceBytes('1 2 3'), null);
  t.is(sizeBytes('62333952\n'), 31_914_983_424);
  t.is(sizeBytes('big'), null);
});

test('the mount that holds a path is the deepest, and of one point the latest; blanks are in octal', (t) => {
  t.like(mountOf(mounts, '/var/lib/field post/spool'), { device: '179:4', type: 'f2fs', readOnly: true });
  t.like(mountOf(mounts, '/var/lib/field post/run/x'), { device: '0:45', type: 'tmpfs' });
  t.like(mountOf(mounts, '/var/lib/field posts'), { device: '254:0', point: '/', readOnly: false });
  t.is(mountOf('', '/'), null);
});

test('no text makes the parsers throw, and what they give is a number of at least zero', (t) => {
  const near = fc.oneof(
    fc.string({ maxLength: 300 }),
    ...[io, stat, mounts].map((text) =>
      fc
        .tuple(fc.nat(text.length), fc.nat(9), fc.string({ maxLength: 5 }))
        .map(([at, cut, put]) => text.slice(0, at) + put + text.slice(at + cut)),
    ),
  );
  fc.assert(
    fc.property(near, (text) => {
      mountOf(text, '/var/lib');
      return [writtenBytes(text), deviceBytes(text), sizeBytes(text)].every((one) => one === null || one >= 0);
    }),
    { numRuns: 3000 },
  );
  t.pass();
});

test('the kernel counts what this process flushes to the disk', (t) => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-wear-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const counters = wearCounters(folder);
  const before = counters.read();
  writeFileSync(path.join(folder, 'file'), Buffer.alloc(1_000_000, 1), { flush: true });
  const after = counters.read();
  // A kernel without CONFIG_TASK_IO_ACCOUNTING has no such file.
  if (before.processBytes === null) t.is(after.processBytes, null);
  else t.true((after.processBytes ?? 0) - before.processBytes >= 1_000_000);
  if (before.device && after.device) t.true(after.device.bytes >= before.device.bytes);
});

test('a hold that is changed while the spool is open holds for telemetry, and never for an alert', async (t) => {
  const folder = freshFolder(t);
  const spool = await openSpool({ path: path.join(folder, 'gas.db'), device: 'post-7', telemetryHoldMs: 600_000 });
  await spool.append([item('tele', 1)]);
  t.is((await spool.depth()).tele, 0);
  await spool.append([item('alert', 1)]);
  t.is((await spool.depth()).tele, 1);
  spool.holdTelemetry(10);
  await spool.append([item('tele', 2)]);
  await until(async () => (await spool.depth()).tele === 2);
  spool.holdTelemetry(600_000);
  await spool.append([item('tele', 3)]);
  t.is((await spool.depth()).tele, 2);
  await spool.close();
});
