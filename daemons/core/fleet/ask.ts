/**
 * An operator's question to the agent of a box, signed like what a box is to be: the last lines of a daemon, of a bounded time and size.
 * Good for minutes, and answered once: who replays it gets nothing.
 */
import * as z from 'zod';
import { Fault } from '../ports/fault.ts';
import type { Signed } from '../release/signed.ts';
import { parseWire } from '../wire/parse.ts';
import { namePattern } from '../wire/topics.ts';

/** Longest text of a question, in characters. */
export const longestAsk = 8192;
/** How long a question is good for, in ms. */
export const askMs = 600_000;
/** A clock of the centre may be ahead of that of the box by so much. */
const aheadMs = 120_000;

const logsAsk = z.strictObject({
  v: z.literal(1),
  ask: z.literal('logs'),
  site: z.string().regex(namePattern),
  device: z.string().regex(namePattern),
  id: z.string().regex(/^[0-9a-f-]{8,64}$/),
  /** The pseudonym of who asks. */
  by: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{1,31}$/),
  untilMs: z.number(),
  daemon: z.string().regex(/^[a-z-]{1,32}$/),
  sinceS: z.int().min(1).max(86_400),
  mostKb: z.int().min(1).max(64),
});
export type LogsAsk = Readonly<z.infer<typeof logsAsk>>;

export const askText = (ask: LogsAsk): string => JSON.stringify(parseWire(JSON.stringify(ask), logsAsk));

/** Whether a text on `cmd` is a question to the agent: commands to the dock are no signed texts of a role. */
export const isAsk = (text: string): boolean => text.startsWith('{"v":1,"role":"operator"');

/** Errors: Fault `protocol`; `refused` when it is another box's, or not good any more. */
export function parseAsk(
  signed: Signed,
  self: { readonly site: string; readonly device: string },
  nowMs: number,
): LogsAsk {
  const ask = parseWire(signed.text, logsAsk);
  if (ask.site !== self.site || ask.device !== self.device)
    throw new Fault(
      'refused',
      `question ${ask.id}: is to ${ask.site}/${ask.device}; this box is ${self.site}/${self.device}`,
    );
  if (ask.untilMs < nowMs || ask.untilMs > nowMs + askMs + aheadMs)
    throw new Fault(
      'refused',
      `question ${ask.id}: is good until ${new Date(ask.untilMs).toISOString()}, and it is ${new Date(nowMs).toISOString()}`,
    );
  return ask;
}

/** An answer goes in parts, each an event of its own. */
export const partChars = 16_000;

/** The end of a text that fits, in whole lines, in parts; at least one. */
export function partsOf(text: string, mostKb: number): readonly string[] {
  const most = mostKb * 1000;
  const line = text.indexOf('\n', text.length - most - 1) + 1;
  const cut = text.length <= most ? text : text.slice(line > 0 ? line : text.length - most);
  const parts: string[] = [];
  for (let at = 0; at < cut.length; at += partChars) parts.push(cut.slice(at, at + partChars));
  return parts.length === 0 ? [''] : parts;
}
