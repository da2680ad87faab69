import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';
import test, { type ExecutionContext } from 'ava';
import { openSpoolReader } from '../../daemons/core/adapters/spool.sqlite.ts';
import { type Correction, correct, correctionOf } from '../../daemons/core/clock/correct.ts';
import { parseFloor } from '../../daemons/core/clock/floor.ts';
import { decodeTelemetry } from '../../daemons/core/telemetry/decode.ts';
import type { Envelope } from '../../daemons/core/values/envelope.ts';

const main = path.join(import.meta.dirname, '../../daemons/main.ts');
const twoWeeksMs = 14 * 86_400_000;

/** One sensor on a bus that is not there: its gaps are stamped, kept and sent like any reading. */
function layBox(folder: string): string {
  const config = path.join(folder, 'config');
  const files = {
    'devices/post-9.yaml': 'device: post-9\nsite: test\nboard: bare\nprofile: quick\n',
    'boards/bare.yaml': `board: bare
ports: { i2c: { main: { tcp: '127.0.0.1:9' } } }
sensors: [{ id: climate, part: sht4x, serial: X1, port: main, options: { address: 68 } }]
`,
    'profiles/quick.yaml': `profile: quick
gas: { samplePeriodMs: 50, telemetry: { batch: 25, holdMs: 0 }, rules: [] }
`,
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(config, name)), { recursive: true });
    writeFileSync(path.join(config, name), text);
  }
  return config;
}

function started(t: ExecutionContext, args: readonly string[]): ChildProcess & { lines: AsyncIterator<string> } {
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  t.teardown(async () => {
    if (child.exitCode === null && child.signalCode === null && child.kill('SIGKILL')) await once(child, 'exit');
  });
  return Object.assign(child, { lines: readline.createInterface({ input: child.stdout })[Symbol.asyncIterator]() });
}

/** The next line that says `text`. */
async function said(lines: AsyncIterator<string>, text: string): Promise<string> {
  for (;;) {
    const { value, done } = await lines.next();
    if (done) throw new Error(`ended before it said ${text}`);
    if (value.includes(text)) return value;
  }
}

test('a time source that steps two weeks in mid-batch: nothing is lost, order stands, and the events correct every earlier time', async (t) => {
  t.timeout(60_000);
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-clock-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const [socket, state] = [path.join(folder, 'feed.sock'), path.join(folder, 'state')];

  const feed = started(t, [path.join(import.meta.dirname, 'clock-feed.child.ts'), socket]);
  await said(feed.lines, 'listening');
  const gas = started(t, [
    main,
    ...['gas', '--config', layBox(folder), '--device', 'post-9', '--state', state, '--feed', socket],
  ]);
  await said(gas.lines, '"measuring"');
  feed.stdin?.write(`${-twoWeeksMs}\n`);
  await said(gas.lines, 'for the first time since the start');
  // Some samples under the wrong time, then the step.
  await new Promise((resolve) => setTimeout(resolve, 1500));
  feed.stdin?.write('0\n');
  await said(gas.lines, 'did not hold');
  await new Promise((resolve) => setTimeout(resolve, 500));
  gas.kill('SIGTERM');
  const [code] = await once(gas, 'exit');
  t.is(code, 0);
  const truthMs = Date.now() - Number(process.hrtime.bigint()) / 1e6;

  const spool = await openSpoolReader(path.join(state, 'spool', 'gas.db'));
  const envelopes = async <S extends 'event' | 'tele'>(stream: S): Promise<Envelope<S>[]> =>
    (await spool.peek(stream, 0, 10_000)).map(({ text }) => JSON.parse(text) as Envelope<S>);
  const events = await envelopes('event');
  const corrections: Correction[] = events.flatMap(({ body }) => correctionOf(body) ?? []);
  t.deepEqual(
    corrections.map(({ source }) => source),
    ['gnss', 'gnss'],
  );
  const tele = await envelopes('tele');
  const stamps = tele.flatMap(({ body }) =>
    decodeTelemetry(body).readings.filter(({ channel }) => channel === 'temperature'),
  );
  await spool.close();

  t.deepEqual(
    tele.map(({ seq }) => seq),
    tele.map((_, i) => i + 1),
  );
  const order = stamps.map(({ at }) => at.monoNs);
  t.deepEqual(
    order,
    order.toSorted((a, b) => a - b),
  );
  const late = stamps.filter(({ at }) => Math.abs(at.wallMs - truthMs - at.monoNs / 1e6 + twoWeeksMs) < 1000);
  t.true(late.length >= 10, `${late.length} samples were stamped two weeks early`);
  for (const { at } of stamps) {
    const { wallMs, uncertaintyMs } = correct(at, corrections);
    if (uncertaintyMs === null || uncertaintyMs > 1000) return t.fail(`a bound of ${uncertaintyMs} ms`);
    // Telemetry keeps a millisecond.
    t.true(Math.abs(wallMs - truthMs - at.monoNs / 1e6) <= uncertaintyMs + 3, JSON.stringify(at));
  }
  t.true(stamps.filter(({ flags }) => flags.includes('clock')).every(({ at }) => at.uncertaintyMs === null));

  const floor = parseFloor(readFileSync(path.join(state, 'clock.json'), 'utf8'));
  t.true(Math.abs((floor?.notBeforeMs ?? 0) - Date.now()) < 60_000);
});
