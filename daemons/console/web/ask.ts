import { locale, say, sayIf } from './text.ts';

/** What the centre answered, or in words why there is no answer. `status` 0: it was never heard. */
export type Answer<T> =
  | { readonly ok: true; readonly body: T }
  | { readonly ok: false; readonly status: number; readonly why: string; readonly body: unknown };

/** Goes with every write of a session, so that no other site can write in its name. Told by `/api/me`. */
let csrf: string | null = null;
export const carryCsrf = (word: string | null): void => {
  csrf = word;
};

/** Called when a session is over, or a purpose is missing. */
let onRefused: (status: 401 | 428) => void = () => {};
export const whenRefused = (listener: typeof onRefused): void => {
  onRefused = listener;
};

const patienceMs = 10_000;

/** Asks the centre. Never rejects: what went wrong is for a person to read. */
export async function ask<T>(method: 'GET' | 'POST' | 'DELETE', url: string, said?: unknown): Promise<Answer<T>> {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (said !== undefined) headers['content-type'] = 'application/json';
  if (csrf !== null && method !== 'GET') headers['fieldpost-csrf'] = csrf;
  let response: Response;
  try {
    const body = said === undefined ? null : JSON.stringify(said);
    response = await fetch(url, { method, headers, body, signal: AbortSignal.timeout(patienceMs) });
  } catch {
    return { ok: false, status: 0, why: say('ack.unreachable'), body: null };
  }
  const body: unknown = await response.json().catch(() => null);
  if (response.ok) return { ok: true, body: body as T };
  if (response.status === 401 || response.status === 428) onRefused(response.status);
  return { ok: false, status: response.status, why: whyNot(response, body), body };
}

const worded = ['401', '403', '404', '409', '428', '429', '503'] as const;

interface Refused {
  readonly what?: string;
  readonly code?: string;
  readonly values?: Readonly<Record<string, string>>;
}

/**
 * In English what the centre says; in other languages the same by its code, and where it has none what its status means, with the centre's
 * words for whoever is asked about it.
 */
function whyNot({ status, headers }: Response, body: unknown): string {
  const { what = `HTTP ${status}`, code, values = {} } = (body as { error?: Refused } | null)?.error ?? {};
  if (locale().startsWith('en')) return what;
  const own = code === undefined ? null : sayIf(`refusal.${code}`, wordsOf(values));
  if (own !== null) return own;
  const known = worded.find((one) => one === String(status));
  return known ? `${say(`refused.${known}`, { s: headers.get('retry-after') ?? '' })} (${what})` : what;
}

/** Codes in a refusal as the page calls them; all else as it is. */
function wordsOf(values: Readonly<Record<string, string>>): Record<string, string> {
  const groups: Readonly<Record<string, string>> = { role: 'role', outcome: 'outcome', deed: 'act' };
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      if (name === 'who')
        return [
          name,
          value
            .split(' or ')
            .map((one) => sayIf(`role.${one}`) ?? one)
            .join(', '),
        ];
      const group = groups[name];
      return [name, (group && sayIf(`${group}.${value}`)) ?? value];
    }),
  );
}

export const alertUrl = (id: string, tail: string): string => `/api/alerts/${encodeURIComponent(id)}/${tail}`;
