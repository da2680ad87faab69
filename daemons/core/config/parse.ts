import { type Document, isMap, isSeq, LineCounter, parseDocument } from 'yaml';
import * as z from 'zod';
import { Fault } from '../ports/fault.ts';

/** The part of JSON Schema that an error message needs. */
interface Shape {
  readonly description?: string;
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly pattern?: string;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly additionalProperties?: Shape | boolean;
  readonly propertyNames?: Shape;
  readonly required?: readonly string[];
  readonly minItems?: number;
  readonly items?: Shape;
  readonly anyOf?: readonly Shape[];
  readonly oneOf?: readonly Shape[];
}

/** A configuration is read once: code made for its shape by zod, at the start, costs more than it saves. */
const once = { jitless: true } as const;

/**
 * YAML text to a typed value. Every mistake is named, not only the first: file, line, path in it, what is there and what
 * would be right. Errors: one Fault `config` with a line per mistake; nothing of the file is then used.
 */
export function parseYaml<T>(file: string, text: string, schema: z.ZodType<T>): T {
  const lines = new LineCounter();
  const { doc, value } = read(file, text, lines);
  const parsed = schema.safeParse(value, once);
  if (parsed.success) return parsed.data;

  const lineOf = (path: readonly PropertyKey[]): string => {
    for (let depth = path.length; depth >= 0; depth--) {
      const node = doc.getIn(path.slice(0, depth) as unknown[], true);
      const range =
        isMap(node) || isSeq(node) ? node.range : (node as { range?: [number, number, number] } | undefined)?.range;
      if (range) return `:${lines.linePos(range[0]).line}`;
    }
    return '';
  };
  throw new Fault('config', mistakes(schema, value, parsed.error, (path) => `${file}${lineOf(path)}`).join('\n'));
}

/** The document and its plain value. Errors: Fault `config` for whatever cannot be read as one finite YAML document. */
function read(file: string, text: string, lines: LineCounter): { doc: Document; value: unknown } {
  let doc: Document;
  let value: unknown;
  try {
    doc = parseDocument(text, { lineCounter: lines, uniqueKeys: true, logLevel: 'error' });
    value = doc.errors.length > 0 ? null : doc.toJS({ maxAliasCount: 100 });
    // A value that holds itself, or is nested beyond all reason, is no configuration.
    JSON.stringify(value);
  } catch (error) {
    const why = error instanceof Error ? firstLine(error.message) : String(error);
    throw new Fault('config', `${file}: not usable YAML: ${why}`, error);
  }
  const broken = doc.errors[0] ?? doc.warnings[0];
  if (!broken) return { doc, value };
  const at = broken.linePos?.[0];
  throw new Fault('config', `${file}${at ? `:${at.line}:${at.col}` : ''}: not YAML: ${firstLine(broken.message)}`);
}

/** The same for a value that is already parsed, for example a section of a file; `where` names it. */
export function parseValue<T>(where: string, value: unknown, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(value, once);
  if (parsed.success) return parsed.data;
  throw new Fault('config', mistakes(schema, value, parsed.error, () => where).join('\n'));
}

/** zod's message of a rule that has none of its own. */
const withoutWords = 'Invalid input';

function mistakes(
  schema: z.ZodType,
  value: unknown,
  error: z.ZodError,
  place: (path: readonly PropertyKey[]) => string,
): string[] {
  const root = shapeOf(schema);
  return error.issues.flatMap(nearest).flatMap((issue) => {
    const shape = shapeAt(root, issue.path);
    if (issue.code === 'unrecognized_keys') {
      const known = Object.keys(shape?.properties ?? {});
      return issue.keys.map((key) => {
        const where = [...issue.path, key];
        return `${place(where)} ${dotted(where)}: unknown key${suggestion(key, known)}`;
      });
    }
    if (issue.code === 'invalid_key') {
      const rule = issue.issues[0]?.message ?? '';
      return [`${place(issue.path)} ${dotted(issue.path)}: is no possible name; ${right(shape?.propertyNames, rule)}`];
    }
    const found = valueAt(value, issue.path);
    const is = found === undefined ? 'is missing' : `is ${short(found)}`;
    // What one field alone is allowed to be says nothing about a mistake between two.
    const rule =
      issue.code === 'custom' && issue.message !== withoutWords ? issue.message : right(shape, issue.message);
    return [`${place(issue.path)} ${dotted(issue.path)}: ${is}; ${rule}`];
  });
}

