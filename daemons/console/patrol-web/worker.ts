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
import { openVault } from './vault.ts';
import { offerOf, sayOff, sayOn } from './wake-say.ts';
import { keepOrWipe } from './wipe.ts';
import { notificationOf, type WakeLanguage, type WakeWords, type Woken, wokenIn } from './woken.ts';

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
interface Pushed extends Waiting {
  readonly data: { text(): string } | null;
}
interface Changed extends Waiting {
  readonly oldSubscription?: PushSubscription | null;
  readonly newSubscription?: PushSubscription | null;
}
interface Window {
  readonly url: string;
  readonly visibilityState: string;
  focus(): Promise<unknown>;
  postMessage(message: { readonly open: string }): void;
}
interface WorkerScope {
  readonly location: Location;
  readonly registration: ServiceWorkerRegistration;
  readonly clients: {
    claim(): Promise<void>;
    matchAll(options: { readonly type: 'window'; readonly includeUncontrolled: true }): Promise<readonly Window[]>;
    openWindow(url: string): Promise<unknown>;
  };
  skipWaiting(): Promise<void>;
  addEventListener(type: string, listener: (event: never) => void): void;
}
/** Written in by the build. */
declare const build: string;
declare const files: readonly string[];
declare const wakeWords: Readonly<Record<WakeLanguage, WakeWords>>;

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
async function look(isToShow: boolean): Promise<void> {
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
  if (worst && isToShow && Notification.permission === 'granted') {
    const about = fresh.length === 1 ? 'alert' : 'group';
    await show(vault, {
      ...wokenIn(null),
      about,
      severity: worst,
      alert: fresh.length === 1 ? (arrived[0] ?? null) : null,
    });
  }
  await sendWords(vault, who);
}

/** In the language of the phone, where it is known. */
async function show(vault: Vault, woken: Woken): Promise<void> {
  const language = (await vault.read<WakeLanguage>(names.language)) ?? woken.language;
  await scope.registration.showNotification(...notificationOf(woken, wakeWords[language]));
}

/**
 * It is shown before anything is asked, as browsers want it. That it was is no word that the alert arrived: this is said when the alert itself
 * came, by whoever is logged in.
 */
async function wake(text: string | null): Promise<void> {
  const vault = await openVault();
  await show(vault, wokenIn(text));
  await look(false);
}

/** The browser has another subscription: the centre is told of it, or wakes nobody here. */
async function subscribeAnew({ oldSubscription: old, newSubscription: fresh }: Changed): Promise<void> {
  const vault = await openVault();
  const who = await whoIn(vault);
  const key = who && (await offerOf(fetch))?.publicKey;
  if (!who || !key) return;
  const options = { userVisibleOnly: true, applicationServerKey: key };
  const one = fresh ?? (await scope.registration.pushManager.subscribe(options));
  await sayOn(fetch, who.csrf, one);
  if (old && old.endpoint !== one.endpoint) await sayOff(fetch, who.csrf, old.endpoint);
}

/**
 * A page is not this worker's yet in its first seconds, and never is after a reload past the cache: it is open all the same. The console beside it is
 * another's.
 */
const openPages = async (): Promise<readonly Window[]> =>
  (await scope.clients.matchAll({ type: 'window', includeUncontrolled: true })).filter(({ url }) =>
    new URL(url).pathname.startsWith('/patrol/'),
  );
const isOpenPage = async (): Promise<boolean> =>
  (await openPages()).some(({ visibilityState }) => visibilityState === 'visible');

scope.addEventListener('sync', (event: Waiting) => {
  const send = async (): Promise<void> => {
    const vault = await openVault();
    const who = await whoIn(vault);
    if (who) await sendWords(vault, who);
  };
  event.waitUntil(send());
});
scope.addEventListener('periodicsync', (event: Waiting) => {
  event.waitUntil(isOpenPage().then((isOpen) => (isOpen ? undefined : look(true))));
});
scope.addEventListener('notificationclick', (event: Clicked) => {
  const { notification } = event;
  notification.close();
  const alert = (notification.data as { readonly alert?: string | null } | null)?.alert ?? null;
  const open = async (): Promise<unknown> => {
    const [page] = await openPages();
    if (!page) return scope.clients.openWindow(`/patrol/${alert === null ? '' : `#${encodeURIComponent(alert)}`}`);
    if (alert !== null) page.postMessage({ open: alert });
    return page.focus();
  };
  event.waitUntil(open());
});
scope.addEventListener('push', (event: Pushed) => event.waitUntil(wake(event.data?.text() ?? null)));
scope.addEventListener('pushsubscriptionchange', (event: Changed) => event.waitUntil(subscribeAnew(event)));
