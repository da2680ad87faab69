import test, { type ExecutionContext } from 'ava';
import type { Browser, Page as Tab } from 'playwright-core';
import { totpAt } from '../../daemons/core/access/totp.ts';
import { openBrowser } from '../support/chromium.ts';
import { locatedAlert, post } from '../support/located.ts';
import { goodPassword } from '../support/login.ts';
import { needs } from '../support/needs.ts';
import { openPatrolSite, storageOf, unit } from '../support/patrol-site.ts';
import { sidewaysOf, violationsOf } from './axe.ts';
import { openPage, takePicture, until } from './browser.ts';

const walk = needs('chromium', 'the page of patrols in a browser') ? test.serial : test.serial.skip;
let browser: Browser;

test.before(async () => {
  browser = await openBrowser('none');
});
test.after.always(() => browser?.close());

type Site = Awaited<ReturnType<typeof openPatrolSite>>;

async function openSite(t: ExecutionContext): Promise<Site> {
  const site = await openPatrolSite();
  t.teardown(site.stop);
  return site;
}

const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true } as const;

async function openPhone(t: ExecutionContext, site: Site, options = {}) {
  const storageState = storageOf(site.patrol.caller);
  const watched = await openPage(t, browser, `${site.url}/patrol/`, { ...phone, storageState, ...options });
  await watched.page.getByRole('heading', { name: 'My alerts' }).waitFor();
  return watched;
}

const row = (tab: Tab, id: string) => tab.locator(`[data-alert="${id}"]`);
const isOffline = (tab: Tab, is: boolean) => tab.context().setOffline(is);
const deedsOf = async (site: Site, id: string): Promise<readonly string[]> =>
  (await site.actsOf(id)).filter(({ role }) => role === 'patrol').map(({ deed }) => deed.what);
const toldOf = async (site: Site, id: string) =>
  (await site.desk.record(id))?.desk?.told?.find((one) => one.unit === unit);
/** The worker holds the page: without a network it is there. */
const workerHolds = (tab: Tab) =>
  tab.evaluate(async () => {
    await navigator.serviceWorker.ready;
    while ((await caches.keys()).length === 0) await new Promise((resolve) => setTimeout(resolve, 50));
  });

walk(
  'a whole call without signal and back: each word once on the server, help is NOT SENT until a dispatcher has it',
  async (t) => {
    const site = await openSite(t);
    await site.raise('a1');
    const { page: tab, wrongs } = await openPhone(t, site, {
      permissions: ['geolocation'],
      geolocation: { latitude: 51.18, longitude: 71.46 },
    });
    await row(tab, 'a1').waitFor();
    await until(async () => (await toldOf(site, 'a1'))?.received != null);
    t.is((await toldOf(site, 'a1'))?.seen, null);
    await tab.getByRole('button', { name: 'Menu' }).click();
    await tab.getByRole('button', { name: 'Show distance and bearing' }).click();
    await tab.locator('[data-key="back"]').click();
    await row(tab, 'a1')
      .getByText(/1\.\d+\skm SW 2\d\d°/)
      .waitFor();
    t.log(await takePicture(tab, 'patrol-list'));
    await row(tab, 'a1').click();
    await until(async () => (await toldOf(site, 'a1'))?.seen != null);
    await tab.getByText('18.4 ppm').waitFor();
    await tab.getByText('6.1 % of IDLH').waitFor();
    await workerHolds(tab);
    t.log(await takePicture(tab, 'patrol-call'));

    await isOffline(tab, true);
    await tab.getByRole('button', { name: 'Acknowledge: we go' }).click();
    await tab.getByText('Waits for signal').first().waitFor();
    await tab.getByRole('button', { name: 'On scene' }).click();
    await tab.getByRole('button', { name: 'Lawful source' }).click();
    await tab.getByLabel('In words').fill('a <b>stable</b>');
    await tab.getByRole('button', { name: 'Report' }).click();
    await tab.getByRole('button', { name: 'HELP' }).click();
    await tab.getByLabel('What is it?').fill('dog');
    await tab.getByRole('button', { name: 'CALL FOR HELP' }).click();
    await tab.getByText('HELP: NOT SENT').waitFor();
    await tab.getByText('Radio: Channel 4').waitFor();
    t.log(await takePicture(tab, 'patrol-offline'));
    await tab.reload();
    await tab.getByText('HELP: NOT SENT').waitFor();
    await tab.getByText('4 wait to be sent').waitFor();
    await row(tab, 'a1').click();
    t.is(await tab.getByText('Waits for signal').count(), 3);
    t.deepEqual(await deedsOf(site, 'a1'), ['received', 'seen']);

    // The first word arrives, and its answer does not.
    let torn = 0;
    await tab.route('**/acts', async (route) => {
      torn += 1;
      if (torn > 1) return route.continue();
      await route.fetch();
      return route.abort();
    });
    await isOffline(tab, false);
    await tab.getByText('It is at the centre; no dispatcher answered yet').waitFor();
    await tab.getByText('HELP: NOT SENT').waitFor();
    t.true(torn > 1);
    t.deepEqual(await deedsOf(site, 'a1'), ['received', 'seen', 'acknowledge', 'on-scene', 'report']);
    t.is((await toldOf(site, 'a1'))?.reported?.text, 'a <b>stable</b>');
    await tab.getByText('Lawful source:').waitFor();
    const help = (await site.records.changes(0, 100)).alerts.filter(({ alert }) => alert.kind === 'patrol.help');
    t.is(help.length, 1);
    t.is(help[0]?.alert.where?.lat, 51.18);
    await site.act(help[0]?.alert.id ?? '', { what: 'acknowledge' });
    await tab.getByText('HELP: dispatcher op-17 has it').waitFor();
    t.is(await tab.getByText('NOT SENT').count(), 0);
    t.log(await takePicture(tab, 'patrol-back'));
    t.deepEqual(wrongs, []);
  },
);

