import test from 'ava';
import { storageSection } from '../../../daemons/core/wear/life.ts';
import { type ClockLook, judgeClock } from '../../../daemons/tools/doctor/clock.ts';
import { judgeDisk } from '../../../daemons/tools/doctor/disk.ts';
import { fine, note, screen, warn } from '../../../daemons/tools/doctor/finding.ts';
import { judgeCard } from '../../../daemons/tools/doctor/wear.ts';
import { size, span } from '../../../daemons/tools/doctor/words.ts';

const mount = { device: '179:2', point: '/', type: 'ext4', source: '/dev/mmcblk0p2', readOnly: false };
const disk = { folder: '/state', mount, totalBytes: 32e9, freeBytes: 20e9, freeFiles: 1e6 };
const levels = (found: readonly { level: string }[]): string[] => found.map(({ level }) => level);

test('a disk with room is in order; one that is short, full, out of files or read-only says what to do', (t) => {
  t.deepEqual(levels(judgeDisk(disk)), ['ok']);
  t.deepEqual(levels(judgeDisk({ ...disk, freeBytes: 100e6 })), ['warning']);
  t.deepEqual(levels(judgeDisk({ ...disk, freeBytes: 0 })), ['error']);
  t.deepEqual(levels(judgeDisk({ ...disk, freeFiles: 3 })), ['error']);
  const [readOnly] = judgeDisk({ ...disk, mount: { ...mount, readOnly: true } });
  t.like(readOnly, { level: 'error' });
  t.regex(readOnly?.todo ?? '', /replace it/);
  t.deepEqual(levels(judgeDisk({ ...disk, mount: { ...mount, type: 'tmpfs' } })), ['warning', 'ok']);
  t.deepEqual(levels(judgeDisk({ ...disk, mount: null, freeFiles: null })), ['ok']);
});

const look: ClockLook = {
  at: { wallMs: Date.UTC(2026, 10, 24), monoNs: 1e9, boot: 'b', synced: true, uncertaintyMs: 5 },
  news: [{ type: 'clock-corrected', severity: 'info', message: '', detail: { source: 'chrony' } }],
  floor: null,
};

test('a clock with a bound names its source; without one, or with a wide one, it says what to do', (t) => {
  t.regex(judgeClock(look)[0]?.text ?? '', /good to 5 ms by chrony/);
  t.is(judgeClock(look)[0]?.level, 'ok');
  t.is(judgeClock({ ...look, at: { ...look.at, uncertaintyMs: 20_000 } })[0]?.level, 'warning');
  const unknown = judgeClock({
    ...look,
    at: { ...look.at, uncertaintyMs: null },
    news: [{ type: 'clock-unset', severity: 'warning', message: 'it says 1970', detail: {} }],
    floor: { notBeforeMs: Date.UTC(2026, 10, 23), boot: 'a', monoNs: 1 },
  });
  t.deepEqual(levels(unknown), ['warning', 'warning', 'note']);
  t.regex(unknown[2]?.text ?? '', /2026-11-23/);
});

test('a card’s life is called an assumption, and judged only after hours', (t) => {
  const storage = storageSection.parse({});
  const card = { name: 'mmcblk0', bytes: 20e9, upMs: 86_400_000, sizeBytes: 32e9 };
  t.like(judgeCard(card, storage), { level: 'warning' });
  t.regex(judgeCard(card, storage).text, /0\.3 years, assuming 500 cycles and 8 bytes/);
  t.like(judgeCard({ ...card, bytes: 1e9 }, storage), { level: 'ok' });
  t.like(judgeCard({ ...card, upMs: 3_600_000 }, storage), { level: 'note' });
  t.like(judgeCard({ ...card, sizeBytes: null }, storage), { level: 'note' });
});

test('the screen has a line a finding, and under it what to do', (t) => {
  t.is(
    screen('post-1', [fine('disk', 'room'), note('clock', 'a fact'), warn('wear', 'much', 'less')]),
    'fieldpost doctor: post-1\nok    disk        room\nnote  clock       a fact\nWARN  wear        much\n                  -> less\n1 thing to do\n',
  );
});

test('sizes and spans are in the unit that a person would say', (t) => {
  t.deepEqual([10, 1_500_000, 3.2e10].map(size), ['1 kB', '1.5 MB', '32.0 GB']);
  t.deepEqual([3, 5000, 600_000, 10_000_000, 1e9].map(span), ['3 ms', '5 s', '10 min', '3 h', '12 days']);
});
