import type { Feature } from 'geojson';
import type { GeoJSONSource } from 'maplibre-gl';

/** What a source was told, by key. */
export type Told = ReadonlyMap<string, Feature>;

const printOf = ({ geometry, properties }: Feature): string => JSON.stringify([geometry, properties]);

export interface Difference {
  readonly told: Told;
  readonly gone: readonly string[];
  readonly fresh: readonly Feature[];
}

/** What must be said to a source that was told `told`, so that it holds `features`. Each has its own `key`. */
export function difference(told: Told, features: readonly Feature[]): Difference {
  const next = new Map<string, Feature>();
  const fresh: Feature[] = [];
  for (const feature of features) {
    const key = String(feature.properties?.key);
    const before = told.get(key);
    // Most are the very same: only others are looked at closely.
    const isSame = before === feature || (before !== undefined && printOf(before) === printOf(feature));
    next.set(key, isSame ? before : feature);
    if (!isSame) fresh.push(feature);
  }
  const gone = [...told.keys()].filter((key) => !next.has(key));
  return { told: next, gone, fresh };
}

/** What crosses to the map's own thread in one go: more is copied for longer than a frame, and holds up the hand on the map. */
const mostAtOnce = 500;
/** Between two of them the page does what it is asked to, in ms. */
const restMs = 16;

export interface Bringer {
  /** What the source holds, or is on its way to it. */
  readonly told: Told;
  bring(features: readonly Feature[]): void;
  /** The source was given everything that was told by other means. */
  settle(): void;
}

type Step = { readonly remove?: string[]; readonly add?: Feature[] };

/** Brings a source to what is known, a little at a time: only what changed, in the order in which it changed. */
export function openBringer(sourceOf: () => GeoJSONSource | undefined): Bringer {
  let told: Told = new Map();
  let waiting: Step[] = [];
  let timer: ReturnType<typeof setTimeout> | null = null;
  const step = (): void => {
    timer = null;
    const next = waiting.shift();
    if (!next) return;
    void sourceOf()?.updateData(next);
    if (waiting.length > 0) timer = setTimeout(step, restMs);
  };
  return {
    get told() {
      return told;
    },
    bring: (features) => {
      const news = difference(told, features);
      told = news.told;
      if (news.gone.length > 0) waiting.push({ remove: [...news.gone] });
      for (let at = 0; at < news.fresh.length; at += mostAtOnce)
        waiting.push({ add: news.fresh.slice(at, at + mostAtOnce) });
      if (timer === null && waiting.length > 0) step();
    },
    settle: () => {
      waiting = [];
    },
  };
}
