/** Deletes what is on the phone: at once where the centre took the login away. */

import type { Vault } from './kept.ts';
import { type Fetch, request } from './post.ts';

/** Whoever has this phone now is not woken: its push service answers that it is gone, also where the centre is not heard. */
export async function sleepOn(): Promise<void> {
  const { registration } = globalThis as { readonly registration?: ServiceWorkerRegistration };
  const own = registration ?? (await navigator.serviceWorker?.getRegistration('/patrol/'));
  const one = await own?.pushManager?.getSubscription().catch(() => null);
  await one?.unsubscribe().catch(() => false);
  for (const shown of (await own?.getNotifications?.()) ?? []) shown.close();
}

/** Everything goes, the shell of the page too. */
export async function wipeAll(vault: Vault): Promise<void> {
  await vault.wipe();
  await sleepOn();
  if (typeof caches === 'undefined') return;
  for (const name of await caches.keys()) await caches.delete(name);
}

/**
 * Nobody is logged in: whether that is a session that came to its end, or one that was taken away. Null: the centre did not answer. Taken away,
 * everything is deleted at once.
 */
export async function keepOrWipe(vault: Vault, fetching: Fetch, account: string): Promise<boolean | null> {
  const { status, body } = await request(fetching, 'GET', `/api/kept?account=${encodeURIComponent(account)}`);
  if (status !== 200) return null;
  const keep = (body as { keep?: unknown }).keep === true;
  if (!keep) await wipeAll(vault);
  return keep;
}
