/** Messages by a ntfy server of one's own (docs.ntfy.sh, "Publish as JSON"). */
import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Clock } from '../ports/clock.ts';
import { Fault, isFault } from '../ports/fault.ts';
import type { Notice, Notifier } from '../ports/notifier.ts';
import { notAllowed, postOver, requireTaken } from './notifier.post.ts';

export interface NtfyOptions {
  /** https://host[:port][/path] */
  readonly url: string;
  readonly token?: string | undefined;
  readonly ca?: string | undefined;
}

/** 1 to 5, of which 5 sounds and vibrates longest and 2 is silent. */
const priorities = { critical: 5, warning: 4, info: 3 } as const;
const endedPriority = 2;
/** Short codes that phones show as pictures; others as words. */
const tags = { critical: 'rotating_light', warning: 'warning', info: 'information_source' } as const;
/** A longer message becomes an attached file that nobody opens (message-size-limit, 4096 bytes). */
const mostBytes = 4000;
const again = { times: 2, ms: 1000 };

const answered = z.object({ id: z.string().min(1), topic: z.string() });

/** Errors: Fault `config` for an address that nothing may be sent to. */
export function openNtfy({ url, token, ca }: NtfyOptions, clock: Clock): Notifier {
  const to = new URL(url);
  const against = notAllowed(to);
  if (against) throw new Fault('config', `ways.ntfy.url ${url} ${against}`);
  const peer = `the ntfy server ${to.origin}`;
  const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) };

  const once = async (notice: Notice, signal: AbortSignal): Promise<'sent' | 'unsure'> => {
    const posted = await postOver({ peer, url: to, headers, body: JSON.stringify(ntfyMessage(notice)), ca, signal });
    if (posted === null) return 'unsure';
    if (posted.status !== 200) return requireTaken(peer, posted) ?? 'unsure';
    const said = answered.safeParse(jsonIn(posted.text));
    if (!said.success || said.data.topic !== notice.to)
      throw new Fault('protocol', `${peer} answers 200 and names no message: it is no ntfy server. Nothing was sent`);
    return 'sent';
  };

  return {
    way: 'ntfy',
    send: async (notice, signal) => {
      for (let n = 0; ; n++) {
        try {
          return await once(notice, signal);
        } catch (error) {
          if (!isFault(error) || error.kind !== 'absent' || n === again.times || signal.aborted) throw error;
          await clock.sleep(again.ms, 'ntfy', signal);
        }
      }
    },
    close: async () => {},
  };
}

export function ntfyMessage({ id, about, to, severity, title, text, link, drill, simulated }: Notice): object {
  const ended = about === 'ended';
  return {
    topic: to,
    title,
    message: cut(text),
    priority: ended ? endedPriority : priorities[severity],
    tags: [
      ended ? 'white_check_mark' : tags[severity],
      ...(drill ? ['drill'] : []),
      ...(simulated ? ['simulated'] : []),
    ],
    // The same again takes the place of the one before on the phone.
    sequence_id: createHash('sha256').update(id).digest('base64url').slice(0, 32),
    ...(link && { click: link }),
  };
}

function cut(text: string): string {
  if (Buffer.byteLength(text) <= mostBytes) return text;
  return `${new TextDecoder().decode(Buffer.from(text).subarray(0, mostBytes)).replace(/\ufffd+$/, '')}...`;
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
