/** What is held against every model before it may speak, whatever it is shown. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { parseYaml } from '../config/parse.ts';
import { Fault, isFault } from '../ports/fault.ts';
import type { Engine, TensorInfo } from '../ports/infer.ts';

/** The profile's word on what may run: the purpose and the labels, in order, compared letter by letter. */
export interface Allowed {
  readonly purpose: string;
  readonly labels: readonly string[];
}

/** What every card says. */
export interface CardStart {
  readonly purpose: string;
  readonly file: string;
  readonly sha256: string;
  readonly engines?: readonly Engine['variant'][] | undefined;
}

export const refused = (file: string, where: string, what: string): Fault =>
  new Fault('refused', `${file} ${where}: ${what}; the model is not used`);

export function read(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new Fault('refused', `${file}: cannot be read (${(error as NodeJS.ErrnoException).code})`, error);
  }
}

export const parse = <T>(file: string, schema: z.ZodType<T>): T => parseBytes(file, read(file), schema);

/** JSON is YAML too, and the YAML reader knows on which line a mistake is. */
export function parseBytes<T>(file: string, bytes: Uint8Array, schema: z.ZodType<T>): T {
  try {
    return parseYaml(file, new TextDecoder().decode(bytes), schema);
  } catch (error) {
    if (!isFault(error)) throw error;
    throw new Fault('refused', error.message, error);
  }
}

export function checkHash(file: string, { sha256, file: model }: CardStart, bytes: Uint8Array): void {
  const is = createHash('sha256').update(bytes).digest('hex');
  if (is !== sha256) throw refused(file, 'sha256', `is ${sha256}, and ${model} has ${is}`);
}

/** Letter by letter: a longer purpose or one label more is another model. */
export function checkAllowed(
  file: string,
  { purpose, labels }: Pick<CardStart, 'purpose'> & { readonly labels: readonly string[] },
  allow: Allowed,
): void {
  if (purpose !== allow.purpose)
    throw refused(file, 'purpose', `is "${purpose}", and this box allows "${allow.purpose}"`);
  if (!sameList(labels, allow.labels))
    throw refused(file, 'labels', `are [${labels.join(', ')}], and this box allows [${allow.labels.join(', ')}]`);
}

export const sameList = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a.length === b.length && a.every((one, i) => one === b[i]);

/** A decision is made where it can be made again to the byte, unless the card gives that up. */
export function checkEngine(file: string, { engines }: Pick<CardStart, 'engines'>, { variant, threads }: Engine): void {
  const exact = variant === 'compat' && threads === 1;
  if (exact || engines?.includes(variant)) return;
  throw refused(
    file,
    'engines',
    `allow compat on one thread${engines ? ` and ${engines.join(', ')}` : ''}, and this is ${variant} on ${threads}`,
  );
}

export const describe = ({ name, type, shape }: Pick<TensorInfo, 'name' | 'type' | 'shape'>): string =>
  `"${name}" ${type} [${shape}]`;
