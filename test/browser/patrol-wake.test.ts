import test from 'ava';
import type { Browser, Page as Tab } from 'playwright-core';
import { offerKey } from '../../daemons/core/ports/accounts.ts';
import { numberOf } from '../../daemons/core/push/message.ts';
import { openBrowser } from '../support/chromium.ts';
import { needs } from '../support/needs.ts';
import { sidewaysOf, violationsOf } from './axe.ts';
import { takePicture, until } from './browser.ts';
import { deedsOf, openPhone, openSite, phone, type Site, small, workerHolds } from './patrol-phone.ts';

const walk = needs('chromium', 'a phone of a patrol that is woken') ? test.serial : test.serial.skip;
let browser: Browser;

test.before(async () => {
  browser = await openBrowser('none');
});
test.after.always(() => browser?.close());

const host = 'push.example';
const vapid = 'BDd3_hVL9fZi9Ybo2UUzA284WG5FZR30_95YeZJsiApwXKpNcF1rRPF3foIiBHXRdJI2Qhumhf6_LFTeZaNndIo';
const offer = (site: Site) => site.login.store.accounts.offers.add(offerKey, 'x', { publicKey: vapid, hosts: [host] });
const phonesOf = async (site: Site) => (await site.login.store.accounts.phones.all()).map(({ endpoint }) => endpoint);

/**
 * The one edge that is not real: no push service can be reached from here, so what a browser answers to `subscribe` comes from the test. A name
 * in place of an endpoint is an error of that name.
 */
const standIn = (tab: Tab, answer: string) =>
  tab.addInitScript(
    ([said, key]) => {
      let subscribed: object | null = null;
      const options = {
        userVisibleOnly: true,
        applicationServerKey: Uint8Array.from(atob(key.replaceAll('-', '+').replaceAll('_', '/')), (one) =>
          one.charCodeAt(0),
        ).buffer,
      };
      const keys = { p256dh: key, auth: 'AAAAAAAAAAAAAAAAAAAAAA' };
      const unsubscribe = async (): Promise<boolean> => {
        subscribed = null;
        return true;
      };
      Object.assign(PushManager.prototype, {
        getSubscription: async () => subscribed,
        subscribe: async () => {
          if (!said.startsWith('https:')) throw new DOMException('not here', said);
          subscribed = {
            endpoint: said,
            options,
            unsubscribe,
            toJSON: () => ({ endpoint: said, expirationTime: null, keys }),
          };
          return subscribed;
        },
      });
    },
    [answer, vapid] as const,
  );

const stands = (tab: Tab, wake: string) => tab.locator(`[data-wake="${wake}"]`).waitFor();
const wakeButton = (tab: Tab, one: 'on' | 'off') => tab.locator(`[data-key="wake ${one}"]`);

async function openWaking(t: Parameters<typeof openPhone>[0], site: Site, answer: string, options = {}) {
  const watched = await openPhone(t, browser, site, { permissions: ['notifications'], ...options });
  await standIn(watched.page, answer);
  await watched.page.reload();
  await watched.page.locator('[data-key="menu"]').click();
  return watched;
}

walk(
  'a phone is switched on by a tap and off again; the centre has it as long as that; after a login that was taken away it has none',
  async (t) => {
    const site = await openSite(t);
    await offer(site);
    const { page: tab, wrongs } = await openWaking(t, site, `https://${host}/send/1`);
    await stands(tab, 'off');
    t.deepEqual(await phonesOf(site), [], 'nothing without a tap');
    await wakeButton(tab, 'on').click();
    await stands(tab, 'on');
    t.deepEqual(await phonesOf(site), [`https://${host}/send/1`]);
    const [kept] = await site.login.store.accounts.phones.all();
    t.like(kept, { account: site.patrol.name, unit: 'patrol-3', p256dh: vapid });
    // The centre forgot it: the page says it anew at its start.
    await site.login.store.accounts.phones.dropOf(site.patrol.name);
    await tab.reload();
    await until(async () => (await phonesOf(site)).length === 1);
    await tab.locator('[data-key="menu"]').click();
    await stands(tab, 'on');
    await wakeButton(tab, 'off').click();
    await stands(tab, 'off');
    t.deepEqual(await phonesOf(site), []);
    await wakeButton(tab, 'on').click();
    await stands(tab, 'on');
    await site.supervisor.caller.call('POST', `/api/accounts/${site.patrol.name}`, { what: 'disable' });
    t.deepEqual(await phonesOf(site), []);
    t.deepEqual(wrongs, []);
  },
);

