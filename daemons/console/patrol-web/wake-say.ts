/** Words between a phone and the centre about waking it, of the page and of its worker. */
import { type Fetch, request } from './post.ts';

export interface Offered {
  readonly publicKey: string;
}

/** Null: not heard. Its key is null where the centre wakes no phones. */
export async function offerOf(fetching: Fetch): Promise<{ readonly publicKey: string | null } | null> {
  const { status, body } = await request(fetching, 'GET', '/api/phones');
  if (status === 200) return body as { readonly publicKey: string | null };
  // A console without a login has no such route.
  return status === 404 || status === 403 ? { publicKey: null } : null;
}

/** The status of the answer; 0: not heard. */
export async function sayOn(fetching: Fetch, csrf: string | null, one: PushSubscription): Promise<number> {
  const { endpoint, keys } = one.toJSON();
  return (await request(fetching, 'POST', '/api/phones', { body: { endpoint, keys }, csrf })).status;
}

export async function sayOff(fetching: Fetch, csrf: string | null, endpoint: string): Promise<void> {
  await request(fetching, 'POST', '/api/phones/off', { body: { endpoint }, csrf });
}
