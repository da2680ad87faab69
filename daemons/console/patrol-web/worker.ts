/**
 * The page's own worker: the shell without a network, words that wait sent when there is signal, and alerts told of while no page is open where the browser
 * lets it. It never answers for /api/.
 */
import type { News } from '../web/board.ts';
import { askAhead, openClock, readClocks } from './clock.ts';
import type { Vault } from './kept.ts';
import { arrivedIn, type Held, names, newWord, type Who } from './kept.ts';
import { request, sending } from './post.ts';
import { settle } from './queue.ts';
import { shakes } from './sound.ts';
import { openVault } from './vault.ts';
import { keepOrWipe } from './wipe.ts';

interface Waiting extends Event {
  waitUntil(promise: Promise<unknown>): void;
}
interface Asking extends Waiting {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface Clicked extends Waiting {
  readonly notification: Notification;
}
interface WorkerScope {
  readonly location: Location;
  readonly registration: ServiceWorkerRegistration;
  readonly clients: {
    claim(): Promise<void>;
    matchAll(options: {
      readonly type: 'window';
    }): Promise<readonly { readonly visibilityState: string; focus(): Promise<unknown> }[]>;
    openWindow(url: string): Promise<unknown>;
  };
  skipWaiting(): Promise<void>;
  addEventListener(type: string, listener: (event: never) => void): void;
}
/** Written in by the build. */
declare const build: string;
declare const files: readonly string[];

const scope = self as unknown as WorkerScope;
const cacheName = `fieldpost-patrol-${build}`;
const clock = openClock(null, readClocks, crypto.randomUUID());

scope.addEventListener('install', (event: Waiting) => {
  event.waitUntil(
    caches
      .open(cacheName)
      .then((cache) => cache.addAll(files))
      .then(() => scope.skipWaiting()),
  );
});

scope.addEventListener('activate', (event: Waiting) => {
  const drop = async (): Promise<void> => {
    for (const name of await caches.keys())
      if (name.startsWith('fieldpost-patrol-') && name !== cacheName) await caches.delete(name);
    await scope.clients.claim();
  };
  event.waitUntil(drop());
});

scope.addEventListener('fetch', (event: Asking) => {
  const { pathname, origin } = new URL(event.request.url);
  if (origin !== scope.location.origin || event.request.method !== 'GET' || !files.includes(pathname)) return;
  event.respondWith(shellFile(event.request, pathname));
});

/** From the cache first: a page that waits for one bar of signal is no page. */
async function shellFile(asked: Request, pathname: string): Promise<Response> {
  const cache = await caches.open(cacheName);
  const kept = await cache.match(pathname);
  if (kept) return kept;
  const answer = await fetch(asked);
  // After a wipe the shell comes back with the next look.
  if (answer.ok) await cache.put(pathname, answer.clone());
  return answer;
}

/** Who was logged in here; null: nobody. Age is judged by the page, which knows its clocks; here it is the centre that says what may stay. */
async function whoIn(vault: Vault): Promise<Who | null> {
  const who = await vault.read<Who>(names.who);
  return who && who.account !== '' ? who : null;
}

async function sendWords(vault: Vault, { account, csrf }: Who): Promise<void> {
  const inTurn = async (): Promise<void> => {
    const aheadMs = await askAhead(fetch);
    if (aheadMs === null) throw new Error('the centre was not heard');
    clock.hear(aheadMs);
    const settled = await settle({
      ...{ keep: vault.words, account, now: clock.now },
      send: sending(fetch, () => csrf),
    });
    if (settled === 'over') await keepOrWipe(vault, fetch, account);
    // The browser tries again later, at longer and longer times.
    if (settled === 'later') throw new Error('the centre was not heard');
  };
  await navigator.locks.request('fieldpost-patrol-words', inTurn);
}

/** Tells the centre that alerts arrived, and the person that they are there. */
async function look(): Promise<void> {
  const vault = await openVault();
  const who = await whoIn(vault);
  if (!who) return;
  const { status, body, centreMs } = await request(fetch, 'GET', '/api/state');
  if (status === 401) return void (await keepOrWipe(vault, fetch, who.account));
  if (status !== 200 || who.unit === null) return;
  if (centreMs !== null) clock.hear(centreMs + 500 - Date.now());
  const { alerts, devices } = body as News;
  const arrived = arrivedIn(alerts, who.unit, await vault.words.all());
  for (const alert of arrived)
    await vault.words.put(newWord(who.account, { alert, deed: { what: 'received' } }, clock.now()));
  const gone = (await vault.read<Held>(names.held))?.gone ?? [];
  await vault.write(names.held, { alerts, devices, gone } satisfies Held);
  const fresh = alerts.filter(({ alert }) => arrived.includes(alert.id));
  const worst = (['critical', 'warning', 'info'] as const).find((one) =>
    fresh.some(({ alert }) => alert.severity === one),
  );
  // On a locked screen no kind and no place: whoever finds the phone reads it.
  if (worst && Notification.permission === 'granted')
    await scope.registration.showNotification('Fieldpost', {
      ...{ body: (await vault.read<string>(names.notice)) ?? '', tag: 'alert', icon: '/patrol/icon-192.png' },
      ...({ renotify: true, vibrate: shakes[worst] } as object),
    });
  await sendWords(vault, who);
}

const isOpenPage = async (): Promise<boolean> =>
  (await scope.clients.matchAll({ type: 'window' })).some(({ visibilityState }) => visibilityState === 'visible');

scope.addEventListener('sync', (event: Waiting) => {
  const send = async (): Promise<void> => {
    const vault = await openVault();
    const who = await whoIn(vault);
    if (who) await sendWords(vault, who);
  };
  event.waitUntil(send());
});
scope.addEventListener('periodicsync', (event: Waiting) => {
  event.waitUntil(isOpenPage().then((isOpen) => (isOpen ? undefined : look())));
});
scope.addEventListener('notificationclick', (event: Clicked) => {
  event.notification.close();
  const open = async (): Promise<unknown> => {
    const [page] = await scope.clients.matchAll({ type: 'window' });
    return page ? page.focus() : scope.clients.openWindow('/patrol/');
  };
  event.waitUntil(open());
});
