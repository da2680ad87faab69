/** A post that signs what it says: the recorded plume through the real line into a real spool, in a few seconds of work. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { openSpoolArchive } from '../../daemons/core/adapters/archive.spool.ts';
import { openCalibrations } from '../../daemons/core/adapters/calibrations.lowdb.ts';
import { openSpool } from '../../daemons/core/adapters/spool.sqlite.ts';
import { type Board, type Box, loadBox } from '../../daemons/core/config/box.ts';
import { parseValue } from '../../daemons/core/config/parse.ts';
import type { Archive } from '../../daemons/core/ports/archive.ts';
import type { Item } from '../../daemons/core/ports/spool.ts';
import { decodeTelemetry } from '../../daemons/core/telemetry/decode.ts';
import type { Alert } from '../../daemons/core/values/alert.ts';
import type { CalibrationCheck } from '../../daemons/core/values/calibration-check.ts';
import type { BoxEvent, TelemetryBody } from '../../daemons/core/values/envelope.ts';
import type { Reading } from '../../daemons/core/values/reading.ts';
import { doubted, emptyBook, noted } from '../../daemons/gas/alert-book.ts';
import { gasSection } from '../../daemons/gas/config.ts';
import { plan } from '../../daemons/gas/conversions.ts';
import { loadModel } from '../../daemons/gas/daemon.ts';
import { driverOf } from '../../daemons/gas/drivers.ts';
import { inForceOf, lineStateEvent, onFileEvent } from '../../daemons/gas/in-force.ts';
import { gasLine } from '../../daemons/gas/line.ts';
import { keptLocating, thawLocating } from '../../daemons/gas/locating/frozen.ts';
import { replay } from '../../daemons/tools/captures/replay.ts';
import { collect } from '../../daemons/tools/evidence/collect.ts';
import { checkOf } from './calibration-records.ts';

const root = path.join(import.meta.dirname, '../..');
export const models = path.join(root, 'models');
const capture = path.join(root, 'test/captures/gas-line/normal');

/** What a post read, and the files that it was set up with. */
export interface Source {
  readonly box: Box;
  /** The text of its calibrations.json. */
  readonly calibrations: string;
  readonly readings: () => Promise<readonly Reading[]>;
}

const recordedPlume = (): Source => ({
  box: loadBox(path.join(capture, 'config'), 'post-1'),
  calibrations: readFileSync(path.join(capture, 'calibrations.json'), 'utf8'),
  readings: plume,
});

/** The readings of the recorded plume, in the order in which they came. */
async function plume(): Promise<Reading[]> {
  const readings: Reading[] = [];
  for await (const { stream, text } of replay(capture, models))
    if (stream === 'tele')
      readings.push(...decodeTelemetry((JSON.parse(text) as { body: TelemetryBody }).body).readings);
  return readings;
}

export interface Post {
  /** A box's state folder. */
  readonly state: string;
  readonly device: string;
  readonly alerts: readonly Alert[];
  /** All texts of the spool, in order, by stream. */
  readonly texts: Readonly<Record<'alert' | 'event' | 'tele', readonly string[]>>;
  readonly remove: () => void;
}

/**
 * Options: `device` names the post; `signed` false leaves it without a key; `restarts` kills the daemon with the first
 * alert, or with that one, and lets it go on from what it had committed; `heldEveryMs` as in the profile; `from` is what it read;
 * `board` changes what is soldered; `certify` gives the certificate of its key;
 * `check`: ammonia is checked an hour after everything is over, with this verdict.
 */
