/** `fieldpost thresholds`: the thresholds of one box from its own quiet hours, printed as a curve and written into its profile. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseDocument } from 'yaml';
import { openSpoolReader } from '../../core/adapters/spool.sqlite.ts';
import { openStorageKey } from '../../core/adapters/storage-key.tpm.ts';
import { type Box, loadBox } from '../../core/config/box.ts';
import { parseValue } from '../../core/config/parse.ts';
import { Fault } from '../../core/ports/fault.ts';
import { decodeTelemetry } from '../../core/telemetry/decode.ts';
import type { Envelope } from '../../core/values/envelope.ts';
import type { Measurement } from '../../core/values/measurement.ts';
import { gasSection } from '../../gas/config.ts';
import { measured } from '../captures/replay.ts';
import { type CurvePoint, curveOf, scoresOf } from './quiet.ts';

export interface ThresholdsOptions {
  readonly quantity: string;
  /** False alarms per hour of this rule. */
  readonly budget: number;
  readonly config: string;
  readonly device: string;
  /** The state folder whose kept telemetry is read; captures are read instead where there are any. */
  readonly state: string | undefined;
  readonly captures: readonly string[];
  /** Into the rules of the box's profile. */
  readonly write: boolean;
}

export interface Thresholds {
  readonly quantity: string;
  readonly hours: number;
  readonly curve: readonly CurvePoint[];
  readonly on: number;
  readonly off: number;
  readonly budget: number;
  /** The profile, where it was written into. */
  readonly written: string | null;
}

/** Budgets that are printed beside the one that is asked for, per hour. */
const beside = [1, 0.3, 0.1, 0.03, 0.01, 0.003] as const;

/**
 * Errors: Fault `refused` for hours that are too thin, with what is needed; `config` for a quantity that no rule of the profile asks
 * a change of; `absent` where nothing is kept.
 */
export async function thresholds(options: ThresholdsOptions): Promise<Thresholds> {
  const { quantity, budget, config, device, captures, state, write } = options;
  const box = loadBox(config, device);
  const section = parseValue(`${box.files.profile} gas`, box.profile.gas ?? {}, gasSection);
  const mine = section.rules.filter(
    ({ score }) => typeof score === 'object' && 'change' in score && score.change === quantity,
  );
  const [rule] = mine;
  if (!rule)
    throw new Fault(
      'config',
      `${box.files.profile} gas.rules: none has the score {change: ${quantity}}; a threshold would be of no rule`,
    );
  const { of, least, ...baseline } = section.change;
  const looks = captures.length > 0 ? ofCaptures(captures) : ofState(box, state);
  const scores = await scoresOf(looks, quantity, { baseline, of, least });
  const budgets = [...new Set([...beside, budget])].toSorted((a, b) => b - a);
  const curve = curveOf(scores, budgets, of);
  const fit = curve.find((one) => one.budget === budget)?.fit;
  if (!fit || 'refused' in fit)
    throw new Fault('refused', `${quantity}: ${fit?.refused ?? 'nothing was fitted'}; the profile is as it was`);
  const on = Number(fit.threshold.toPrecision(3));
  // The same hysteresis as before.
  const off = Number(((on * rule.off) / rule.on).toPrecision(3));
  if (write) writeInto(box.files.profile, quantity, { on, off, budgetPerHour: budget });
  return { quantity, hours: scores.hours, curve, on, off, budget, written: write ? box.files.profile : null };
}

async function* ofCaptures(folders: readonly string[]): AsyncGenerator<readonly Measurement[]> {
  for (const folder of folders) yield* (await measured(folder)).looks;
}

async function* ofState({ board }: Box, state: string | undefined): AsyncGenerator<readonly Measurement[]> {
  if (state === undefined) throw new Fault('config', 'give --state, or --capture: there is nothing to read');
  const storageKey = await openStorageKey({ folder: path.join(state, 'identity'), tcti: board.tpm?.tcti });
  const spool = await openSpoolReader(path.join(state, 'spool', 'gas.db'), storageKey.key);
  try {
    let after = 0;
    for (;;) {
      const some = await spool.peek('tele', after, 200);
      if (some.length === 0) return;
      for (const { seq, text } of some) {
        after = seq;
        yield decodeTelemetry((JSON.parse(text) as Envelope<'tele'>).body).measurements;
      }
    }
  } finally {
    await spool.close();
  }
}

/** Changes three numbers of each of its rules and leaves every other byte of the file to the library that keeps comments. */
function writeInto(file: string, quantity: string, values: Readonly<Record<string, number>>): void {
  const document = parseDocument(readFileSync(file, 'utf8'));
  const rules = (document.toJS() as { gas: { rules: { score: unknown }[] } }).gas.rules;
  rules.forEach(({ score }, i) => {
    if ((score as { change?: string }).change !== quantity) return;
    for (const [key, value] of Object.entries(values)) document.setIn(['gas', 'rules', i, key], value);
  });
  writeFileSync(file, document.toString({ lineWidth: 0 }));
}

export function thresholdsAsText({ quantity, hours, curve, on, off, budget, written }: Thresholds): string[] {
  return [
    `${quantity}: ${hours.toFixed(1)} quiet hours judged`,
    'false alarms per hour    threshold in spreads',
    ...curve.map(({ budget: at, fit }) => {
      const said = 'refused' in fit ? `refused: ${fit.refused}` : fit.threshold.toPrecision(3);
      return `${String(at).padEnd(25)}${said}${at === budget ? '   <- asked for' : ''}`;
    }),
    `on: ${on}, off: ${off}, budgetPerHour: ${budget}${written ? `; written into ${written}; restart the gas daemon` : '; --write puts them into the profile'}`,
  ];
}