const shapes = new WeakMap<z.ZodType, Shape>();

function shapeOf(schema: z.ZodType): Shape {
  const known = shapes.get(schema) ?? (z.toJSONSchema(schema, { unrepresentable: 'any', io: 'input' }) as Shape);
  shapes.set(schema, known);
  return known;
}

type Issue = z.core.$ZodIssue;

/** Where one of several shapes is allowed and one alone comes nearest, its own mistakes say more than "none of them". */
function nearest(issue: Issue): Issue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const fewest = Math.min(...issue.errors.map((one) => one.length));
  const [best, ...others] = issue.errors.filter((one) => one.length === fewest);
  if (!best || others.length > 0 || best.some(({ path }) => path.length === 0)) return [issue];
  return best.map((one) => ({ ...one, path: [...issue.path, ...one.path] })).flatMap(nearest);
}

function right(shape: Shape | undefined, message: string): string {
  const parts: string[] = [];
  const must = shape && mustBe(shape);
  if (must) parts.push(`must be ${must}`);
  if (shape?.description) parts.push(shape.description);
  return parts.length > 0 ? parts.join(': ') : message;
}

function mustBe(shape: Shape): string {
  const options = shape.enum ?? (shape.const === undefined ? undefined : [shape.const]);
  if (options) return options.map(short).join(' or ');
  const choices = shape.anyOf ?? shape.oneOf;
  if (choices) return choices.map(mustBe).join(', or ');
  if (shape.type === 'object')
    return shape.required?.length ? `a map with ${shape.required.join(', ')}` : 'a map of names to values';
  if (shape.type === 'array') return `a list${shape.minItems ? ` of at least ${shape.minItems}` : ''}`;
  return shape.type ? `${article(shape.type)}${bounds(shape)}` : '';
}

function bounds({ minimum, maximum, pattern }: Shape): string {
  const low = minimum === undefined || minimum <= Number.MIN_SAFE_INTEGER ? null : minimum;
  const high = maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER ? null : maximum;
  if (low !== null && high !== null) return ` from ${low} to ${high}`;
  if (low !== null) return ` of at least ${low}`;
  if (high !== null) return ` of at most ${high}`;
  return pattern === undefined ? '' : ` like ${pattern}`;
}

const article = (type: string): string => (/^[aeio]/.test(type) ? `an ${type}` : `a ${type}`);
const firstLine = (text: string): string => text.split('\n', 1)[0] ?? text;
const dotted = (path: readonly PropertyKey[]): string =>
  path.length === 0 ? '(whole file)' : path.map(String).join('.');

function short(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let at = value;
  for (const key of path) at = (at as Record<PropertyKey, unknown> | null | undefined)?.[key];
  return at;
}

function shapeAt(root: Shape, path: readonly PropertyKey[]): Shape | undefined {
  let at: Shape | undefined = root;
  for (const key of path) {
    const choices: readonly (Shape | undefined)[] = at?.anyOf ?? at?.oneOf ?? [at];
    at = choices.map((shape) => childOf(shape, key)).find((shape) => shape !== undefined);
  }
  return at;
}

function childOf(shape: Shape | undefined, key: PropertyKey): Shape | undefined {
  if (typeof key === 'number') return shape?.items;
  const extra = shape?.additionalProperties;
  return shape?.properties?.[String(key)] ?? (typeof extra === 'object' ? extra : undefined);
}

function suggestion(key: string, known: readonly string[]): string {
  const near = known.map((name) => ({ name, cost: distance(key.toLowerCase(), name.toLowerCase()) }));
  near.sort((a, b) => a.cost - b.cost);
  const best = near[0];
  if (best && best.cost <= Math.max(2, key.length / 3)) return `; did you mean ${best.name}?`;
  return known.length > 0 ? `; known here: ${known.join(', ')}` : '';
}

/** Levenshtein distance: one row of the table at a time. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, swap));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