/** Buttons, links and fields that a glove would miss: lower or narrower than 56 px. */
const small = (tab: Tab) =>
  tab.evaluate(() =>
    [...document.querySelectorAll('button, a[href], select, input, textarea')]
      .map((one) => ({ name: one.textContent, box: one.getBoundingClientRect() }))
      .filter(({ box }) => box.width > 0 && (box.width < 55.5 || box.height < 55.5))
      .map(({ name, box }) => `${name}: ${box.width} x ${box.height}`),
  );

walk(
  'three languages, both themes, from 320 px: nothing overflows, every target is for gloves, WCAG 2.2 AA',
  async (t) => {
    const site = await openSite(t);
    await site.raise('a1', locatedAlert('a1'));
    await site.raise('a2', { severity: 'warning', kind: 'vapour.acetone', condition: 'cleared' });
    const { page: tab, wrongs } = await openPhone(t, site, {
      ...{ viewport: { width: 320, height: 700 }, permissions: ['geolocation'] },
      geolocation: { latitude: post.lat + 0.001, longitude: post.lon + 0.002 },
    });
    await tab.locator('[data-key="menu"]').click();
    await tab.locator('[data-key="locate"]').click();
    await tab.locator('[data-key="back"]').click();
    const looked = async (name: string): Promise<void> => {
      t.deepEqual(await violationsOf(tab), [], name);
      t.true((await sidewaysOf(tab)) <= 0, name);
      t.deepEqual(await small(tab), [], name);
      await tab.screenshot({ path: await takePicture(tab, `patrol-${name}`), fullPage: true });
    };
    for (const [language, theme, help] of [
      ['English', 'sun', 'HELP'],
      ['Русский', 'night', 'ПОМОЩЬ'],
      ['Қазақша', 'sun', 'КӨМЕК'],
    ] as const) {
      await tab.locator('[data-key="menu"]').click();
      await tab.getByRole('button', { name: language }).click();
      await tab.locator('[data-key="help"]', { hasText: help }).waitFor();
      await tab.locator(`[data-key="choose ${theme}"]`).click();
      if (language !== 'English') await looked(`menu-${theme}-${language}`);
      await tab.locator('[data-key="back"]').click();
      await looked(`list-${theme}-${language}`);
      await row(tab, 'a1').click();
      await tab.locator('.sketch').waitFor();
      await looked(`call-${theme}-${language}`);
      await tab.locator('[data-key="back"]').click();
    }
    await tab.locator('[data-key="menu"]').click();
    await tab.locator('[data-key="choose night"]').click();
    await tab.locator('[data-key="back"]').click();
    await row(tab, 'a2').click();
    await looked('call-night-over');
    await tab.locator('[data-key="report lawful-source"]').click();
    await looked('report-night');
    t.deepEqual(wrongs, []);
  },
);

/** What lies on the phone, whoever may read it. */
const onPhone = (tab: Tab) =>
  tab.evaluate(async () => {
    const request = indexedDB.open('fieldpost-patrol');
    const db = await new Promise<IDBDatabase>((resolve) => {
      request.onsuccess = () => resolve(request.result);
    });
    const rows = await Promise.all(
      [...db.objectStoreNames].map(
        (store) =>
          new Promise<unknown[]>((resolve) => {
            const all = db.transaction(store).objectStore(store).getAll();
            all.onsuccess = () => resolve(all.result);
          }),
      ),
    );
    db.close();
    const readable = rows.flat().map((one) => {
      const { iv: _, bytes = new ArrayBuffer(0), ...rest } = one as { iv?: unknown; bytes?: ArrayBuffer };
      return new TextDecoder('latin1').decode(bytes) + JSON.stringify(rest);
    });
    return { rows: rows.flat().length, text: readable.join(), caches: await caches.keys() };
  });