export async function signedPost({
  device = 'post-1',
  signed = true,
  restarts = 0,
  from = recordedPlume(),
  heldEveryMs = 15_000,
  check = null as CalibrationCheck['verdict'] | null,
  board = (same: Board): Board => same,
  certify = async (_key: KeyObject): Promise<string | null> => null,
} = {}): Promise<Post> {
  const state = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-post-'));
  const keyFile = path.join(state, 'identity', 'device.key');
  mkdirSync(path.dirname(keyFile));
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  if (signed) writeFileSync(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });

  const box = { ...from.box, board: board(from.box.board) };
  const named = { ...box, device: { ...box.device, device } };
  const plain = parseValue('gas', box.profile.gas ?? {}, gasSection);
  const section = { ...plain, heldEveryMs, evidence: { sealEveryMs: 3000, stateEveryMs: 4000 } };
  writeFileSync(path.join(state, 'calibrations.json'), from.calibrations);
  const calibrations = await openCalibrations(path.join(state, 'calibrations.json'));
  const drivers = new Map(
    box.board.sensors.map(({ id, part, options }) => [
      id,
      { channels: driverOf(part, id).bind(id, options).channels, read: () => Promise.resolve([]) },
    ]),
  );
  const { conversions } = plan(box.board, drivers, calibrations);
  const model = await loadModel(section, box.board, models);
  const spool = await openSpool({
    path: path.join(state, 'spool', 'gas.db'),
    device,
    telemetryHoldMs: 0,
    signing: { keyFile, everyMs: section.evidence.sealEveryMs },
  });
  const identity = { certificate: await certify(privateKey), publicKey: spool.publicKey };
  const inForce = inForceOf({ box: named, section, model, calibrations, identity });
  const where = box.device.where ? { ...box.device.where, source: 'surveyed' as const } : null;
  const line = gasLine({ device, where, section, board: box.board, conversions, model, inForce: inForce.refs });

  const readings = await from.readings();
  const alerts: Alert[] = [];
  let memory = line.fresh('run-1');
  const at = readings[0]?.at ?? { wallMs: 0, monoNs: 0, boot: '', synced: false, uncertaintyMs: null };
  const event = (body: Omit<BoxEvent, 'at'>): Item => ({ stream: 'event', at, body: { ...body, at } });
  const begun = [...inForce.files.map(onFileEvent), lineStateEvent(memory, inForce.refs)].map(event);
  await spool.append(begun, { 'in-force': { spool: spool.id, files: inForce.files } });
  for (let i = 0; i < readings.length; i += 10) {
    const step = line.advance(memory, readings.slice(i, i + 10));
    memory = step.state;
    const { finding } = step;
    alerts.push(...finding.alerts);
    const raised = finding.alerts.map((body): Item => ({ stream: 'alert', at: body.at, body }));
    const items = [...finding.telemetry, ...finding.events, ...raised];
    if (items.length > 0) await spool.append(items);
    if (restarts === 0 || memory.batch.run !== 'run-1' || alerts.length < restarts) continue;
    const recalled = JSON.parse(JSON.stringify({ detect: memory.detect, alert: memory.alert })) as typeof memory;
    const fresh = line.fresh('run-2');
    fresh.window.baseline = memory.window.baseline;
    const { plume: rows } = JSON.parse(JSON.stringify(keptLocating(memory.locating, finding.alerts)));
    memory = { ...fresh, ...recalled, locating: thawLocating(rows) };
    await spool.append([event(lineStateEvent(memory, inForce.refs))]);
  }
  await spool.append(line.drain(memory).telemetry);
  if (check !== null) {
    const verdict = { verdict: check, reasons: check === 'failed' ? ['17 ppm was shown for 25 ppm'] : [] };
    const record = { ...checkOf('check-1', { serial: 'SIM-0004', ...verdict }), seal: null };
    const last = readings.at(-1)?.at ?? at;
    const later = { ...last, wallMs: last.wallMs + 3_600_000, monoNs: last.monoNs + 3.6e12 };
    const serials = new Map(box.board.sensors.map(({ id, serial }) => [id, serial]));
    const doubt = doubted(noted(emptyBook, alerts, serials), record, { all: [record], tolerance: 0.1 });
    const told = { stream: 'event' as const, at: later, body: { ...doubt.event, at: later } };
    await spool.append([told, ...doubt.alerts.map((body): Item => ({ stream: 'alert', at: later, body }))]);
    alerts.push(...doubt.alerts);
  }
  const texts = {
    alert: (await spool.peek('alert', 0, 1000)).map(({ text }) => text),
    event: (await spool.peek('event', 0, 1000)).map(({ text }) => text),
    tele: (await spool.peek('tele', 0, 1000)).map(({ text }) => text),
  };
  await spool.close();
  return { state, device, alerts, texts, remove: () => rmSync(state, { recursive: true, force: true }) };
}

/** The bundle of the post's alert of that kind, from its own spool or from an archive, with 3 s before the alert. */
export async function bundleOf(post: Post, archive?: Archive, ofKind = 'vapour'): Promise<string> {
  const from = archive ?? (await openSpoolArchive(path.join(post.state, 'spool')));
  const alert = post.alerts.find(({ kind }) => kind === ofKind)?.id ?? '';
  const text = await collect(from, { alert, source: 'state', windowS: 3, models, nowMs: 0 });
  if (!archive) await from.close();
  return text;
}
