/** A centre that knows boxes: telemetry with a peak, a gap and a new calibration, health and twin at the broker, a rollout, logs. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { ExecutionContext } from 'ava';
import type { FleetFolder } from '../../daemons/console/devices/fleet-folder.ts';
import { openHearing } from '../../daemons/console/devices/heard.ts';
import { openSqliteArchive } from '../../daemons/core/adapters/archive.sqlite.ts';
import { openRecords } from '../../daemons/core/adapters/records.sqlite.ts';
import type { LogsAsk } from '../../daemons/core/fleet/ask.ts';
import type { Arrival } from '../../daemons/core/ports/records.ts';
import { envelopeText } from '../../daemons/core/ports/spool.ts';
import { begunAt, type Rollout } from '../../daemons/core/rollout/plan.ts';
import { encodeTelemetry } from '../../daemons/core/telemetry/encode.ts';
import { desiredText } from '../../daemons/core/twin/desired.ts';
import { type Envelope, noHash, type Stream } from '../../daemons/core/values/envelope.ts';
import { stampAt } from './alerts.ts';

/** Seconds of telemetry in one envelope, and between two values. */
const [batchS, everyS] = [10, 1];
const secondsBack = 3600;
/** The spike, by seconds before now. */
export const peak = { backS: 1234, value: 88.5 };
export const gap = { fromS: 2400, toS: 2100 };
const newCalibrationS = 600;

export const arrivalIn = (device: string, stream: Stream, seq: number, wallMs: number, body: object): Arrival => {
  const at = stampAt(wallMs);
  const envelope = {
    ...{ v: 1, device, spool: 'gas-spool', stream, seq, at, prev: noHash, salt: '0'.repeat(32) },
    body: stream === 'event' ? { severity: 'info', at, message: '', ...body } : body,
  } as unknown as Envelope;
  return { site: 'north', text: envelopeText(envelope), envelope };
};

/** An hour of ammonia. */
function telemetry(device: string, nowMs: number): readonly Arrival[] {
  const arrivals: Arrival[] = [];
  let seq = 0;
  for (let back = secondsBack; back > 0; back -= batchS) {
    if (back <= gap.fromS && back > gap.toS) continue;
    const measurements = Array.from({ length: batchS / everyS }, (_, i) => {
      const s = back - i * everyS;
      return {
        ...{ sensor: 'nh3-a', quantity: 'ammonia', at: stampAt(nowMs - s * 1000), unit: 'ppm', u: 0.4 },
        value: s === peak.backS ? peak.value : 2 + Math.sin(s / 300),
        flags: s > newCalibrationS ? (['calibration-expired'] as const) : [],
        calibration: s > newCalibrationS ? 'cal-1' : 'cal-2',
      };
    });
    seq += 1;
    arrivals.push(
      arrivalIn(device, 'tele', seq, nowMs - (back - batchS) * 1000, encodeTelemetry({ readings: [], measurements })),
    );
  }
  return arrivals;
}

const dayMs = 86_400_000;
const calibration = (
  device: string,
  seq: number,
  nowMs: number,
  id: string,
  days: readonly [number, number],
): Arrival =>
  arrivalIn(device, 'event', seq, nowMs, {
    type: 'calibration-in-force',
    detail: {
      record: {
        id,
        sensor: 'nh3-a',
        quantity: 'ammonia',
        atMs: nowMs + days[0] * dayMs,
        validUntilMs: nowMs + days[1] * dayMs,
      },
    },
  });

const health = (nowMs: number) => ({
  ...{ v: 1, atMs: nowMs - 60_000, synced: true, load: 0.42, memoryFree: 0.6, storageFree: 0.08, celsius: 61 },
  ...{ throttled: ['under-voltage'], lifeYears: 3.2, certificateMs: nowMs + 40 * dayMs, overdue: ['nh3-a ammonia'] },
  ...{
    waiting: { tele: 12 },
    drops: 3,
    restarts: { gas: 1 },
    flagged: { 'nh3-a': 0.2 },
    versions: { fieldpost: '0.1.0' },
  },
});

