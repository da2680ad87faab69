/**
 * `fieldpost train gas CAPTURES`: from a technician's labelled exposures and the factory set to a model in force. Nothing
 * is drawn at random and no clock is read: the same captures and the same model in force give the same bytes.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { openLiteRt } from '../../core/adapters/infer.litert.ts';
import { parseYaml } from '../../core/config/parse.ts';
import { type ActiveModel, activate } from '../../core/model/activate.ts';
import type { Card, GoldenVectors } from '../../core/model/card.ts';
import { classifier } from '../../core/model/classify.ts';
import { Fault } from '../../core/ports/fault.ts';
import type { InlineInfer } from '../../core/ports/infer.ts';
import { featureNames } from '../../gas/features.ts';
import { compile } from '../../gas/learn/compile.ts';
import { scoresOf } from '../../gas/learn/discriminant.ts';
import type { Exposure } from '../../gas/learn/exposure.ts';
import { momentsOf } from '../../gas/learn/moments.ts';
import { learn } from '../../gas/learn/recipe.ts';
import { standardOf } from '../../gas/learn/standard.ts';
import { plainTemperature, temperatureOf } from '../../gas/learn/temperature.ts';
import { type Held, refusePoor, refuseThin, type Verdict, verdictOf } from './judge.ts';
import { readLabels } from './labels.ts';
import { type Shown, type ShownSet, windowsOf } from './windows.ts';

const factoryShape = z.strictObject({
  exposures: z.array(z.strictObject({ label: z.string(), features: z.array(z.number()) })),
});

export interface Trained {
  readonly folder: string;
  readonly version: string;
  readonly held: Verdict;
  readonly inForce: Verdict;
}

/**
 * Trains, judges and activates; the model that was in force is kept as `<folder>.last-good`. Errors: Fault `config` for
 * files, `refused` for thin data, for what the held-out exposures say, and for golden vectors that come out otherwise: the
 * model in force then stays as it is.
 */
export async function trainGas(captures: string, models: string): Promise<Trained> {
  const set = await windowsOf(captures, readLabels(captures));
  const { model } = set.section;
  if (!model)
    throw new Fault('config', `${set.box.files.profile} gas.model: is absent; it says which model this trains`);
  const folder = path.join(models, model.folder);
  const infer = await openLiteRt();
  const activation = { infer, allow: model, box: asSeen(set) };
  const old = await activate({ ...activation, folder });
  const { card } = old;
  refuseThin(set.shown, card);

  const labels = card.labels.map(({ name }) => name);
  const factory = readFactory(path.join(folder, 'factory.json'), labels);
  const isHeld = heldOut(set.shown);
  const kept = set.shown.filter((one) => !isHeld(one));
  const held = set.shown.filter(isHeld);
  const trial = await fitted(infer, { factory, shown: kept, labels, temperature: plainTemperature });
  const temperature = temperatureOf(
    held.map(({ vector, gas }) => ({ scores: trial.scores(vector), label: labels.indexOf(gas) })),
  );
  const tried = await fitted(infer, { factory, shown: kept, labels, temperature });
  const fresh = verdictOf(asked(held, tried.classify, card), card);
  const inForce = verdictOf(asked(held, old.classify, card), card);
  refusePoor(fresh, inForce, card);

  const made = await fitted(infer, { factory, shown: set.shown, labels, temperature });
  const floatAccuracy = verdictOf(asked(held, tried.classifyFloat, card), card).accuracy;
  const next = nextCard(old, { set, fresh, floatAccuracy, held: held.length, made });
  await old.close();
  const staging = `${folder}.next`;
  lay(staging, made, next, golden(set.shown, made, labels));
  if (factory.length > 0)
    writeFileSync(path.join(staging, 'factory.json'), readFileSync(path.join(folder, 'factory.json')));
  try {
    await (await activate({ ...activation, folder: staging })).close();
  } catch (error) {
    rmSync(staging, { recursive: true });
    throw error;
  }
  rmSync(`${folder}.last-good`, { recursive: true, force: true });
  renameSync(folder, `${folder}.last-good`);
  renameSync(staging, folder);
  return { folder, version: next.version, held: fresh, inForce };
}

const asSeen = ({ box: { board }, section }: ShownSet) => ({
  array: board.array.map(({ quantity, part }) => ({ quantity, part })),
  features: featureNames(board.array.map(({ quantity }) => quantity)),
  window: { samples: section.window.samples, periodMs: section.samplePeriodMs },
});

