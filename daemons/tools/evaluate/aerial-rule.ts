/** What the shipped profile of the plot detector says of looks and alerts: what flies is what is evaluated. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { type CameraProfile, cameraProfile } from '../../camera/config.ts';
import { parseValue } from '../../core/config/parse.ts';

const file = path.join(import.meta.dirname, '../../../firmware-configs/profiles/crop-plot.yaml');

/** Its zones are an example's and lie elsewhere. Errors: Fault `config`. */
export const shippedRule = (): CameraProfile =>
  parseValue(`${file} camera`, (parse(readFileSync(file, 'utf8')) as { camera: unknown }).camera, cameraProfile);
