/**
 * UCI "Gas Sensor Array Drift at Different Concentrations" (DOI 10.24432/C5MK6M): sixteen metal-oxide sensors, eight
 * numbers each, `label;ppm 1:v ... 128:v` a line. The set says of itself that it is for research only: it is read from
 * where the reader keeps it, and nothing made from it is kept.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Fault } from '../../core/ports/fault.ts';
import { signedLog } from '../../gas/features.ts';
import type { Exposure } from '../../gas/learn/exposure.ts';

/** Gases by label - 1. */
export const gases = ['ethanol', 'ethylene', 'ammonia', 'acetaldehyde', 'acetone', 'toluene'] as const;
export const targets: readonly number[] = [2, 4, 5];
const width = 128;

export interface Batch {
  readonly number: number;
  /** In file order, features as signed logs. */
  readonly exposures: readonly Exposure[];
  /** The numbers of the file, for the baseline. */
  readonly raw: readonly Float64Array[];
}

export interface Batches {
  /** By number. */
  readonly batches: readonly Batch[];
  /** What was in the folder and is not used, and why. */
  readonly leftOut: readonly string[];
}

/** dR of a sensor in ohm (every eighth number) is 1e2 to 1e6 in a raw batch; no z-score or min-max comes near. */
const rawAtLeast = 100;

/** Reads every `batchN.dat` of the folder. Errors: Fault `absent` for the folder, `config` with file and line. */
export function readBatches(folder: string): Batches {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    throw new Fault('absent', `${folder}: cannot be read; --data names the folder that holds gas-drift/`, error);
  }
  const batches: Batch[] = [];
  const leftOut: string[] = [];
  const files = names.flatMap((name) => {
    const number = Number(/^batch(\d{1,4})\.dat$/.exec(name)?.[1] ?? Number.NaN);
    return Number.isNaN(number) ? [] : [{ name, number }];
  });
  for (const { name, number } of files.sort((a, b) => a.number - b.number)) {
    const file = path.join(folder, name);
    const batch = parseBatch(file, readFileSync(file, 'utf8'), number);
    if (isRaw(batch)) batches.push(batch);
    else leftOut.push(`${name}: holds no absolute responses (normalised by its own statistics)`);
  }
  if (batches.length < 2)
    throw new Fault('absent', `${folder}: holds ${batches.length} raw batches (batchN.dat); at least 2 are needed`);
  return { batches, leftOut };
}

function isRaw({ raw }: Batch): boolean {
  return raw.some((values) => values.some((value, i) => i % 8 === 0 && Math.abs(value) >= rawAtLeast));
}

/** Reads one file's text. Errors: Fault `config` naming file and line, and what would be right. */
export function parseBatch(file: string, text: string, number: number): Batch {
  const exposures: Exposure[] = [];
  const raw: Float64Array[] = [];
  for (const [i, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const { label, ppm, values } = parseLine(`${file}:${i + 1}`, line.trim());
    exposures.push({ features: Float32Array.from(values, signedLog), label, session: number, ppm });
    raw.push(values);
  }
  if (raw.length === 0) throw new Fault('config', `${file}: holds no exposure`);
  return { number, exposures, raw };
}

function parseLine(place: string, line: string): { label: number; ppm: number | null; values: Float64Array } {
  const [head = '', ...cells] = line.split(/\s+/);
  const found = /^([1-6])(?:;(\d+(?:\.\d+)?))?$/.exec(head);
  if (!found)
    throw new Fault(
      'config',
      `${place}: begins with "${head.slice(0, 40)}"; must be label;ppm, label 1 to 6, like 3;100.0`,
    );
  const values = new Float64Array(width);
  if (cells.length !== width)
    throw new Fault('config', `${place}: has ${cells.length} features; must have ${width}, like 1:0.5`);
  for (const [i, cell] of cells.entries()) {
    const at = cell.indexOf(':');
    const value = Number(cell.slice(at + 1));
    if (cell.slice(0, Math.max(0, at)) !== `${i + 1}` || cell.length === at + 1 || !Number.isFinite(value))
      throw new Fault('config', `${place}: feature ${i + 1} is "${cell.slice(0, 40)}"; must be ${i + 1}: and a number`);
    values[i] = value;
  }
  return { label: Number(found[1]) - 1, ppm: found[2] === undefined ? null : Number(found[2]), values };
}
