/** The folder that a technician trains from: what was put to the inlet, when, and on which capture of `fieldpost record`. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { parseYaml } from '../../core/config/parse.ts';
import { Fault } from '../../core/ports/fault.ts';

const name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/);

const exposure = z
  .strictObject({
    capture: name.describe('a folder beside this file, as fieldpost record made it'),
    session: name.describe('what was done on one day with one set-up, for example 2026-05-02'),
    gas: name.describe('a label of the model in force; its background label for clean air'),
    ppm: z.number().positive().optional().describe('as the certificate of the cylinder says; absent for air'),
    fromS: z.number().min(0).describe('seconds after the start of the capture at which the gas had arrived'),
    toS: z.number().positive().describe('seconds after the start at which it was taken away'),
  })
  .refine(({ fromS, toS }) => fromS < toS, { path: ['toS'], error: 'must be after fromS' });

/** exposures.yaml. Sessions in the order they first appear, the newest last. */
export const labelled = z.strictObject({ exposures: z.array(exposure).min(1).max(10_000) });

export type LabelledExposure = z.infer<typeof exposure>;

/** Reads CAPTURES/exposures.yaml. Errors: Fault `config` with every mistake, and captures that are not there. */
export function readLabels(folder: string): readonly LabelledExposure[] {
  const file = path.join(folder, 'exposures.yaml');
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new Fault('config', `${file}: cannot be read; it says what was put to the inlet in each capture`, error);
  }
  const { exposures } = parseYaml(file, text, labelled);
  const missing = [...new Set(exposures.map(({ capture }) => capture))].filter(
    (capture) => !existsSync(path.join(folder, capture, 'sensors')),
  );
  if (missing.length > 0)
    throw new Fault('config', `${file}: no capture ${missing.join(', ')} beside it (fieldpost record makes them)`);
  return exposures;
}
