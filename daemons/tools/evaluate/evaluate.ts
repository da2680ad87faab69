import process from 'node:process';
import { Fault } from '../../core/ports/fault.ts';
import type { Figure } from './figures.ts';

/** Evaluations on real data, by name: each loads what it needs only when it is asked for. */
const evaluations: Readonly<Record<string, (data: string, share: number) => Promise<readonly Figure[]>>> = {
  aerial: async (data, share) => [
    ...(await (await import('./aerial.ts')).evaluateAerial()),
    ...(await (await import('./aerial-plots.ts')).evaluatePlots(data, share)),
  ],
  'air-quality': async (data) => (await import('./air-quality.ts')).evaluateAirQuality(data),
  mavlink: async (data) => (await import('./mavlink.ts')).evaluateMavlink(data),
  'gas-drift': async (data) => (await import('./gas-drift.ts')).evaluateGasDrift(data),
  'gas-false': async () => (await import('./gas-false.ts')).evaluateGasFalse(),
  models: async (data) => (await import('./models.ts')).evaluateModels(data),
  plume: async (data) => (await import('./plume.ts')).evaluatePlume(data),
  'plume-scene': async () => (await import('./plume-scene.ts')).evaluatePlumeScene(),
  'plume-study': async () => (await import('./plume-study.ts')).evaluatePlumeStudy(),
};

export interface EvaluateOptions {
  readonly data: string;
  readonly json: boolean;
  /** How much of what takes minutes is measured, 0 to 1. */
  readonly share: number;
}

/** Runs one and prints its figures; with `json` as one line. The exit code is 1 when a figure missed its reach. */
export async function evaluate(name: string, { data, json, share }: EvaluateOptions): Promise<number> {
  const work = evaluations[name];
  if (!work) throw new Fault('config', `no evaluation "${name}"; known: ${Object.keys(evaluations).join(', ')}`);
  const figures = await work(data, share);
  if (json) process.stdout.write(`${JSON.stringify({ name, figures })}\n`);
  else {
    for (const { id, value, unit, baseline, reach, ok, note } of figures) {
      const verdict = ok === null ? '' : ok ? ' ok' : ' MISSED';
      process.stdout.write(
        `${id} ${value?.toPrecision(6) ?? '-'} ${unit}${baseline === null ? '' : ` (beside ${baseline.toPrecision(6)})`}${reach ? `, reach ${reach}:${verdict}` : ''}  ${note}\n`,
      );
    }
  }
  return figures.some((one) => one.ok === false) ? 1 : 0;
}