walk(
  'a session that came to its end keeps what was pressed for the same person; one that was taken away leaves nothing',
  async (t) => {
    const site = await openSite(t);
    await site.raise('a1');
    const { page: tab } = await openPhone(t, site);
    await row(tab, 'a1').click();
    await tab.locator('.sketch').waitFor();
    await workerHolds(tab);
    await isOffline(tab, true);
    await tab.getByRole('button', { name: 'Acknowledge: we go' }).click();
    await tab.getByText('Waits for signal').waitFor();
    const kept = await onPhone(tab);
    t.true(kept.rows > 3);
    t.notRegex(kept.text, /ammonia|patrol-3|51\.16|acknowledge/i, 'what is kept cannot be read where it lies');
    await site.login.store.accounts.sessions.dropOf(site.patrol.name);
    await isOffline(tab, false);
    await tab.getByText('Your login came to its end. 1 word waits here').waitFor();
    t.deepEqual(await deedsOf(site, 'a1'), ['received', 'seen']);
    t.log(await takePicture(tab, 'patrol-ended'));
    await tab.getByRole('button', { name: 'Log in' }).click();
    await tab.getByLabel('Id, for example').fill(site.patrol.name);
    await tab.getByLabel('Password').fill(goodPassword);
    await tab.getByLabel('Six digits').fill(totpAt(site.patrol.secret, Date.now() + 30_000));
    t.deepEqual(await violationsOf(tab), []);
    t.deepEqual(await small(tab), []);
    await tab.getByRole('button', { name: 'Log in', exact: true }).click();
    await tab.getByLabel('Purpose').fill('patrol');
    await tab.getByLabel('Case number').fill('P-3');
    await tab.getByRole('button', { name: 'Go on' }).click();
    await until(async () => (await deedsOf(site, 'a1')).includes('acknowledge'));

    const disable = { what: 'disable' } as const;
    await isOffline(tab, true);
    await tab.getByRole('button', { name: 'On scene' }).click();
    await tab.getByText('Waits for signal').waitFor();
    const answer = await site.supervisor.caller.call('POST', `/api/accounts/${site.patrol.name}`, disable);
    t.is(answer.status, 200);
    await isOffline(tab, false);
    await tab.getByText('Everything that was on this phone is deleted').waitFor();
    t.is(await row(tab, 'a1').count(), 0);
    const left = await onPhone(tab);
    t.deepEqual([left.rows, left.caches], [0, []]);
    t.deepEqual(await deedsOf(site, 'a1'), ['received', 'seen', 'acknowledge']);
  },
);

walk('a phone whose clock is years off, and is set while there is no signal, tells when it was', async (t) => {
  const site = await openSite(t);
  await site.raise('a1');
  const storageState = storageOf(site.patrol.caller);
  const context = await browser.newContext({ ...phone, storageState });
  t.teardown(() => context.close());
  const tab = await context.newPage();
  await tab.addInitScript(() => {
    const real = Date.now.bind(Date);
    const shifted = globalThis as unknown as { shiftMs: number };
    shifted.shiftMs = -3 * 365 * 86_400_000;
    Date.now = () => real() + shifted.shiftMs;
  });
  await tab.goto(`${site.url}/patrol/`);
  await row(tab, 'a1')
    .getByText(/^\d+ s$/)
    .waitFor();
  await row(tab, 'a1').click();
  await isOffline(tab, true);
  const pressedMs = Date.now();
  await tab.getByRole('button', { name: 'Acknowledge: we go' }).click();
  await tab.getByText('Waits for signal').waitFor();
  await tab.evaluate(() => {
    (globalThis as unknown as { shiftMs: number }).shiftMs = 0;
  });
  await isOffline(tab, false);
  await until(async () => (await toldOf(site, 'a1'))?.acknowledged != null);
  const saidMs = (await toldOf(site, 'a1'))?.acknowledged?.atMs ?? 0;
  // A header tells whole seconds.
  t.true(Math.abs(saidMs - pressedMs) < 5000, `${saidMs - pressedMs} ms off`);
});

walk(
  'two units see who else goes; what is taken away on the way is said and leaves no place here; what is closed says so',
  async (t) => {
    const site = await openSite(t);
    await site.raise('a1');
    await site.raise('a2', { kind: 'vapour.toluene', severity: 'info' });
    const { page: tab } = await openPhone(t, site);
    await row(tab, 'a1').click();
    const other = { by: 'pt-9', role: 'patrol', unit: 'patrol-4', atMs: Date.now() } as const;
    await site.desk.act({ ...other, alert: 'a1', deed: { what: 'acknowledge' } });
    await tab.getByText(/Also there: patrol-4 goes, \d/).waitFor();
    await tab.getByRole('button', { name: 'Acknowledge: we go' }).click();
    await tab.getByText(/Acknowledge: we go: \d/).waitFor();
    await site.act('a1', { what: 'resolve', outcome: 'lawful-source', text: '' });
    await tab.getByText('Closed as “Lawful source” by op-17').waitFor();
    await tab.locator('[data-key="back"]').click();
    await site.act('a2', { what: 'assign', unit: null });
    await site.desk.act({
      alert: 'a2',
      by: 'centre',
      role: 'centre',
      atMs: Date.now(),
      deed: { what: 'judge', dwellings: ['House 12'], rev: 1 },
    });
    await tab.locator('.gone', { hasText: 'Toluene vapour' }).getByText('was taken from this unit').waitFor();
    t.log(await takePicture(tab, 'patrol-gone'));
    await tab.getByRole('button', { name: 'I have read it' }).click();
    await tab.locator('.gone').waitFor({ state: 'detached' });
    t.notRegex(await tab.locator('body').innerText(), /Toluene/);
  },
);
