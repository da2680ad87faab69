/** The last lines of a daemon, asked for by a person and answered by the box once: the answer comes as events, like everything. */
import * as z from 'zod';
import { pseudonym } from '../../core/access/pseudonym.ts';
import { withoutSecrets } from '../../core/config/without-secrets.ts';
import type { Archive } from '../../core/ports/archive.ts';
import { isFault } from '../../core/ports/fault.ts';
import { parseEnvelope } from '../../core/wire/envelope.ts';

export const logsRequest = z.strictObject({
  daemon: z.string().regex(/^[a-z-]{1,32}$/, 'must be the name of a daemon, such as gas'),
  sinceS: z.int().min(1).max(86_400).default(600).describe('how far back, in seconds'),
  mostKb: z.int().min(1).max(64).default(16).describe('kB at the most: a box may be behind a thin line'),
  by: pseudonym.optional(),
});
export const logsRight = '{"daemon": "gas", "sinceS": 600, "mostKb": 16}: of the last day at the most, and 64 kB';

/** Events that are looked through: more than the parts of a few answers. */
const mostEvents = 100;

const part = z.looseObject({
  id: z.string().max(64),
  daemon: z.string().max(32),
  part: z.int().min(1).max(64),
  parts: z.int().min(1).max(64),
  text: z.string(),
});

export interface LogAnswer {
  readonly id: string;
  readonly daemon: string;
  /** Unix ms by the box. */
  readonly atMs: number;
  /** False: parts of it have not come. */
  readonly whole: boolean;
  readonly text: string;
}

/** Answers that came, newest first, and why the box refused what it refused. Errors: the store's Faults. */
export async function logsOf(archive: Archive, device: string) {
  const answers = new Map<
    string,
    { head: Omit<LogAnswer, 'whole' | 'text'>; parts: number; texts: Map<number, string> }
  >();
  for (const { at, detail } of await eventsIn(archive, device, 'logs')) {
    const { data } = part.safeParse(detail);
    if (!data) continue;
    const { id, daemon, parts } = data;
    const known = answers.get(id) ?? { head: { id, daemon, atMs: at }, parts, texts: new Map<number, string>() };
    known.texts.set(data.part, data.text);
    answers.set(id, known);
  }
  const refused = (await eventsIn(archive, device, 'question-refused')).map(({ at, message }) => ({
    atMs: at,
    message: withoutSecrets(message),
  }));
  return {
    answers: [...answers.values()]
      .map(({ head, parts, texts }): LogAnswer => {
        const inOrder = [...texts].toSorted(([a], [b]) => a - b).map(([, text]) => text);
        return { ...head, whole: texts.size >= parts, text: withoutSecrets(inOrder.join('')) };
      })
      .toSorted((a, b) => b.atMs - a.atMs),
    refused: refused.toSorted((a, b) => b.atMs - a.atMs).slice(0, 5),
  };
}

async function eventsIn(archive: Archive, device: string, type: string) {
  return (await archive.events(device, type, mostEvents)).flatMap(({ text }) => {
    try {
      const { at, body } = parseEnvelope(text);
      if (!('detail' in body) || body.type !== type) return [];
      return [{ at: at.wallMs, detail: body.detail as unknown, message: body.message }];
    } catch (error) {
      // What was reduced by age has no body any more.
      if (!isFault(error)) throw error;
      return [];
    }
  });
}
