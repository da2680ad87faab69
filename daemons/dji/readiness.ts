/** Whether the drone of a DJI dock could fly and why not: one answer with every reason. Whoever flies it asks DJI, never us. */
import { type Readiness, readinessBy } from '../core/values/readiness.ts';
import type { DjiSection } from './config.ts';
import type { Standing } from './hms.ts';
import { dockProperties, type Words, wordFor } from './properties.ts';
import type { Known } from './status.ts';

export type Matter = 'link' | 'dock' | 'drone' | 'battery' | 'weather' | 'position' | 'storage' | 'warnings';

export interface Stands {
  readonly dock: Known;
  readonly warnings: Standing;
  /** When the dock was last heard, monotonic ms. */
  readonly heardMs: number | null;
}

type Judge = (stands: Stands, section: DjiSection, nowMs: number) => string | null;

/** Ready only when every matter is known, fresh and good. */
export const readiness = (stands: Stands, section: DjiSection, nowMs: number): Readiness<Matter> =>
  readinessBy(judges, stands, section, nowMs);

/** A level that DJI calls a warning; one that we do not know is no smaller. */
const warningLevel = 2;

const judges: Readonly<Record<Matter, Judge>> = {
  link: ({ heardMs }, { ready }, nowMs) => {
    if (heardMs === null) return 'the dock was never heard';
    return nowMs - heardMs > ready.freshMs ? `the dock was last heard ${seconds(nowMs - heardMs)} s ago` : null;
  },
  dock: (stands, section, nowMs) => {
    const [mode, cover, stop] = ['mode_code', 'cover_state', 'emergency_stop_state'].map((path) =>
      freshIn(stands, section, nowMs, path),
    );
    if (mode === null || cover === null || stop === null)
      return 'mode, cover or emergency stop of the dock is not known';
    const bad = [
      ...(mode === 0 ? [] : [`the dock is ${worded('mode_code', mode)}`]),
      ...(cover === 0 || cover === 1 ? [] : [`its cover is ${worded('cover_state', cover)}`]),
      ...(stop === 0 ? [] : [`its emergency stop is ${worded('emergency_stop_state', stop)}`]),
    ];
    return bad.length > 0 ? bad.join(', ') : null;
  },
  drone: (stands, section, nowMs) => {
    const inside = freshIn(stands, section, nowMs, 'drone_in_dock');
    if (inside === null) return 'whether the drone is in the dock is not known';
    return inside === 1 ? null : `the drone is ${worded('drone_in_dock', inside)}`;
  },
  battery: (stands, section, nowMs) => {
    const percent = freshIn(stands, section, nowMs, 'drone_charge_state.capacity_percent');
    if (percent === null) return 'the charge of the drone is not known';
    const { batteryPercent: needed } = section.ready;
    return percent >= needed ? null : `charged to ${percent} %, ${needed} % are needed`;
  },
  weather: (stands, section, nowMs) => {
    const { maxWindMs, maxRain } = section.weather;
    const [wind, rain] = ['wind_speed', 'rainfall'].map((path) => freshIn(stands, section, nowMs, path));
    if (wind === null || rain === null || wind === undefined || rain === undefined) return 'wind or rain is not known';
    const bad = [
      ...(wind <= maxWindMs ? [] : [`wind ${wind} m/s, ${maxWindMs} m/s are allowed`]),
      ...(rain >= 0 && rain <= maxRain ? [] : [`the rain sensor says ${worded('rainfall', rain)}`]),
    ];
    return bad.length > 0 ? bad.join(', ') : null;
  },
  position: (stands, section, nowMs) => {
    const fixed = freshIn(stands, section, nowMs, 'position_state.is_fixed');
    if (fixed === null) return 'whether the dock knows its place is not known';
    return fixed === 2 ? null : `the place of the dock is ${worded('position_state.is_fixed', fixed)}`;
  },
  storage: (stands, section, nowMs) => {
    const [total, used] = ['storage.total', 'storage.used'].map((path) => freshIn(stands, section, nowMs, path));
    if (total === null || used === null || total === undefined || used === undefined)
      return 'the storage of the dock is not known';
    // Kilobytes.
    const freeMB = (total - used) / 1000;
    const { freeMB: needed } = section.ready;
    return freeMB >= needed ? null : `${Math.floor(freeMB)} MB are free on the dock, ${needed} MB are needed`;
  },
  warnings: ({ warnings }) => {
    const grave = [...warnings.values()].filter(({ level }) => level !== 0 && level !== 1 && (level ?? warningLevel));
    if (grave.length === 0) return null;
    return `DJI warns of ${grave.map(({ code, words }) => (words === null ? code : `${code} (${words})`)).join(', ')}`;
  },
};

function freshIn({ dock }: Stands, { ready }: DjiSection, nowMs: number, path: string): number | null {
  const one = dock[path];
  return one && nowMs - one.atMs <= ready.freshMs && typeof one.value === 'number' ? one.value : null;
}

function worded(path: keyof typeof dockProperties, value: number | null | undefined): string {
  const property: { readonly words?: Words } = dockProperties[path] as { readonly words?: Words };
  return value === null || value === undefined ? 'not known' : wordFor(property.words ?? {}, value);
}

const seconds = (ms: number): number => Math.round(ms / 1000);
