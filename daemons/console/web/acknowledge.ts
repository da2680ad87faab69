import { say } from './text.ts';

export type Acknowledged = { readonly by: string; readonly atMs: number };

/**
 * Sends an acknowledgement. Resolves to what the centre now holds (the first one stands, which may be another's), or to
 * a sentence that says why it was not saved.
 */
export async function sendAcknowledgement(id: string, by: string): Promise<Acknowledged | string> {
  let response: Response;
  try {
    response = await fetch(`/api/alerts/${encodeURIComponent(id)}/acknowledge`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ by }),
      signal: AbortSignal.timeout(10_000),
    });
  } catch {
    // Whether it arrived is not known; the same acknowledgement may be sent again, as the first one stands.
    return say('ack.unreachable');
  }
  const answer = (await response.json().catch(() => null)) as {
    acknowledged?: Acknowledged | null;
    error?: { what?: string };
  } | null;
  if (response.ok && answer?.acknowledged) return answer.acknowledged;
  return answer?.error?.what ?? `HTTP ${response.status}`;
}