const rollout = (nowMs: number): Rollout => {
  const begun = begunAt(
    {
      ...{ name: 'slower-2', site: 'north', by: 'op-17', why: 'sample less often', waves: [['post-7'], ['post-8']] },
      ...{ perMinute: 4, atOnce: 3, steadyS: 10, silentS: 100, stopAt: 2, onStop: 'hold' },
      versions: { 'post-7': { forward: 5, back: 6 }, 'post-8': { forward: 2, back: 3 } },
    },
    nowMs,
  );
  const failed = { phase: 'failed', sinceMs: nowMs, awayMs: 0, reasons: ['reverted: gas ended twice'] } as const;
  return {
    ...begun,
    mode: 'stopped',
    reason: 'canary post-7: gas ended twice',
    boxes: { ...begun.boxes, 'post-7': failed },
  };
};

export async function deviceSite(t: ExecutionContext, nowMs = Date.now()) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-devices-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'centre.db');
  const records = await openRecords(file);
  t.teardown(() => records.close());
  const birth = {
    ...{
      v: 1,
      simulated: true,
      version: '0.1.0',
      boot: 'b-1',
      where: { lat: 51.17, lon: 71.45 },
      at: stampAt(nowMs - 7200_000),
    },
    sensors: [{ id: 'nh3-a', part: 'li-820', serial: 'SIM-0004' }],
  };
  await records.birth('north', 'post-7', birth, nowMs);
  await records.status('north', 'post-7', { status: 'online', boot: 'b-1' }, nowMs);
  // Was provisioned and has said nothing since.
  await records.status('north', 'post-8', { status: 'offline', boot: '' }, nowMs);
  await records.birth('north', 'post-9', { simulated: true }, nowMs);
  await records.commit(telemetry('post-7', nowMs), nowMs);
  await records.commit(
    [
      calibration('post-7', 1, nowMs - 1, 'cal-1', [-200, -3]),
      calibration('post-9', 1, nowMs, 'cal-9', [-10, 170]),
      arrivalIn('post-7', 'event', 2, nowMs, {
        type: 'logs',
        detail: { id: 'asked-before', daemon: 'gas', part: 1, parts: 1, text: 'pump is slow\n' },
      }),
    ],
    nowMs,
  );
  const archive = openSqliteArchive(file);
  t.teardown(() => archive.close());

  const heard = openHearing();
  heard.setConnected(true);
  const hear = (side: string, text: string): void =>
    heard.hear(`fieldpost/v1/north/post-7/twin/${side}`, Buffer.from(text));
  const wanted = desiredText({
    ...{ v: 1, site: 'north', device: 'post-7', version: 5, by: 'op-17', at: new Date(nowMs - 9e6).toISOString() },
    ...{ files: { 'profiles/gas.yaml': 'period: 2' }, executable: '0.2.0' },
  });
  hear('desired', JSON.stringify({ v: 1, role: 'operator', text: wanted, signatures: [] }));
  hear(
    'reported',
    JSON.stringify({
      ...{
        v: 1,
        device: 'post-7',
        desired: 5,
        phase: 'reverted',
        reasons: ['gas ended twice within 60 s'],
        inForce: 4,
      },
      ...{ executable: '0.1.0', files: {}, root: 1 },
    }),
  );
  hear('health', JSON.stringify(health(nowMs)));

  const asked: LogsAsk[] = [];
  const said: { topic: string; text: string }[] = [];
  const fleet: FleetFolder = {
    rollouts: () => [rollout(nowMs)],
    sign: (ask) => {
      asked.push(ask);
      return `signed ${ask.id}`;
    },
  };
  const broker = {
    ...{ connected: true, move: () => {}, close: async () => {} },
    publish: async (topic: string, text: string | Uint8Array) => void said.push({ topic, text: String(text) }),
  };
  /** The box answers as its agent would. */
  const answer = (id: string, text: string) =>
    records.commit(
      [
        arrivalIn('post-7', 'event', 3, nowMs, {
          type: 'logs',
          detail: { id, daemon: 'gas', part: 1, parts: 1, text },
        }),
      ],
      nowMs,
    );
  return { records, archive, devices: { heard, broker, fleet }, asked, said, answer, nowMs };
}