/** Session 0; the technician's are 1 and up. */
function readFactory(file: string, labels: readonly string[]): Exposure[] {
  if (!existsSync(file)) return [];
  return parseYaml(file, readFileSync(file, 'utf8'), factoryShape).exposures.map(({ label, features }) => ({
    features: Float32Array.from(features),
    label: labels.indexOf(label),
    session: 0,
    ppm: null,
  }));
}

/** Every third exposure of each gas, in the order of exposures.yaml, with all its windows. */
function heldOut(shown: readonly Shown[]): (one: Shown) => boolean {
  const held = new Set<number>();
  for (const [, windows] of Map.groupBy(shown, ({ gas }) => gas))
    [...new Set(windows.map(({ exposure }) => exposure))]
      .sort((a, b) => a - b)
      .forEach((exposure, i) => void (i % 3 === 2 && held.add(exposure)));
  return ({ exposure }) => held.has(exposure);
}

interface Fit {
  readonly factory: readonly Exposure[];
  readonly shown: readonly Shown[];
  readonly labels: readonly string[];
  readonly temperature: number;
}

interface Made {
  readonly int8: Uint8Array;
  readonly float: Uint8Array;
  readonly standard: NonNullable<Card['input']['standard']>;
  readonly windows: number;
  scores(vector: Float32Array): Float64Array;
  classify(vector: Float32Array): Float32Array;
  classifyFloat(vector: Float32Array): Float32Array;
}

async function fitted(infer: InlineInfer, { factory, shown, labels, temperature }: Fit): Promise<Made> {
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

function asked(shown: readonly Shown[], classify: (vector: Float32Array) => Float32Array, { labels }: Card): Held[] {
  return shown.map(({ vector, gas }) => {
    const probabilities = [...classify(vector)];
    return {
      gas,
      said: labels[probabilities.indexOf(Math.max(...probabilities))]?.name ?? '',
      target: probabilities.reduce((sum, p, i) => (labels[i]?.role === 'target' ? sum + p : sum), 0),
    };
  });
}

function nextCard(
  old: ActiveModel,
  by: { set: ShownSet; fresh: Verdict; floatAccuracy: number; held: number; made: Made },
): Card {
  const { card } = old;
  const { set, fresh, floatAccuracy, held, made } = by;
  const [major, minor, patch] = card.version.split('.').map(Number);
  const sessions = [...new Set(set.shown.map(({ session }) => session))];
  const simulated = set.box.board.simulated ? 'simulated exposures' : 'labelled exposures of this array';
  return {
    ...card,
    version: `${major}.${minor}.${(patch ?? 0) + 1}`,
    sha256: createHash('sha256').update(made.int8).digest('hex'),
    input: { ...card.input, standard: made.standard },
    training: {
      data: `${simulated} (${sessions.join(', ')}) and the factory set`,
      program: 'fieldpost train gas',
      windows: made.windows,
      seed: 0,
    },
    evaluation: {
      data: 'every third exposure of each gas, left out of a fit on the others; the model in force is fitted on all',
      windows: held,
      accuracy: fresh.accuracy,
      recall: { ...fresh.recall },
      target: { truePositive: fresh.truePositive, falsePositive: fresh.falsePositive },
      floatAccuracy,
    },
  };
}

/** Up to three windows of each gas that was exposed, with the answer of the int8 model. */
function golden(shown: readonly Shown[], { classify }: Made, labels: readonly string[]): GoldenVectors {
  const chosen = labels.flatMap((label) => {
    const of = shown.filter(({ gas }) => gas === label);
    return [...new Set([0, of.length >> 1, of.length - 1])].flatMap((place) => of[place] ?? []);
  });
  return {
    vectors: chosen.map(({ vector }) => {
      const features = Array.from(vector, (value) => Math.round(value * 1e4) / 1e4);
      return { features, probabilities: [...classify(Float32Array.from(features))] };
    }),
  };
}

function lay(folder: string, { int8, float }: Made, card: Card, vectors: GoldenVectors): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(path.join(folder, path.dirname(card.golden.file)), { recursive: true });
  writeFileSync(path.join(folder, card.file), int8);
  writeFileSync(path.join(folder, 'model.float.tflite'), float);
  writeFileSync(path.join(folder, 'card.json'), `${JSON.stringify(card, null, 2)}\n`);
  writeFileSync(path.join(folder, card.golden.file), `${JSON.stringify(vectors, null, 1)}\n`);
}
