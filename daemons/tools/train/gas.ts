/**
 * `fieldpost train gas CAPTURES`: from a technician's labelled exposures and the factory set to a model in force. Nothing
 * is drawn at random and no clock is read: the same captures and the same model in force give the same bytes.
 */
import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { openLiteRt } from '../../core/adapters/infer.litert.ts';
import { activate } from '../../core/model/activate.ts';
import type { Card } from '../../core/model/card.ts';
import { Fault } from '../../core/ports/fault.ts';
import { plainTemperature, temperatureOf } from '../../gas/learn/temperature.ts';
import { activateOrLastGood, activationOf } from '../../gas/model-in-force.ts';
import { fitted, type Made, readFactory } from './fitted.ts';
import { type Held, refusePoor, refuseThin, type Verdict, verdictOf } from './judge.ts';
import { readLabels } from './labels.ts';
import { golden, nextCard, nextVersion } from './next-card.ts';
import { folderOf, lay, type ModelFiles, switchTo } from './put-in-force.ts';
import { type Shown, windowsOf } from './windows.ts';

export interface Trained {
  readonly folder: string;
  readonly version: string;
  readonly held: Verdict;
  /** Of the model that was in force, on what was held out of sessions that it had not learned from; null where none was. */
  readonly inForce: Verdict | null;
  /** Models that should have been in force and were refused. */
  readonly notes: readonly string[];
}

/**
 * Trains, judges and puts in force; the model that decided before becomes the last good one. Errors: Fault `config` for
 * files, `refused` for thin data, for what the held-out exposures say, and for golden vectors that come out otherwise: the
 * model in force then stays as it is.
 */
export async function trainGas(captures: string, models: string): Promise<Trained> {
  const set = await windowsOf(captures, readLabels(captures));
  const { model } = set.section;
  if (!model)
    throw new Fault('config', `${set.box.files.profile} gas.model: is absent; it says which model this trains`);
  const shipped = path.join(models, model.folder);
  const infer = await openLiteRt();
  const activation = activationOf({ ...set.section, model }, set.box.board, infer);
  const notes: string[] = [];
  const found = await activateOrLastGood({ ...activation, folder: shipped }, ({ message }) => void notes.push(message));
  const { card } = found.model;
  refuseThin(set.shown, card);

  const labels = card.labels.map(({ name }) => name);
  const factory = readFactory(path.join(shipped, 'factory.json'), card);
  const isHeld = heldOut(set.shown);
  const kept = set.shown.filter((one) => !isHeld(one));
  const held = set.shown.filter(isHeld);
  const trial = await fitted(infer, { factory, shown: kept, labels, temperature: plainTemperature });
  const temperature = temperatureOf(
    held.map(({ vector, gas }) => ({ scores: trial.scores(vector), label: labels.indexOf(gas) })),
  );
  const tried = await fitted(infer, { factory, shown: kept, labels, temperature });
  const told = asked(held, tried.classify, card);
  const fresh = verdictOf(told, card);
  const inForce = compared(held, card, { fresh: tried.classify, inForce: found.model.classify });
  refusePoor(fresh, inForce, card);

  const made = await fitted(infer, { factory, shown: set.shown, labels, temperature });
  const floatAccuracy = verdictOf(asked(held, tried.classifyFloat, card), card).accuracy;
  const version = nextVersion(card, (one) => existsSync(folderOf(shipped, one)));
  const next = nextCard(card, { version, set, fresh, floatAccuracy, held: told, made });
  await found.model.close();
  const laid = lay(shipped, filesOf(made, next, golden(set.shown, made, labels)));
  try {
    await (await activate({ ...activation, folder: laid })).close();
  } catch (error) {
    rmSync(laid, { recursive: true });
    throw error;
  }
  const folder = [...switchTo({ shipped, laid, version, before: found.folder })].at(-1) ?? shipped;
  return { folder, version, held: fresh, inForce: inForce?.inForce ?? null, notes };
}

type Classify = (vector: Float32Array) => Float32Array;

/** Both on the held-out windows of sessions that the model in force had not learned from: on the others it knew the answers. */
function compared(
  held: readonly Shown[],
  card: Card,
  { fresh, inForce }: { readonly fresh: Classify; readonly inForce: Classify },
): { readonly fresh: Verdict; readonly inForce: Verdict } | null {
  const unseen = held.filter(({ session }) => !card.training.sessions?.includes(session));
  if (unseen.length === 0) return null;
  const of = (classify: Classify): Verdict => verdictOf(asked(unseen, classify, card), card);
  return { fresh: of(fresh), inForce: of(inForce) };
}

const filesOf = ({ int8, float }: Made, card: Card, vectors: ReturnType<typeof golden>): ModelFiles => ({
  [card.file]: int8,
  'model.float.tflite': float,
  [card.golden.file]: `${JSON.stringify(vectors, null, 1)}\n`,
  'card.json': `${JSON.stringify(card, null, 2)}\n`,
});

/** Every third exposure of each gas, in the order of exposures.yaml, with all its windows. */
function heldOut(shown: readonly Shown[]): (one: Shown) => boolean {
  const held = new Set<number>();
  for (const [, windows] of Map.groupBy(shown, ({ gas }) => gas))
    [...new Set(windows.map(({ exposure }) => exposure))]
      .sort((a, b) => a - b)
      .forEach((exposure, i) => void (i % 3 === 2 && held.add(exposure)));
  return ({ exposure }) => held.has(exposure);
}

function asked(shown: readonly Shown[], classify: Classify, { labels }: Card): Held[] {
  return shown.map(({ vector, gas }) => {
    const probabilities = [...classify(vector)];
    return {
      gas,
      said: labels[probabilities.indexOf(Math.max(...probabilities))]?.name ?? '',
      target: probabilities.reduce((sum, p, i) => (labels[i]?.role === 'target' ? sum + p : sum), 0),
    };
  });
}
