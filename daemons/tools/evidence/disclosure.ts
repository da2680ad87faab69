/** What speaks against an alert: silence, doubt, looks that found nothing, and the box's own troubles. */

import * as z from 'zod';
import { readAdjustment } from '../../core/calibration/record-shape.ts';
import { attach, writeBundle } from '../../core/evidence/bundle.ts';
import { linkHash, withoutBody } from '../../core/evidence/chain.ts';
import { type Verdict, verifyBundle } from '../../core/evidence/verify.ts';
import type { Archive } from '../../core/ports/archive.ts';
import { isFault } from '../../core/ports/fault.ts';
import { decodeTelemetry } from '../../core/telemetry/decode.ts';
import type { BoxEvent, TelemetryBody } from '../../core/values/envelope.ts';
import { type Replay, replayBundle } from './replay.ts';

/** A bundle with a disclosure attached. What it says is worked out from the bundle itself but for the box's history. */
export async function disclose(archive: Archive, text: string, models: string): Promise<string> {
  const verdict = verifyBundle(text);
  const header = verdict.bundle.header?.value;
  if (!header) return text;
  const disclosure = {
    alert: header.alert,
    channels: channelsOf(verdict),
    looks: await looksOf(verdict, models),
    calibrations: calibrationsOf(verdict),
    model: limitsOf(verdict),
    history: await historyOf(archive, header.device),
    missing: header.missing,
  };
  return writeBundle(
    header,
    verdict.bundle.links.map((one) => one.text),
    [...verdict.bundle.attachments.map(({ value }) => value), attach('disclosure', JSON.stringify(disclosure))],
  );
}

/** Of every channel in the window: values, gaps, and how often each flag was raised. A silent sensor has gaps alone. */
function channelsOf({ told }: Verdict) {
  const channels = new Map<string, { values: number; gaps: number; flags: Record<string, number> }>();
  for (const { envelope } of told) {
    if (envelope.stream !== 'tele') continue;
    for (const { sensor, channel, value, flags } of decodeTelemetry(envelope.body as TelemetryBody).readings) {
      const one = channels.get(`${sensor}/${channel}`) ?? { values: 0, gaps: 0, flags: {} };
      channels.set(`${sensor}/${channel}`, one);
      if (value === null) one.gaps += 1;
      else one.values += 1;
      for (const flag of flags) one.flags[flag] = (one.flags[flag] ?? 0) + 1;
    }
  }
  return [...channels].map(([channel, one]) => ({ channel, silent: one.values === 0, ...one }));
}

const configOf = z.looseObject({
  gas: z.looseObject({ rules: z.array(z.looseObject({ kind: z.string(), on: z.number() })) }),
});

/** Of every rule: looks in the window, how many stayed below its line, the highest score, and whether it raised anything. */
async function looksOf(verdict: Verdict, models: string) {
  let replay: Replay;
  try {
    replay = await replayBundle(verdict, models);
  } catch (error) {
    if (!isFault(error)) throw error;
    return { worked: false, why: error.message };
  }
  const configs = verdict.bundle.attachments.filter(({ value }) => value.attach === 'config');
  const lines = new Map(
    configs.flatMap(({ value }) => configOf.parse(JSON.parse(value.text)).gas.rules.map(({ kind, on }) => [kind, on])),
  );
  const kinds = Map.groupBy(replay.looks, ({ kind }) => kind);
  const rules = [...kinds].map(([kind, looks]) => {
    const threshold = lines.get(kind) ?? null;
    const scores = looks.flatMap(({ score }) => (score === null ? [] : [score]));
    return {
      kind,
      threshold,
      looks: looks.length,
      gaps: looks.length - scores.length,
      below: threshold === null ? scores.length : scores.filter((score) => score < threshold).length,
      highest: scores.length === 0 ? null : Math.max(...scores),
      raised: replay.alerts.some((one) => one.kind === kind && one.condition === 'raised'),
    };
  });
  return { worked: true, rules };
}

/** Calibrations and gases that were out of date at the alert. */
function calibrationsOf({ bundle, told }: Verdict) {
  const atMs = told.findLast(({ envelope }) => envelope.stream === 'alert')?.envelope.at.wallMs ?? 0;
  return bundle.attachments.flatMap(({ value }) => {
    if (value.attach !== 'calibration') return [];
    const { record } = readAdjustment(JSON.parse(value.text));
    if (record === null) return [];
    const { id, quantity, validUntilMs, gases } = record;
    const expired = gases.filter((gas) => gas.expiresMs < atMs).map(({ certificate }) => certificate);
    return [{ id, quantity, overdue: validUntilMs < atMs, validUntilMs, gasesExpired: expired }];
  });
}

/** What the model's own card says against it. */
function limitsOf({ bundle }: Verdict) {
  return bundle.attachments.flatMap(({ value }) => {
    if (value.attach !== 'card') return [];
    const { name, version, limits, evaluation, training } = JSON.parse(value.text) as Record<string, unknown>;
    return [{ name, version, limits, evaluation, training }];
  });
}

/** Warnings and errors of the box, whenever they were, each with the hash by which the records hold it. */
async function historyOf(archive: Archive, device: string) {
  const types = [
    'sensor-failing',
    'storage-mended',
    'unsigned',
    'uncalibrated',
    'calibration-refused',
    'calibration-unproved',
    'calibration-changed',
    'check-failed',
    'model-refused',
    'shed',
    'lost',
    'clock-suspended',
    'storage-key-locked',
  ];
  const all = await Promise.all(types.map((type) => archive.events(device, type, 100)));
  return all.flat().flatMap(({ spool, seq, text }) => {
    if (withoutBody(text) === text) return [];
    const { type, severity, at, message } = (JSON.parse(text) as { body: BoxEvent }).body;
    return types.includes(type) ? [{ type, severity, at, message, spool, seq, hash: linkHash(text) }] : [];
  });
}
