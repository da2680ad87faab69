import test from 'ava';
import fc from 'fast-check';
import { chronyBound } from '../../../daemons/core/clock/chrony.ts';
import { fixOf } from '../../../daemons/core/clock/feed-line.ts';
import { floorFor, floorText, floorToWrite, parseFloor } from '../../../daemons/core/clock/floor.ts';
import { parseTimesync, spanMs, timesyncBound } from '../../../daemons/core/clock/timesyncd.ts';

const nowMs = Date.UTC(2026, 10, 24);

/** As chronyd 4.3 prints it (chronyc -n -c tracking). */
const chrony =
  'C0A80101,192.168.1.1,3,1795478400.123456789,0.000012000,-0.000034000,0.000045000,-8.123,0.001,0.036,0.023456000,0.001234000,64.3,Normal';

test('chrony: the bound is |system time| + dispersion + half the delay, and what was slewed last', (t) => {
  t.true(Math.abs((chronyBound(chrony) ?? 0) - (0.012 + 1.234 + 11.728 + 0.034)) < 1e-9);
});

test('chrony: following nobody, its own local mode, and other text make no bound', (t) => {
  t.is(chronyBound('00000000,,0,0.000000000,0.0,0.0,0.0,0.0,0.0,0.0,1.0,1.0,0.0,Not synchronised'), null);
  t.is(chronyBound(chrony.replace('C0A80101', '7F7F0101')), null);
  t.is(chronyBound('506 Cannot talk to daemon\n'), null);
  t.is(chronyBound(''), null);
  t.is(chronyBound(chrony.replace('0.023456000', '-0.023456000')), null);
});

/** The form of systemd 239 and later (timedatectl(1), timesync-status). */
const timesyncd = `       Server: 192.168.1.1 (192.168.1.1)
Poll interval: 34min 8s (min: 32s; max 34min 8s)
         Leap: normal
      Version: 4
      Stratum: 3
    Reference: C0A80101
    Precision: 1us (-24)
Root distance: 12.345ms (max: 5s)
       Offset: -1.148ms
        Delay: 2.4ms
       Jitter: 1.184ms
 Packet count: 48
    Frequency: +13.370ppm
`;

test('timesyncd: the bound is offset, half the path, the server’s own distance, and drift since the last packet', (t) => {
  const status = parseTimesync(timesyncd);
  t.deepEqual(status, { packets: 48, offsetMs: -1.148, delayMs: 2.4, rootDistanceMs: 12.345, pollMs: 2_048_000 });
  if (status) t.true(Math.abs(timesyncBound(status, 0) - (1.148 + 1.2 + 12.345 + 204.8)) < 1e-9);
});

test('timesyncd: no packet yet, an unsynchronised server, and other text make no bound', (t) => {
  t.is(parseTimesync('       Server: n/a (n/a)\nPoll interval: 0 (min: 32s; max 34min 8s)\n Packet count: 0\n'), null);
  t.is(parseTimesync(timesyncd.replace('normal', 'not synchronized')), null);
  t.is(parseTimesync('System has not been booted with systemd as init system (PID 1).'), null);
});

test('spans of timedatectl are read to the microsecond', (t) => {
  t.deepEqual(
    ['617us', '+1.148ms', '-2.5s', '34min 8s', '1h 2min', '0'].map(spanMs),
    [0.617, 1.148, -2500, 2_048_000, 3_720_000, 0],
  );
  t.deepEqual(
    ['', 'n/a', '1', '5 parsecs', '1..s'].map((text) => spanMs(text)),
    [null, null, null, null, null],
  );
});

const line = { kind: 'time', monoNs: 5e9, wallMs: nowMs, uncertaintyMs: 20 };

test('the feed: a line that tells the time is a fix, others are passed over', (t) => {
  t.like(fixOf(JSON.stringify(line), 'b', 6e9), { source: 'gnss', monoNs: 5e9, wallMs: nowMs, uncertaintyMs: 20 });
  const refused: object[] = [
    { ...line, kind: 'pose' },
    { ...line, boot: 'another' },
    { ...line, monoNs: 7e9 },
    { ...line, wallMs: Date.UTC(1980, 0, 6) },
    { ...line, uncertaintyMs: -1 },
    { ...line, uncertaintyMs: null },
  ];
  for (const one of refused) t.is(fixOf(JSON.stringify(one), 'b', 6e9), null, JSON.stringify(one));
  t.is(fixOf(JSON.stringify(line), 'b', 4000e9), null);
  t.is(fixOf('{', 'b', 6e9), null);
});

test('no text makes a parser throw, and a bound that comes out is a number of at least zero', (t) => {
  const near = fc.oneof(
    fc.string({ maxLength: 300, unit: 'binary' }),
    fc.json(),
    ...[chrony, timesyncd, JSON.stringify(line), floorText({ notBeforeMs: nowMs, boot: 'b', monoNs: 1 })].map((text) =>
      fc
        .tuple(fc.nat(text.length), fc.nat(5), fc.string({ maxLength: 6 }))
        .map(([place, cut, put]) => text.slice(0, place) + put + text.slice(place + cut)),
    ),
  );
  fc.assert(
    fc.property(near, (text) => {
      const status = parseTimesync(text);
      const bounds = [
        chronyBound(text),
        status && timesyncBound(status, 0),
        fixOf(text, 'b', 1e10)?.uncertaintyMs ?? null,
      ];
      parseFloor(text);
      return bounds.every((bound) => bound === null || (Number.isFinite(bound) && bound >= 0));
    }),
    { numRuns: 5000 },
  );
  t.pass();
});

const found = { notBeforeMs: nowMs, boot: 'b', monoNs: 1e9 };
const wish = { notBeforeMs: nowMs, notAfterMs: null, boot: 'b', monoNs: 2e9, now: false };

test('the floor comes back from its text, and a flipped digit makes it none', (t) => {
  t.like(parseFloor(floorText(found)), found);
  t.is(parseFloor(floorText(found).replace(String(nowMs), String(nowMs + 1))), null);
  t.is(parseFloor(''), null);
});

test('the floor is written once in half an hour, however many daemons ask, and sooner at an end', (t) => {
  t.is(floorToWrite(found, { ...wish, notBeforeMs: nowMs + 1_799_999 }), null);
  t.like(floorToWrite(found, { ...wish, notBeforeMs: nowMs + 1_800_000 }), { notBeforeMs: nowMs + 1_800_000 });
  t.is(floorToWrite(found, { ...wish, notBeforeMs: nowMs + 59_999, now: true }), null);
  t.like(floorToWrite(found, { ...wish, notBeforeMs: nowMs + 60_000, now: true }), { notBeforeMs: nowMs + 60_000 });
});

test('a floor ahead of the true time is lowered by a clock with a bound, and by nothing else', (t) => {
  t.is(floorToWrite(found, { ...wish, notBeforeMs: nowMs - 1e6, now: true }), null);
  const bounded = { ...wish, notBeforeMs: nowMs - 1e6, notAfterMs: nowMs - 1e6 + 10 };
  t.like(floorToWrite(found, bounded), { notBeforeMs: nowMs - 1e6 });
});

test('in the boot that wrote it the floor has gone on, in another it has not', (t) => {
  t.deepEqual(floorFor(found, 'b', 5e9), { wallMs: nowMs, monoNs: 1e9 });
  t.deepEqual(floorFor(found, 'c', 5e9), { wallMs: nowMs, monoNs: 5e9 });
});
