import type { Feature } from 'geojson';
import type { GeoJSONSource } from 'maplibre-gl';

/** What a source was told, by key. */
export type Told = ReadonlyMap<string, { readonly feature: Feature; readonly print: string }>;

const printOf = ({ geometry, properties }: Feature): string => JSON.stringify([geometry, properties]);

export interface Difference {
  readonly told: Told;
  readonly gone: readonly string[];
  readonly fresh: readonly Feature[];
}

/** What must be said to a source that was told `told`, so that it holds `features`. Each has its own `key`. */
export function difference(told: Told, features: readonly Feature[]): Difference {
  const next = new Map<string, { feature: Feature; print: string }>();
  const fresh: Feature[] = [];
  for (const feature of features) {
    const key = String(feature.properties?.key);
    const print = printOf(feature);
    next.set(key, { feature, print });
    if (told.get(key)?.print !== print) fresh.push(feature);
  }
  const gone = [...told.keys()].filter((key) => !next.has(key));
  return { told: next, gone, fresh };
}

/** Beyond this share of changes the whole is cheaper than its difference. */
const mostShare = 0.3;

/** Brings a source to what is known now: only what changed crosses to the map's own thread. */
export function bring(source: GeoJSONSource | undefined, told: Told, features: readonly Feature[]): Told {
  const news = difference(told, features);
  if (!source || (news.fresh.length === 0 && news.gone.length === 0)) return news.told;
  if (told.size === 0 || news.fresh.length + news.gone.length > mostShare * features.length)
    void source.setData({ type: 'FeatureCollection', features: [...features] });
  else void source.updateData({ remove: [...news.gone], add: [...news.fresh] });
  return news.told;
}
