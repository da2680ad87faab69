/** What a box says of its model when it comes up: for whoever looks at the curves at the centre. */
import path from 'node:path';
import * as z from 'zod';
import { readConfig } from '../config/box.ts';
import { isFault } from '../ports/fault.ts';
import { card } from './card.ts';
import { inForceFolder } from './places.ts';

const named = z.looseObject({ model: z.looseObject({ folder: z.string() }) });

/** Nothing where the profile names no model, or its card cannot be read: the gas daemon says that, with the reason. */
export function modelSaid(models: string, gas: unknown): { readonly model?: object } {
  const folder = named.safeParse(gas).data?.model.folder;
  if (folder === undefined) return {};
  try {
    const found = readConfig(path.join(inForceFolder(path.join(models, folder)), 'card.json'), card);
    const { name, version, sha256, thresholds, evaluation } = found;
    const { data, windows, curves } = evaluation;
    return { model: { name, version, sha256, threshold: thresholds.target, data, windows, ...(curves && { curves }) } };
  } catch (error) {
    if (!isFault(error)) throw error;
    return {};
  }
}
