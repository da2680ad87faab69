/** Which alert the page was opened for: by a link of a message, or by a tap on what woke the phone. It is opened once it is here. */
import { linkInAddress } from '../web/login.ts';

/** The address keeps nothing of it: a page that is opened anew begins with its list. */
function inAddress(): string | null {
  if (location.hash.length < 2 || linkInAddress() !== null) return null;
  try {
    return decodeURIComponent(location.hash.slice(1));
  } catch {
    return null;
  } finally {
    history.replaceState(null, '', location.pathname);
  }
}

export interface Called {
  /** Alerts came in. */
  look(): void;
}

/** As `core/push` says it: SHA-256, base64url, cut. */
async function numberOf(alert: string): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(alert)));
  return btoa(String.fromCharCode(...hash))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .slice(0, 22);
}

/** A link has the id of an alert, what woke the phone its number. */
async function meant(wanted: string, alerts: readonly string[]): Promise<string | undefined> {
  if (alerts.includes(wanted)) return wanted;
  for (const one of alerts) if (crypto.subtle && (await numberOf(one)) === wanted) return one;
  return undefined;
}

export function openCalled(alerts: () => readonly string[], open: (alert: string) => void): Called {
  let wanted = inAddress();
  const look = async (): Promise<void> => {
    const asked = wanted;
    const alert = asked === null ? undefined : await meant(asked, alerts());
    if (alert === undefined || wanted !== asked) return;
    wanted = null;
    open(alert);
  };
  const want = (alert: string | null): void => {
    wanted = alert ?? wanted;
    void look();
  };
  window.addEventListener('hashchange', () => want(inAddress()));
  navigator.serviceWorker?.addEventListener('message', ({ data }: MessageEvent<{ readonly open?: unknown } | null>) =>
    want(typeof data?.open === 'string' ? data.open : null),
  );
  return { look: () => void look() };
}

/** The worker of the page; where the browser lets it, it looks for alerts while the page is closed. */
export async function startWorker(): Promise<void> {
  const registration = await navigator.serviceWorker?.register('/patrol/worker.js', { scope: '/patrol/' });
  // An installed page alone has it.
  const { periodicSync } = (registration ?? {}) as {
    periodicSync?: { register(tag: string, options: object): Promise<void> };
  };
  await periodicSync?.register('alerts', { minInterval: 900_000 });
}