walk(
  'what stands in the way is said: off at the centre, refused by the browser, a push service that is not allowed or away, no https, no push',
  async (t) => {
    const site = await openSite(t);
    const { page: closed } = await openWaking(t, site, `https://${host}/send/1`);
    await stands(closed, 'no-centre');
    t.is(await wakeButton(closed, 'on').count(), 0);
    await offer(site);
    const tries = [
      ['NotAllowedError', 'refused'],
      ['AbortError', 'failed'],
      ['https://elsewhere.example/send/1', 'failed'],
    ] as const;
    for (const [answer, wake] of tries) {
      const { page: tab } = await openWaking(t, site, answer);
      await stands(tab, 'off');
      await wakeButton(tab, 'on').click();
      await stands(tab, wake);
      t.is(await wakeButton(tab, 'on').getAttribute('aria-pressed'), 'false');
      await tab.context().close();
    }
    // What other browsers lack is taken from this one.
    const lacks = [
      ['no-browser', 'delete window.PushManager'],
      [
        'no-install',
        'delete window.PushManager; Object.defineProperty(Navigator.prototype, "standalone", { value: false })',
      ],
      ['no-https', 'Object.defineProperty(window, "isSecureContext", { value: false })'],
    ] as const;
    for (const [wake, script] of lacks) {
      const { page: tab } = await openPhone(t, browser, site);
      await tab.addInitScript(script);
      await tab.reload();
      await tab.locator('[data-key="menu"]').click();
      await stands(tab, wake);
      t.is(await wakeButton(tab, 'on').count(), 0, wake);
      await tab.context().close();
    }
    t.deepEqual(await phonesOf(site), []);
  },
);

walk(
  'a push wakes the worker: it shows how severe it is and no more, in the language of the phone, tells the centre that the alert came, and a tap opens it',
  async (t) => {
    const site = await openSite(t);
    const { page: tab } = await openPhone(t, browser, site, { permissions: ['notifications'] });
    await workerHolds(tab);
    await tab.locator('[data-key="menu"]').click();
    await tab.getByRole('button', { name: 'Русский' }).click();
    await tab.getByRole('heading', { name: 'Меню' }).waitFor();
    // Nobody looks any more: what is told now is told by the worker alone.
    await tab.goto('about:blank');
    await site.raise('a/1', { kind: 'vapour.ammonia' });
    const cdp = await tab.context().newCDPSession(tab);
    const registrations: { registrationId: string; scopeURL: string }[] = [];
    cdp.on('ServiceWorker.workerRegistrationUpdated', (event) => registrations.push(...event.registrations));
    await cdp.send('ServiceWorker.enable');
    await until(async () => registrations.length > 0);
    const push = (said: object | string) =>
      cdp.send('ServiceWorker.deliverPushMessage', {
        origin: new URL(site.url).origin,
        registrationId: registrations.at(-1)?.registrationId ?? '',
        data: typeof said === 'string' ? said : JSON.stringify(said),
      });
    const call = {
      v: 1,
      about: 'alert',
      severity: 'critical',
      language: 'en',
      alert: 'a/1',
      tag: 't1',
      drill: false,
      simulated: false,
    };
    await push(call);
    await until(async () => (await deedsOf(site, 'a/1')).includes('received'));
    t.deepEqual(await deedsOf(site, 'a/1'), ['received'], 'seen is for a person');
    const back = await tab.context().newPage();
    await back.goto(`${site.url}/patrol/manifest.webmanifest`);
    await back.goto(`${site.url}/patrol/`);
    const shown = () =>
      back.evaluate(async () => {
        const registration = await navigator.serviceWorker.ready;
        return (await registration.getNotifications()).map(({ title, body, tag, data }) => ({
          title,
          body,
          tag,
          data,
        }));
      });
    await until(async () => (await shown()).length === 1);
    t.deepEqual(await shown(), [
      { title: 'Fieldpost', body: 'Критическая: ждёт вызов', tag: 't1', data: { alert: 'a/1' } },
    ]);
    await push({ ...call, about: 'ended', severity: 'info' });
    await until(async () => (await shown())[0]?.body === 'Вызов окончен');
    t.is((await shown()).length, 1, 'in the place of the call');
    await push({ ...call, tag: 't2', about: 'group', severity: 'warning', drill: true, alert: null });
    await push('garbage \u0000');
    await until(async () => (await shown()).length === 3);
    const bodies = (await shown()).map(({ body }) => body).sort();
    t.deepEqual(bodies, ['Вызов окончен', 'Предупреждение: ждёт вызов', 'УЧЕНИЕ: Предупреждение: ждут вызовы']);
    t.log(await takePicture(back, 'patrol-woken'));
  },
);

