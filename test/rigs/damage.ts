/**
 * The damage rig: copies of a spool as a power cut leaves it, each spoiled in one way, opened by the real spool and read to
 * the end. What SQLite itself, asked row by row, still gives of a copy is the measure of what must be delivered.
 * One thing is spoiled in each copy. A log that loses flushed commits together with the index beside it cannot be told
 * from an older log by anybody but a centre that has got them: that is not among the copies.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { numbersOf } from './draw.ts';
import { file, makeSpecimen, outcomeOf, type Specimen } from './specimen.ts';

export interface DamageTally {
  files: number;
  unopenable: number;
  /** Envelopes that waited in all the copies, and of these those that came out. */
  waited: number;
  delivered: number;
  /** Still readable in a copy, and not delivered from it. */
  withheld: number;
  /** Lost, and no event says so. */
  unreported: number;
  /** Delivered, but never written like that, or a key that was used before. */
  invented: number;
}

export interface DamagePlan {
  readonly files: number;
  readonly seed: number;
  say(text: string): void;
}

type Draw = () => number;
type Spoil = (bytes: Buffer, draw: Draw) => Buffer;

const zeroed = (bytes: Buffer, from: number, to: number): Buffer => Buffer.from(bytes).fill(0, Math.max(0, from), to);
const flipped = (bytes: Buffer, draw: Draw, count: number): Buffer => {
  const copy = Buffer.from(bytes);
  for (let i = 0; i < count; i++) {
    const at = Math.floor(draw() * copy.length);
    copy[at] = (copy[at] ?? 0) ^ (1 << Math.floor(8 * draw()));
  }
  return copy;
};
const page = (bytes: Buffer, draw: Draw): number => 4096 * Math.floor((draw() * bytes.length) / 4096);

/** What is done to the bytes of one file. */
const spoils: Readonly<Record<string, Spoil>> = {
  'torn tail': (bytes, draw) => bytes.subarray(0, Math.max(0, bytes.length - 1 - Math.floor(20_000 * draw()))),
  'truncated anywhere': (bytes, draw) => bytes.subarray(0, Math.floor(draw() * bytes.length)),
  'zeroed tail': (bytes, draw) => zeroed(bytes, bytes.length - 4096 * (1 + Math.floor(8 * draw())), bytes.length),
  'a bit flipped': (bytes, draw) => flipped(bytes, draw, 1),
  'bits flipped': (bytes, draw) => flipped(bytes, draw, 20),
  'garbage appended': (bytes, draw) => Buffer.concat([bytes, Buffer.alloc(1 + Math.floor(9000 * draw()), 0xa7)]),
  'a page zeroed': (bytes, draw) => {
    const at = page(bytes, draw);
    return zeroed(bytes, at, at + 4096);
  },
  'a page of noise': (bytes, draw) => {
    const at = page(bytes, draw);
    const copy = Buffer.from(bytes);
    for (let i = at; i < Math.min(at + 4096, copy.length); i++) copy[i] = Math.floor(256 * draw());
    return copy;
  },
  'the head zeroed': (bytes) => zeroed(bytes, 0, 100),
  missing: () => Buffer.alloc(0),
};

/** Every kind on the database, on its log and on the index beside the log. */
const cases = Object.keys(spoils).flatMap((kind) => ['', '-wal', '-shm'].map((end) => ({ kind, end })));

export async function damageFiles({ files, seed, say }: DamagePlan): Promise<DamageTally> {
  const home = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-damage-'));
  const tally: DamageTally = {
    files: 0,
    unopenable: 0,
    waited: 0,
    delivered: 0,
    withheld: 0,
    unreported: 0,
    invented: 0,
  };
  const draw = numbersOf(seed);
  try {
    const specimen = await makeSpecimen(path.join(home, 'specimen'), draw);
    for (let n = 0; n < files; n++) {
      const { kind, end } = cases[n % cases.length] ?? { kind: 'missing', end: '' };
      const folder = path.join(home, 'copy');
      cpSync(specimen.folder, folder, { recursive: true });
      // With the database spoiled, the index may be as old as the power cut makes it.
      if (end === '' && draw() < 0.5) rmSync(path.join(folder, `${file}-shm`), { force: true });
      const target = path.join(folder, `${file}${end}`);
      writeFileSync(target, (spoils[kind] ?? Buffer.from)(readFileSync(target), draw));
      if (kind === 'missing' && draw() < 0.5) rmSync(target);
      const before = { ...tally };
      await judge(folder, specimen, tally, say);
      const wrong = (['unopenable', 'withheld', 'unreported', 'invented'] as const).filter(
        (one) => tally[one] > before[one],
      );
      if (wrong.length > 0)
        say(
          `file ${n + 1}, ${kind} of ${file}${end}: ${wrong.map((one) => `${tally[one] - before[one]} ${one}`).join(', ')}`,
        );
      rmSync(folder, { recursive: true, force: true });
    }
    return tally;
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

async function judge(
  folder: string,
  specimen: Specimen,
  tally: DamageTally,
  say: (text: string) => void,
): Promise<void> {
  tally.files += 1;
  tally.waited += specimen.waiting.size;
  const outcome = await outcomeOf(folder, specimen);
  if (outcome.refusal !== null) {
    say(outcome.refusal);
    tally.unopenable += 1;
    return;
  }
  const { delivered, readable, isReported } = outcome;
  tally.invented += outcome.invented;
  for (const place of specimen.waiting.keys()) {
    if (delivered.has(place)) tally.delivered += 1;
    else if (readable.has(place)) tally.withheld += 1;
    else if (!isReported(place)) tally.unreported += 1;
  }
}
