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

export function openCalled(has: (alert: string) => boolean, open: (alert: string) => void): Called {
  let wanted = inAddress();
  const look = (): void => {
    if (wanted === null || !has(wanted)) return;
    const alert = wanted;
    wanted = null;
    open(alert);
  };
  const want = (alert: string | null): void => {
    wanted = alert ?? wanted;
    look();
  };
  window.addEventListener('hashchange', () => want(inAddress()));
  navigator.serviceWorker?.addEventListener('message', ({ data }: MessageEvent<{ readonly open?: unknown } | null>) =>
    want(typeof data?.open === 'string' ? data.open : null),
  );
  return { look };
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
