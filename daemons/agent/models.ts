/**
 * The folder of models of a generation: links to those of the box, over them those of its executable, over them those that the
 * centre sent. See core/model/places.ts: `NAME.in-force` and `NAME.last-good` beside a folder go before it. Pure.
 */
import path from 'node:path';
import type { Needed } from './provide.ts';

export interface ModelPlaces {
  /** The agent's folder. */
  readonly folder: string;
  /** Where models of the box lie, and what is there: those of the package, and what was trained on it. */
  readonly laid: { readonly folder: string; readonly names: readonly string[] };
  /** Names of the models in the folder of the executable that is asked for. */
  readonly ofRelease: readonly string[];
}

/** Targets by name; none where the box's own folder serves as it is. */
export function modelLinks({ executable, models }: Needed, places: ModelPlaces): Readonly<Record<string, string>> {
  const { folder, laid, ofRelease } = places;
  if (executable === null && Object.keys(models).length === 0) return {};
  const replaced = Object.keys(models).flatMap((name) => [`${name}.in-force`, `${name}.last-good`]);
  const own = laid.names.filter((name) => !replaced.includes(name));
  return {
    ...Object.fromEntries(own.map((name) => [name, path.join(laid.folder, name)])),
    ...Object.fromEntries(
      ofRelease.map((name) => [name, path.join(folder, 'releases', executable ?? '', 'models', name)]),
    ),
    ...Object.fromEntries(
      Object.entries(models).map(([name, version]) => [name, path.join(folder, 'models', `${name}@${version}`)]),
    ),
  };
}
