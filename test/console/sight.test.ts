import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { openSqliteArchive } from '../../daemons/core/adapters/archive.sqlite.ts';
import { openRecords } from '../../daemons/core/adapters/records.sqlite.ts';
import type { Arrival } from '../../daemons/core/ports/records.ts';
import { encodeTelemetry } from '../../daemons/core/telemetry/encode.ts';
import type { Alert } from '../../daemons/core/values/alert.ts';
import type { Measurement } from '../../daemons/core/values/measurement.ts';
import type { AlertSight, Drift } from '../../daemons/core/values/sight.ts';
import { parseEnvelope } from '../../daemons/core/wire/envelope.ts';
import { alertArrival, sampleAlert, stampAt } from '../support/alerts.ts';
import { openConsole } from '../support/console.ts';

const beganMs = 1_790_000_000_000;

/** Any stream of the box that `alertArrival` speaks for. */
function arrival(stream: 'tele' | 'event', body: object, seq: number, wallMs: number): Arrival {
  const like = alertArrival(sampleAlert('x'), seq);
  const text = JSON.stringify({ ...like.envelope, stream, at: stampAt(wallMs), body });
  return { site: like.site, text, envelope: parseEnvelope(text) };
}

async function withStore(t: ExecutionContext, arrivals: readonly Arrival[]) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-sight-'));
  const file = path.join(folder, 'ledger.db');
  const records = await openRecords(file);
  await records.commit(arrivals, beganMs);
  const archive = openSqliteArchive(file);
  const server = await openConsole(records, { archive });
  t.teardown(async () => {
    await server.stop();
    await archive.close();
    await records.close();
    rmSync(folder, { recursive: true });
  });
  return async <T>(url: string): Promise<{ status: number; body: T }> => {
    const answer = await fetch(server.url + url);
    return { status: answer.status, body: (await answer.json()) as T };
  };
}

const said = (quantity: string, value: number) => ({
  sensor: 'gas-vapour',
  quantity,
  value,
  unit: '1',
  u: null,
  calibration: null,
  flags: [],
});

const revision = (rev: number, afterMs: number, because: Partial<Alert['because']>): Arrival => {
  const alert = sampleAlert('a1', { rev, since: stampAt(beganMs) }, beganMs + afterMs);
  return alertArrival({ ...alert, because: { ...alert.because, ...because } }, rev);
};

test('what a model said at each revision becomes a timeline with a curve for each class', async (t) => {
  const get = await withStore(t, [
    revision(2, 15_000, { score: 0.2, evidence: [said('p(air)', 0.7), said('p(ammonia)', 0.2)] }),
    revision(1, 0, { score: 0.9, evidence: [said('p(air)', 0.1), said('p(ammonia)', 0.9)] }),
  ]);
  const { status, body } = await get<AlertSight>('/api/alerts/a1/timeline');
  t.is(status, 200);
  t.deepEqual(body.labels, ['air', 'ammonia']);
  t.deepEqual(body.moments, [
    { s: 0, value: 0.9, baseline: null, threshold: 0.8, probabilities: [0.1, 0.9] },
    { s: 15, value: 0.2, baseline: null, threshold: 0.8, probabilities: [0.7, 0.2] },
  ]);
  t.deepEqual(body.stood, [0, 15]);
});

test('an alert on a quantity shows what that did around it, with the level before, out of one spool and one boot', async (t) => {
  const tele = Array.from({ length: 40 }, (_, i) => {
    const atMs = beganMs + (i - 30) * 10_000;
    const one = (sensor: string, value: number): Measurement => ({
      sensor,
      quantity: 'ammonia',
      at: stampAt(atMs),
      value,
      unit: 'ppm',
      u: 0.1,
      flags: [],
      calibration: 'c',
    });
    const measurements = [one('nh3-a', i < 30 ? 1 : 20), one('nh3-b', 99)];
    return arrival('tele', encodeTelemetry({ readings: [], measurements }), i + 1, atMs);
  });
  const get = await withStore(t, [revision(1, 0, { threshold: 5 }), ...tele]);
  const { body } = await get<AlertSight>('/api/alerts/a1/timeline');
  t.deepEqual([body.unit, body.labels], ['ppm', []]);
  // 300 s before and 60 s after, every ten seconds, of the sensor in the evidence alone.
  t.is(body.moments.length, 37);
  t.deepEqual(body.moments[0], { s: -300, value: 1, baseline: 1, threshold: 5 });
  t.deepEqual(body.moments.at(-1), { s: 60, value: 20, baseline: 1, threshold: 5 });
});

test('of an alert that nobody holds there is no picture, and the answer says so', async (t) => {
  const get = await withStore(t, [revision(1, 0, {})]);
  const { status, body } = await get<{ error: { what: string } }>('/api/alerts/nothing/timeline');
  t.is(status, 404);
  t.regex(body.error.what, /nothing of this alert is kept/);
});

test('the clean-air levels that a box put on record are the drift of its array, in per cent of the first', async (t) => {
  const event = (type: string, detail: object) => ({ type, severity: 'info', message: '', detail });
  const state = (levels: readonly number[], learned = 3) =>
    event('line-state', { state: { window: { baseline: { learned, levels } } } });
  const config = { record: { board: { array: [{ quantity: 'mox-1' }, { quantity: 'mox-2' }] } } };
  const bodies = [event('config-in-force', config), state([0, 0], 0), state([10, 4]), state([11, 3])];
  const get = await withStore(
    t,
    bodies.map((body, i) => arrival('event', { ...body, at: stampAt(beganMs + i) }, i + 1, beganMs + i)),
  );
  const { body } = await get<{ drift: readonly Drift[] }>('/api/devices/post-7/drift');
  const values = body.drift.map(({ name, points }) => [name, points.map(({ value }) => Math.round(value))]);
  t.deepEqual(values, [
    ['mox-1', [100, 110]],
    ['mox-2', [100, 75]],
  ]);
});
