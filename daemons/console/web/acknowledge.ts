import { alertUrl, ask } from './ask.ts';

export type Acknowledged = { readonly by: string; readonly atMs: number };

/**
 * Sends an acknowledgement. Resolves to what the centre now holds (the first one stands, which may be another's), or to
 * a sentence that says why it was not saved.
 */
export async function sendAcknowledgement(id: string, by: string | null): Promise<Acknowledged | string> {
  // A connection that tears leaves open whether it arrived; the same may be sent again, as the first one stands.
  const answer = await ask<{ readonly acknowledged?: Acknowledged | null }>(
    'POST',
    alertUrl(id, 'acknowledge'),
    by === null ? {} : { by },
  );
  if (!answer.ok) return answer.why;
  return answer.body.acknowledged ?? '?';
}
