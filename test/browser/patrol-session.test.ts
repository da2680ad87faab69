import test from 'ava';
import type { Browser, Page as Tab } from 'playwright-core';
import { totpAt } from '../../daemons/core/access/totp.ts';
import { openBrowser } from '../support/chromium.ts';
import { goodPassword } from '../support/login.ts';
import { needs } from '../support/needs.ts';
import { violationsOf } from './axe.ts';
import { takePicture, until } from './browser.ts';
import { deedsOf, isOffline, openPhone, openSite, row, small, workerHolds } from './patrol-phone.ts';

const walk = needs('chromium', 'the end of a login of a patrol in a browser') ? test.serial : test.serial.skip;
let browser: Browser;

test.before(async () => {
  browser = await openBrowser('none');
});
test.after.always(() => browser?.close());

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
    const { page: tab } = await openPhone(t, browser, site);
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

walk(
  'two units see who else goes; what is taken away on the way is said and leaves no place here; what is closed says so',
  async (t) => {
    const site = await openSite(t);
    await site.raise('a1');
    await site.raise('a2', { kind: 'vapour.toluene', severity: 'info' });
    const { page: tab } = await openPhone(t, browser, site);
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