walk('a link to an alert opens it, and a page that is there opens what its worker says', async (t) => {
  const site = await openSite(t);
  await site.raise('a/1');
  await site.raise('b');
  const { page: tab } = await openPhone(t, browser, site, { permissions: ['notifications'] });
  await tab.goto('about:blank');
  await tab.goto(`${site.url}/patrol/#a%2F1`);
  await tab.locator('[data-key="do acknowledge"]').waitFor();
  await until(async () => (await deedsOf(site, 'a/1')).includes('seen'));
  t.is(new URL(tab.url()).hash, '');
  await tab.locator('[data-key="back"]').click();
  await workerHolds(tab);
  // A reload past the cache leaves a page without its worker, as a first look has none yet.
  const inspector = await tab.context().newCDPSession(tab);
  await Promise.all([tab.waitForEvent('load'), inspector.send('Page.reload', { ignoreCache: true })]);
  await tab.getByRole('heading', { name: 'My alerts' }).waitFor();
  t.is(await tab.evaluate(() => navigator.serviceWorker.controller), null);
  // A tap on a notification is not to be had here: the worker is given the event that it makes.
  const [worker] = tab.context().serviceWorkers();
  const tapped = async (): Promise<readonly string[]> =>
    (await worker?.evaluate(async (number) => {
      interface Scope {
        registration: ServiceWorkerRegistration;
        NotificationEvent: new (type: string, init: object) => Event;
        Clients: { prototype: object };
      }
      const scope = globalThis as unknown as Scope;
      const opened: string[] = [];
      Object.assign(scope.Clients.prototype, { openWindow: async (url: string) => void opened.push(url) });
      await scope.registration.showNotification('x', { data: { alert: number } });
      const [notification] = await scope.registration.getNotifications();
      globalThis.dispatchEvent(new scope.NotificationEvent('notificationclick', { notification }));
      while ((await scope.registration.getNotifications()).length > 0)
        await new Promise((done) => setTimeout(done, 20));
      await new Promise((done) => setTimeout(done, 200));
      return opened;
    }, numberOf('b'))) ?? [];
  t.deepEqual(await tapped(), [], 'the page that is there');
  await until(async () => (await deedsOf(site, 'b')).includes('seen'));
});

walk(
  'the switch from 320 px, in three languages and both themes: nothing overflows, every target is for gloves, WCAG 2.2 AA',
  async (t) => {
    const site = await openSite(t);
    await offer(site);
    const viewport = { ...phone, viewport: { width: 320, height: 700 } };
    const { page: tab, wrongs } = await openWaking(t, site, `https://${host}/send/1`, viewport);
    for (const [language, theme, wake] of [
      ['English', 'sun', 'on'],
      ['Русский', 'night', 'off'],
      ['Қазақша', 'sun', 'on'],
      ['English', 'night', 'off'],
    ] as const) {
      await tab.getByRole('button', { name: language }).click();
      await tab.locator(`[data-key="choose ${theme}"]`).click();
      await wakeButton(tab, wake).click();
      await stands(tab, wake);
      t.deepEqual(await violationsOf(tab), [], language);
      t.true((await sidewaysOf(tab)) <= 0, language);
      t.deepEqual(await small(tab), [], language);
      await tab.screenshot({ path: await takePicture(tab, `patrol-wake-${theme}-${language}`), fullPage: true });
    }
    t.deepEqual(wrongs, []);
  },
);
