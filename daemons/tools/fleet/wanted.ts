/** A fleet's configuration as a folder, kept in git: `fleet.yaml` says which box carries which labels, and what follows from each. */
import path from 'node:path';
import * as z from 'zod';
import { name, readConfig } from '../../core/config/box.ts';
import { Fault, isFault } from '../../core/ports/fault.ts';
import { type Desired, desiredText } from '../../core/twin/desired.ts';
import { parseWire } from '../../core/wire/parse.ts';
import { mistakesIn } from './mistakes.ts';
import { readText } from './text-file.ts';

const part = z.strictObject({
  files: z.record(z.string(), z.string()).default({}).describe('path on the box: file in this folder'),
  executable: z.string().nullable().optional().describe('version of the program; null: that of the package'),
  models: z
    .record(z.string(), z.string())
    .optional()
    .describe('version of a model by its name, in place of that of the box'),
  schedule: z.strictObject({ from: z.string(), until: z.string() }).optional(),
  trial: z.strictObject({ steadyS: z.int(), withinS: z.int() }).optional(),
});

const fleet = z.strictObject({
  site: name,
  config: z.string().optional().describe('folder of what is laid on the boxes: what comes of it is then checked whole'),
  all: part.prefault({}),
  labels: z.record(name, part).default({}),
  boxes: z.record(name, part.extend({ labels: z.array(name).default([]) })),
});

/** What a box is to be, without what only a signature adds. */
export type Content = Pick<Desired, 'files' | 'executable' | 'models' | 'schedule' | 'trial'>;

export interface WantedBox {
  readonly name: string;
  readonly labels: readonly string[];
  readonly content: Content;
}

export interface Wanted {
  readonly site: string;
  readonly boxes: readonly WantedBox[];
}

/** Later parts win: all, then the labels of the box in their order, then the box. Errors: Fault `config` that names every mistake. */
export async function readWanted(folder: string, models: string): Promise<Wanted> {
  const file = path.join(folder, 'fleet.yaml');
  const said = readConfig(file, fleet);
  const found: string[] = [];
  const boxes: WantedBox[] = [];
  for (const [box, own] of Object.entries(said.boxes)) {
    const unknown = own.labels.filter((label) => said.labels[label] === undefined);
    if (unknown.length > 0) found.push(`${file} boxes.${box}.labels: ${unknown.join(', ')}: must stand under labels`);
    const parts = [said.all, ...own.labels.map((label) => said.labels[label] ?? said.all), own];
    try {
      boxes.push({ name: box, labels: own.labels, content: contentOf(folder, said.site, box, parts) });
    } catch (error) {
      if (!isFault(error)) throw error;
      found.push(`${file} boxes.${box}: ${error.message}`);
    }
  }
  if (said.config !== undefined && found.length === 0)
    found.push(...(await wholeMistakes(path.resolve(folder, said.config), boxes, models)));
  if (found.length > 0) throw new Fault('config', `${[...new Set(found)].join('\n')}\nnothing was signed`);
  return { site: said.site, boxes };
}

function contentOf(folder: string, site: string, device: string, parts: readonly z.infer<typeof part>[]): Content {
  const merged = Object.assign({}, ...parts.map(({ files: _, ...rest }) => rest)) as z.infer<typeof part>;
  const { executable = null, models, schedule, trial } = merged;
  const files: Record<string, string> = {};
  for (const [where, from] of Object.entries(Object.assign({}, ...parts.map((one) => one.files)) as Files))
    files[where] = readText(path.resolve(folder, from));
  const whole = { v: 1 as const, site, device, version: 1, by: 'nobody', at: new Date(0).toISOString() };
  // Through the shape of what is signed, so that a mistake shows here and defaults are those of the box.
  const text = desiredText({
    ...{ ...whole, files, executable },
    ...(models && { models }),
    ...(schedule && { schedule }),
    ...(trial && { trial }),
  });
  return contentIn(parseWire(text, z.custom<Desired>()));
}

type Files = Readonly<Record<string, string>>;

export const contentIn = ({ files, executable, models, schedule, trial }: Desired): Content => ({
  files,
  executable,
  ...(models && { models }),
  ...(schedule && { schedule }),
  trial,
});

/** By value, in no order of files. */
export const contentKey = ({ files, executable, models = {}, schedule, trial }: Content): string =>
  JSON.stringify([
    byName(files),
    executable,
    schedule,
    trial,
    ...(Object.keys(models).length > 0 ? [byName(models)] : []),
  ]);

const byName = (of: Files): readonly (readonly [string, string])[] =>
  Object.entries(of).toSorted(([a], [b]) => (a < b ? -1 : 1));

/** How two contents differ, for a reader. */
export function changesOf(before: Content | null, after: Content): readonly string[] {
  const lines: string[] = [];
  const say = (what: string, is: unknown, was: unknown): void => {
    const [next, last] = [JSON.stringify(is) ?? 'not said', JSON.stringify(was) ?? 'not said'];
    if (next !== last) lines.push(`${what}: ${last} -> ${next}`);
  };
  const [old, now] = [before?.files ?? {}, after.files];
  for (const file of [...new Set([...Object.keys(old), ...Object.keys(now)])].toSorted()) {
    if (old[file] === now[file]) continue;
    const what =
      old[file] === undefined ? 'in place of that of the box' : now[file] === undefined ? 'as laid' : 'changed';
    lines.push(`${file}: ${what}`);
  }
  say('executable', after.executable, before?.executable ?? null);
  say('models', after.models, before?.models);
  say('schedule', after.schedule, before?.schedule);
  if (before) say('trial', after.trial, before.trial);
  return lines;
}

async function wholeMistakes(config: string, boxes: readonly WantedBox[], models: string): Promise<readonly string[]> {
  const found: string[] = [];
  const laid = laidFor(config);
  for (const { name: box, content } of boxes)
    for (const line of await mistakesIn(
      { ...laid(box), ...content.files },
      { device: box, program: null, models, links: {} },
    ))
      found.push(`${box}: ${line}`);
  return found;
}

/** The three files of one box, where they are there: a fleet of many boxes is not written out once for each of them. */
function laidFor(config: string): (box: string) => Files {
  const read = (file: string): Files => {
    try {
      return { [file]: readText(path.join(config, file)) };
    } catch (error) {
      if (!isFault(error)) throw error;
      return {};
    }
  };
  return (box) => {
    const device = read(`devices/${box}.yaml`);
    const [text = ''] = Object.values(device);
    const named = (key: string): string => new RegExp(`^${key}:\\s*([a-z0-9-]+)`, 'm').exec(text)?.[1] ?? '';
    return { ...device, ...read(`boards/${named('board')}.yaml`), ...read(`profiles/${named('profile')}.yaml`) };
  };
}
