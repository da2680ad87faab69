/** Stands in for a model: a number in the card, and a file that is only whole with that number in every byte. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { ModelFiles } from '../../../daemons/tools/train/put-in-force.ts';

const size = 20_000;

export const markedFiles = (n: number): ModelFiles => ({
  'model.tflite': new Uint8Array(size).fill(n % 251),
  'golden/vectors.json': JSON.stringify({ n }),
  'card.json': JSON.stringify({ n }),
});

/** The number of a model that is whole; an error says what is not. */
export function markOf(folder: string): number {
  const { n } = JSON.parse(readFileSync(path.join(folder, 'card.json'), 'utf8')) as { n: number };
  const bytes = readFileSync(path.join(folder, 'model.tflite'));
  const golden = JSON.parse(readFileSync(path.join(folder, 'golden/vectors.json'), 'utf8')) as { n: number };
  if (bytes.length !== size || bytes.some((byte) => byte !== n % 251) || golden.n !== n)
    throw new Error(`${folder}: the card says ${n}, and not every file does`);
  return n;
}
