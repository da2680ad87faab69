import process from 'node:process';
import type { Figure } from './figure.ts';
import { fuzz, targets } from './fuzz.ts';

/** What the figure asks for, over all drivers. */
const reach = 1_000_000;
const seed = 20_261_124;

/** `driver.fuzz`: mutated frames that no decoder crashed on, hung on, or passed a wrong value of as good. */
export function drivers(): Figure {
  const each = Math.ceil(reach / targets.length);
  let frames = 0;
  let chance = 0;
  const wrong: string[] = [];
  for (const target of targets) {
    const done = fuzz(target, each, seed);
    frames += done.frames;
    chance += done.byChance;
    wrong.push(...done.wrong);
  }
  for (const one of wrong) process.stderr.write(`${one}\n`);
  return {
    id: 'driver.fuzz',
    value: frames,
    unit: 'frames',
    baseline: null,
    ratio: null,
    reach: `>= ${reach}, none wrong`,
    ok: frames >= reach && wrong.length === 0,
    note: `${targets.length} decoders; wrong: ${wrong.length}. One bit flipped or the end cut: a frame with a check must give its own values or none. Bytes replaced or put in: no crash, no value that is no number; ${chance} of those passed their check by chance`,
  };
}
