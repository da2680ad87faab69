/** Words to the centre over HTTP, by the page and by its worker. */
import type { Heard, Send, Word } from './queue.ts';

export interface Answered {
  /** 0: it was not heard. */
  readonly status: number;
  readonly body: unknown;
  /** The centre's clock as it answered, to a second; null where it says none. */
  readonly centreMs: number | null;
}

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

const patienceMs = 15_000;

/** Never rejects. */
export async function request(
  fetching: Fetch,
  method: 'GET' | 'POST',
  url: string,
  { body, csrf }: { readonly body?: unknown; readonly csrf?: string | null } = {},
): Promise<Answered> {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (body !== undefined) headers['content-type'] = 'application/json';
  if (csrf) headers['fieldpost-csrf'] = csrf;
  try {
    const text = body === undefined ? null : JSON.stringify(body);
    const response = await fetching(url, { method, headers, body: text, signal: AbortSignal.timeout(patienceMs) });
    const said: unknown = await response.json();
    const dateMs = Date.parse(response.headers.get('date') ?? '');
    return { status: response.status, body: said, centreMs: Number.isFinite(dateMs) ? dateMs : null };
  } catch {
    // No signal, torn in between, or cut short: nobody knows whether it arrived.
    return { status: 0, body: null, centreMs: null };
  }
}

const urlOf = ({ said }: Word): string =>
  'help' in said ? '/api/help' : `/api/alerts/${encodeURIComponent(said.alert)}/acts`;

function bodyOf({ said, key }: Word, agoMs: number): unknown {
  return 'help' in said ? { ...said.help, key, agoMs } : { deed: said.deed, key, agoMs };
}

/** What an answer means for the word that it answers. */
export function heardIn({ status, body }: Answered): Heard {
  if (status >= 200 && status < 300) return { is: 'done', body };
  // The word of the session is of an earlier one: it is asked for anew.
  if (status === 401 || status === 403) return { is: 'over' };
  const isFinal = [400, 404, 405, 409, 413, 415].includes(status);
  if (!isFinal) return { is: 'later' };
  const what = (body as { error?: { what?: unknown } } | null)?.error?.what;
  return { is: 'never', why: typeof what === 'string' ? what : `HTTP ${status}` };
}

/** `onAnswer` hears each: of the centre's clock, and that it is there. */
export const sending =
  (fetching: Fetch, csrf: () => string | null, onAnswer: (answered: Answered) => void = () => {}): Send =>
  async (word, agoMs) => {
    const answered = await request(fetching, 'POST', urlOf(word), { body: bodyOf(word, agoMs), csrf: csrf() });
    onAnswer(answered);
    return heardIn(answered);
  };
