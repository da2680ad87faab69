/** What labelled exposures must have before anything is learned from them, and what a model must do on those held out. */

import type { Card } from '../../core/model/card.ts';
import { Fault } from '../../core/ports/fault.ts';
import type { Shown } from './windows.ts';

/** Exposures of each target: two to learn from, one to hold out. */
const leastExposures = 3;
const leastLevels = 2;
/** |ln| between the absolute humidity at a target and at a negative that stands beside it: a quarter more or less. */
const humidityMatch = 0.223;
const leastNegatives = 3;

const isTarget = ({ labels }: Card, gas: string): boolean =>
  labels.some(({ name, role }) => name === gas && role === 'target');

/**
 * Errors: Fault `refused` naming every gas that is unknown, thin or without negatives of its humidity, with what is there
 * and what would be right: metal-oxide elements answer to water as to a gas, and a model that has seen a target only in
 * damp air learns dampness.
 */
export function refuseThin(shown: readonly Shown[], card: Card): void {
  const known = card.labels.map(({ name }) => name);
  const byGas = Map.groupBy(shown, ({ gas }) => gas);
  const wrong = [...byGas.keys()]
    .filter((gas) => !known.includes(gas))
    .map((gas) => `${gas}: is no label of ${card.name} (${known.join(', ')})`);
  const negatives = shown.filter(({ gas }) => known.includes(gas) && !isTarget(card, gas));
  if (exposuresOf(negatives) < leastNegatives)
    wrong.push(`negatives: ${exposuresOf(negatives)} exposures of air or interferents; at least ${leastNegatives}`);
  for (const [gas, windows] of byGas) {
    if (!isTarget(card, gas)) continue;
    const levels = new Set(windows.flatMap(({ ppm }) => ppm ?? [])).size;
    if (exposuresOf(windows) < leastExposures)
      wrong.push(`${gas}: ${exposuresOf(windows)} exposures; at least ${leastExposures}`);
    if (levels < leastLevels) wrong.push(`${gas}: ${levels} concentrations; at least ${leastLevels}`);
    for (const far of unmatched(windows, negatives))
      wrong.push(
        `${gas}: ${far.toFixed(1)} g/m3 of water, and no negative within a quarter of it; expose clean air there`,
      );
  }
  if (![...byGas.keys()].some((gas) => isTarget(card, gas))) wrong.push('targets: none was exposed');
  if (wrong.length > 0)
    throw new Fault(
      'refused',
      `too little to learn from; the model in force stays:\n${wrong.map((one) => `  ${one}`).join('\n')}`,
    );
}

const exposuresOf = (windows: readonly Shown[]): number => new Set(windows.map(({ exposure }) => exposure)).size;

/** Humidity of each exposure that has no negative beside it. */
function unmatched(windows: readonly Shown[], negatives: readonly Shown[]): number[] {
  return [...Map.groupBy(windows, ({ exposure }) => exposure).values()].flatMap(([one]) => {
    const humidity = one?.humidityGm3 ?? Number.NaN;
    const near = negatives.some(({ humidityGm3 }) => Math.abs(Math.log(humidityGm3 / humidity)) <= humidityMatch);
    return near ? [] : [humidity];
  });
}

export interface Held {
  readonly gas: string;
  readonly said: string;
  /** Summed probability of the targets. */
  readonly target: number;
}

/** How a model did on windows that it was not fitted on. */
export interface Verdict {
  readonly accuracy: number;
  readonly recall: Readonly<Record<string, number>>;
  readonly truePositive: number;
  readonly falsePositive: number;
}

const share = (part: number, whole: number): number => Math.round((1e4 * part) / Math.max(1, whole)) / 1e4;

export function verdictOf(held: readonly Held[], card: Card): Verdict {
  const right = (rows: readonly Held[]): number => rows.filter(({ gas, said }) => gas === said).length;
  const reached = (rows: readonly Held[]): number =>
    rows.filter(({ target }) => target >= card.thresholds.target).length;
  const [positives, negatives] = [true, false].map((want) => held.filter(({ gas }) => isTarget(card, gas) === want));
  return {
    accuracy: share(right(held), held.length),
    recall: Object.fromEntries(
      [...Map.groupBy(held, ({ gas }) => gas)].map(([gas, rows]) => [gas, share(right(rows), rows.length)]),
    ),
    truePositive: share(reached(positives ?? []), positives?.length ?? 0),
    falsePositive: share(reached(negatives ?? []), negatives?.length ?? 0),
  };
}

const leastRecall = 0.7;
const mostFalse = 0.1;
/** Of the model in force on the same windows: within this it is no worse, only another. */
const slack = 0.02;

/**
 * Errors: Fault `refused` saying which figure of the held-out exposures is not good enough. `beside` is the same model and
 * the one in force on the windows that neither had seen; null where there are none.
 */
export function refusePoor(
  fresh: Verdict,
  beside: { readonly fresh: Verdict; readonly inForce: Verdict } | null,
  card: Card,
): void {
  const wrong = Object.entries(fresh.recall)
    .filter(([gas, recall]) => isTarget(card, gas) && recall < leastRecall)
    .map(([gas, recall]) => `${gas}: ${recall} of its held-out windows are called so; at least ${leastRecall}`);
  if (fresh.falsePositive > mostFalse)
    wrong.push(`false: ${fresh.falsePositive} of the held-out negatives reach the threshold; at most ${mostFalse}`);
  if (beside && beside.fresh.accuracy < beside.inForce.accuracy - slack)
    wrong.push(
      `accuracy: ${beside.fresh.accuracy} on what neither had seen, and the model in force has ${beside.inForce.accuracy} there`,
    );
  if (wrong.length > 0)
    throw new Fault(
      'refused',
      `the held-out exposures say no; the model in force stays:\n${wrong.map((one) => `  ${one}`).join('\n')}`,
    );
}
