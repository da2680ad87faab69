/** Properties out of the `data` of a message: what is there and possible, and what is strange about the rest. */
import { isNamed, type Property } from './properties.ts';

export type Value = number | string;

export interface Found {
  /** By path; only what is possible. */
  readonly values: Readonly<Record<string, Value>>;
  /** What is there and cannot be: another type, out of bounds. */
  readonly wrong: readonly string[];
  /** Choices whose number no documentation that we know names. They are in `values` too. */
  readonly strange: readonly string[];
  /** Names at the top of `data` that no documentation that we know has. */
  readonly unnamed: readonly string[];
}

type Data = Readonly<Record<string, unknown>>;

/** A message has some 60; nobody is told of more. */
const mostNames = 64;

export function propertiesIn(data: Data, table: Readonly<Record<string, Property>>): Found {
  const values: Record<string, Value> = {};
  const wrong: string[] = [];
  const strange: string[] = [];
  for (const [path, property] of Object.entries(table)) {
    const raw = at(data, path);
    // DJI leaves out what it has nothing to say of; null says the same.
    if (raw === undefined || raw === null) continue;
    const value = possible(raw, property);
    if (value === null) {
      wrong.push(path);
      continue;
    }
    values[path] = value;
    if (property.is === 'choice' && !(value in property.words)) strange.push(`${path} ${value}`);
  }
  const unnamed = Object.keys(data)
    .filter((name) => !isNamed(name))
    .map((name) => name.slice(0, 64))
    .slice(0, mostNames);
  return { values, wrong, strange, unnamed };
}

function at(data: Data, path: string): unknown {
  let found: unknown = data;
  for (const key of path.split('.')) found = isObject(found) && Object.hasOwn(found, key) ? found[key] : undefined;
  return found;
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function possible(raw: unknown, property: Property): Value | null {
  if (property.is === 'text') return typeof raw === 'string' && raw.length <= 128 ? raw : null;
  const value = numberOf(raw);
  if (value === null) return null;
  if (property.is === 'choice') return Number.isInteger(value) && Math.abs(value) < 1e9 ? value : null;
  const [low, high] = property.within;
  return value >= low && value <= high ? value : null;
}

/** Also a number that is written as text, and a choice that is told as true or false. */
export function numberOf(raw: unknown): number | null {
  if (typeof raw === 'number') return Number.isFinite(raw) ? raw : null;
  if (typeof raw === 'boolean') return raw ? 1 : 0;
  return typeof raw === 'string' && /^-?\d{1,15}(\.\d{1,17})?$/.test(raw) ? Number(raw) : null;
}
