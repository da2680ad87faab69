/** A model fitted on the factory set and a technician's windows, compiled and loaded. */
import { existsSync, readFileSync } from 'node:fs';
import * as z from 'zod';
import { parseYaml } from '../../core/config/parse.ts';
import type { Card } from '../../core/model/card.ts';
import { classifier } from '../../core/model/classify.ts';
import { Fault } from '../../core/ports/fault.ts';
import type { InlineInfer } from '../../core/ports/infer.ts';
import { compile } from '../../gas/learn/compile.ts';
import { scoresOf } from '../../gas/learn/discriminant.ts';
import type { Exposure } from '../../gas/learn/exposure.ts';
import { momentsOf } from '../../gas/learn/moments.ts';
import { learn } from '../../gas/learn/recipe.ts';
import { standardOf } from '../../gas/learn/standard.ts';
import type { Shown } from './windows.ts';

export interface Fit {
  readonly factory: readonly Exposure[];
  readonly shown: readonly Shown[];
  readonly labels: readonly string[];
  readonly temperature: number;
}

export interface Made {
  readonly int8: Uint8Array;
  readonly float: Uint8Array;
  readonly standard: NonNullable<Card['input']['standard']>;
  readonly windows: number;
  scores(vector: Float32Array): Float64Array;
  classify(vector: Float32Array): Float32Array;
  classifyFloat(vector: Float32Array): Float32Array;
}

/** Errors: Fault `refused` when a gas of the model has neither been exposed nor is in the factory set. */
export async function fitted(infer: InlineInfer, { factory, shown, labels, temperature }: Fit): Promise<Made> {
  const sessions = [...new Set(shown.map(({ session }) => session))];
  const own = shown.map(({ vector, gas, session, ppm }) => ({
    features: vector,
    label: labels.indexOf(gas),
    session: 1 + sessions.indexOf(session),
    ppm,
  }));
  const missing = labels.filter((_, label) => ![...factory, ...own].some((one) => one.label === label));
  if (missing.length > 0)
    throw new Fault(
      'refused',
      `${missing.join(', ')}: neither exposed nor in the factory set; the model in force stays`,
    );
  const exposures = [...factory, ...own];
  const { found } = learn({ earlier: momentsOf(factory), now: own });
  const standard = standardOf(exposures);
  const { int8, float } = compile(found, { standard, temperature, exposures, description: 'fieldpost train gas' });
  return {
    int8,
    float,
    standard: { centre: [...standard.centre], scale: [...standard.scale] },
    windows: exposures.length,
    scores: (vector) => scoresOf(found, vector),
    classify: classifier(await infer.load(int8, 'model.tflite'), { name: 'model.tflite', standard }),
    classifyFloat: classifier(await infer.load(float, 'model.float.tflite'), { name: 'model.float.tflite', standard }),
  };
}

const factoryShape = z.strictObject({
  exposures: z.array(z.strictObject({ label: z.string(), features: z.array(z.number()) })),
});

/**
 * The factory set beside the model that came with the program, as session 0; a technician's are 1 and up. None is none.
 * Errors: Fault `config` for a file of another shape, `refused` for windows of another model.
 */
export function readFactory(file: string, { labels, input }: Pick<Card, 'labels' | 'input'>): Exposure[] {
  if (!existsSync(file)) return [];
  const names = labels.map(({ name }) => name);
  return parseYaml(file, readFileSync(file, 'utf8'), factoryShape).exposures.map(({ label, features }, i) => {
    if (!names.includes(label) || features.length !== input.features.length)
      throw new Fault(
        'refused',
        `${file} exposures.${i}: is "${label}" with ${features.length} features; must be a label of the model (${names.join(', ')}) with ${input.features.length}; the model in force stays`,
      );
    return { features: Float32Array.from(features), label: names.indexOf(label), session: 0, ppm: null };
  });
}
