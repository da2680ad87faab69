import { readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import test from 'ava';
import { openSpool } from '../../daemons/core/adapters/spool.sqlite.ts';
import { type Look, type Report, reportOf, reportText } from '../../daemons/tools/soak/report.ts';
import { freshFolder, item, until } from '../core/spool/keeping.ts';
import { layAwayBox } from '../support/away-box.ts';
import { startProgram } from '../support/process.ts';

const main = path.join(import.meta.dirname, '../../daemons/main.ts');
const minute = 60_000;
const of = { version: '1', machine: 'a box' };

/** A day of a gas daemon whose memory grows by so many bytes an hour. */
const day = (grows: number, change: (look: Look, i: number) => Look = (same) => same): Look[] =>
  Array.from({ length: 1440 }, (_, i) =>
    change(
      {
        atMs: i * minute,
        daemons: [
          {
            name: 'gas',
            pid: 7,
            started: 1,
            rssBytes: 60e6 + (i / 60) * grows,
            pssBytes: 50e6,
            descriptors: 30,
            writtenBytes: i * 1e4,
          },
        ],
        spools: [{ name: 'gas', waiting: i % 5, silentMs: 20_000 }],
        celsius: 50,
        throttled: 0,
        deviceBytes: i * 2e4,
      },
      i,
    ),
  );

test('what grows is told per day, and what stays is not', (t) => {
  const [steady] = reportOf(day(0), of).daemons;
  const [leaks] = reportOf(day(1e6), of).daemons;
  t.true(Math.abs(steady?.rssMb?.perDay ?? 1) < 1e-6);
  t.true(Math.abs((leaks?.rssMb?.perDay ?? 0) - 24) < 0.01, JSON.stringify(leaks));
  t.is(Math.round(leaks?.writtenMbPerDay ?? 0), 14);
  t.is(Math.round(reportOf(day(0), of).deviceMbPerDay ?? 0), 29);
});

test('a daemon that was started again, one that was away, a gap and a throttled processor are told', (t) => {
  const report = reportOf(
    day(0, (look, i) => ({
      ...look,
      daemons: i === 300 ? [] : look.daemons.map((one) => (i > 300 ? { ...one, pid: 8, writtenBytes: i } : one)),
      spools: look.spools.map((one) => (i > 299 && i < 305 ? { ...one, silentMs: (i - 297) * minute } : one)),
      throttled: i === 900 ? 0x50005 : 0,
    })),
    of,
  );
  t.like(report.daemons[0], { restarts: 1, away: 1 });
  t.like(report.spools[0], { gaps: 1, longestGapS: 420, mostWaiting: 4 });
  t.deepEqual(report.throttled, [
    'under-voltage',
    'throttled',
    'under-voltage since the boot',
    'throttled since the boot',
  ]);
  t.regex(reportText(report), /gas: 1 restarts, 1 looks without it[\s\S]*1 gaps without a commit, the longest 420 s/);
});

test('a box of which the kernel tells nothing makes a report that says so', (t) => {
  const text = reportText(reportOf([], of));
  t.regex(text, /no daemon of this state folder was seen/);
});

test('beside a real uplink: it is seen, a kill is a restart, and nothing of the box is in the report', async (t) => {
  t.timeout(240_000);
  const folder = freshFolder(t);
  const [config, state, out] = ['config', 'box', 'out'].map((name) => path.join(folder, name)) as [
    string,
    string,
    string,
  ];
  layAwayBox(config, 1, 2);
  const spool = await openSpool({ path: path.join(state, 'spool/gas.db'), device: 'post-1', telemetryHoldMs: 0 });
  t.teardown(() => spool.close());
  await spool.append([item('alert', 1)]);
  const start = () =>
    startProgram(process.execPath, [main, 'uplink', '--config', config, '--device', 'post-1', '--state', state]);
  const looks = (): Look[] => {
    try {
      return readFileSync(path.join(out, 'looks.jsonl'), 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Look);
    } catch {
      return [];
    }
  };
  const sees = (pid: number | undefined) => () =>
    looks().some((one) => one.daemons.some((daemon) => daemon.pid === pid));
  const first = start();
  const soak = startProgram(process.execPath, [main, 'soak-box', '--state', state, '--out', out, '--every', '0.1']);
  t.teardown(() => soak.end('SIGKILL'));
  await until(sees(first.child.pid));
  await first.end('SIGKILL');
  const second = start();
  t.teardown(() => second.end('SIGKILL'));
  await until(sees(second.child.pid));
  await soak.end('SIGTERM');
  const text = readFileSync(path.join(out, 'soak.json'), 'utf8');
  const report = JSON.parse(text) as Report;
  t.like(report.daemons[0], { name: 'uplink', restarts: 1 });
  t.true((report.daemons[0]?.rssMb?.most ?? 0) > 10);
  t.is(report.spools.find(({ name }) => name === 'gas')?.mostWaiting, 1);
  const written = text + readFileSync(path.join(out, 'soak.txt'), 'utf8') + JSON.stringify(looks());
  t.notRegex(written, /post-1|north|spool-id|BEGIN|localhost/);
  t.false(written.includes(spool.id));
  t.false(written.includes(folder));
});
