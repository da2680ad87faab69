/**
 * DJI's health messages (Cloud-API-Doc, "HMS / Health warning"): each message is the whole list of what stands, so what is
 * not in it has ended. The words of a code are DJI's own file, which is theirs and lies on the box only if it is put there.
 */
import * as z from 'zod';

export interface Warning {
  /** Tells one from another: code, device and the parts it is of. */
  readonly key: string;
  readonly code: string;
  /** 0 notification, 1 reminder, 2 warning; another number as it came; null: none. */
  readonly level: number | null;
  readonly device: string | null;
  readonly inTheSky: boolean;
  readonly component: number | null;
  readonly sensor: number | null;
  readonly words: string | null;
}

/** By the copy key of the documentation ("HMS / Alarm copy query"), as DJI's hms.json has them. */
export type HmsWords = ReadonlyMap<string, string>;

export type Standing = ReadonlyMap<string, Warning>;

/** The documentation allows 20. */
export const mostWarnings = 64;

const number = z.number().nullable().catch(null).default(null);
const entry = z.looseObject({
  code: z.string().min(1).max(64),
  level: number,
  device_type: z.string().max(64).nullable().catch(null).default(null),
  in_the_sky: number,
  args: z.looseObject({ component_index: number, sensor_index: number }).nullable().catch(null).default(null),
});

export interface Change {
  readonly standing: Standing;
  readonly raised: readonly Warning[];
  readonly ended: readonly Warning[];
  /** Entries that say no code, or that are too many. */
  readonly unread: number;
}

/** Null: the message has no list, and nothing is known to have changed. */
export function changed(before: Standing, data: Readonly<Record<string, unknown>>, words: HmsWords): Change | null {
  if (!Array.isArray(data.list)) return null;
  const standing = new Map<string, Warning>();
  let unread = Math.max(0, data.list.length - mostWarnings);
  for (const one of data.list.slice(0, mostWarnings)) {
    const read = entry.safeParse(one);
    if (!read.success) unread += 1;
    else {
      const warning = warningOf(read.data, words);
      standing.set(warning.key, warning);
    }
  }
  const raised = [...standing.values()].filter(({ key }) => !before.has(key));
  // What could not be read may be one that stands: nothing is said to have ended then.
  if (unread > 0) for (const [key, one] of before) standing.set(key, standing.get(key) ?? one);
  const ended = [...before.values()].filter(({ key }) => !standing.has(key));
  return { standing: bounded(standing), raised, ended, unread };
}

const bounded = (all: Map<string, Warning>): Standing => new Map([...all].slice(0, 2 * mostWarnings));

function warningOf(
  { code, level, device_type: device, in_the_sky: sky, args }: z.infer<typeof entry>,
  words: HmsWords,
) {
  const [component, sensor] = [args?.component_index ?? null, args?.sensor_index ?? null];
  const inTheSky = sky === 1;
  const key = `${code} ${device} ${component} ${sensor}`;
  const one = { key, code, level, device, inTheSky, component, sensor };
  return { ...one, words: wordsOf(one, words) };
}

/** The domain of a device type (Cloud-API-Doc, "Product Supported"): 3 is a dock. */
const dockDomain = '3-';

function wordsOf(
  { code, device, inTheSky, component, sensor }: Omit<Warning, 'words'>,
  words: HmsWords,
): string | null {
  const isDock = device?.startsWith(dockDomain) ?? false;
  const keys = isDock
    ? [`dock_tip_${code}`]
    : [...(inTheSky ? [`fpv_tip_${code}_in_the_sky`] : []), `fpv_tip_${code}`, `dock_tip_${code}`];
  const text = keys.map((key) => words.get(key)).find((found) => found !== undefined);
  if (text === undefined) return null;
  // "Alarm copy replacement" of the same page.
  const filled: Readonly<Record<string, string | undefined>> = {
    '%alarmid': code,
    '%index': sensor === null ? undefined : String(sensor + 1),
    '%component_index': component === null ? undefined : String(component + 1),
    '%battery_index': sensor === null ? undefined : side(sensor),
    '%dock_cover_index': sensor === null ? undefined : side(sensor),
    '%charging_rod_index': sensor === null ? undefined : ['front', 'back', 'left', 'right'][sensor],
  };
  return text.replace(/%[a-z_]+/g, (name) => filled[name] ?? name);
}

const side = (sensor: number): string => (sensor === 0 ? 'left' : 'right');
