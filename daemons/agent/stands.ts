/** What a generation was made of, in a file of its own: so that a report says what stands, not what was wished for. */
import * as z from 'zod';
import { fileHash } from '../core/twin/reported.ts';
import type { Needed } from './provide.ts';
import type { Store } from './store.ts';

export const standsFile = 'stands.json';

const stands = z.strictObject({
  /** Null: the program of the package. */
  executable: z.string().nullable(),
  /** Versions of models that it brought, by name. */
  models: z.record(z.string(), z.string()).default({}),
  /** SHA-256 of each configuration file. */
  files: z.record(z.string(), z.string()),
  /** SHA-256 of all that was laid on the box when it was made. */
  laid: z.string(),
});
export type Stands = Readonly<z.infer<typeof stands>>;

type Files = Readonly<Record<string, string>>;

export const hashesOf = (files: Files): Files =>
  Object.fromEntries(Object.entries(files).map(([file, text]) => [file, fileHash(text)]));

export const laidHash = (laid: Files): string =>
  fileHash(JSON.stringify(Object.entries(laid).toSorted(([a], [b]) => (a < b ? -1 : 1))));

export const standsText = (files: Files, laid: Files, { executable, models }: Needed): string =>
  `${JSON.stringify({ executable, models, files: hashesOf(files), laid: laidHash(laid) } satisfies Stands)}\n`;

/** Null for what was laid on the box, and for a generation that does not say. */
export async function standsIn(store: Pick<Store, 'read'>, generation: string | null): Promise<Stands | null> {
  const text = generation === null ? null : await store.read(generation, standsFile);
  return text === null ? null : stands.parse(JSON.parse(text));
}
