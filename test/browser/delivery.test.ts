import path from 'node:path';
import test from 'ava';
import type { Browser } from 'playwright-core';
import { buildPage, type Page } from '../../daemons/console/web/build.ts';
import { openDeskAt } from '../../daemons/core/adapters/centre.ts';
import { openRecords } from '../../daemons/core/adapters/records.sqlite.ts';
import type { Deed } from '../../daemons/core/values/desk.ts';
import { freshFolder } from '../core/spool/keeping.ts';
import { alertArrival, sampleAlert } from '../support/alerts.ts';
import { openBrowser } from '../support/chromium.ts';
import { openConsole } from '../support/console.ts';
import { needs } from '../support/needs.ts';
import { sidewaysOf, violationsOf } from './axe.ts';
import { openPage, takePicture } from './browser.ts';

const walk = needs('chromium', 'delivery on the console') ? test.serial : test.serial.skip;
let browser: Browser;
let page: Page;

test.before(async () => {
  page = await buildPage();
  browser = await openBrowser('none');
});
test.after.always(() => browser?.close());

const tell = (unit: string, way: 'page' | 'ntfy' | 'sms', step: number, grouped = false): Deed => ({
  ...{ what: 'tell', unit, way, step, grouped },
});
const told = (unit: string, way: 'ntfy' | 'sms', step: number, why: string | null = null): Deed => ({
  ...{ what: 'told', unit, way, step, state: why === null ? 'sent' : 'failed', why },
});

walk(
  'the console shows who was told which way, what each answered, each apart, and that a chain is over',
  async (t) => {
    const file = path.join(freshFolder(t), 'centre.db');
    const records = await openRecords(file);
    const desk = await openDeskAt(file);
    const server = await openConsole(records, { page, desk });
    t.teardown(async () => {
      await server.stop();
      await desk.close();
      await records.close();
    });
    let key = 0;
    const act = async (alert: string, deed: Deed, unit?: string): Promise<void> => {
      key += 1;
      const role = unit ? 'patrol' : 'centre';
      const done = await desk.act({ alert, by: unit ?? 'centre', role, atMs: Date.now() + key, deed, unit });
      t.is(done?.why, null);
    };
    await records.commit(
      ['a1', 'a2'].map((id, i) => alertArrival(sampleAlert(id), i + 1)),
      Date.now(),
    );
    const why = 'timeout: ntfy.example: no answer within 10 s';
    for (const deed of [tell('red-1', 'page', 0), tell('red-1', 'ntfy', 1), told('red-1', 'ntfy', 1, why)])
      await act('a1', deed);
    for (const deed of [tell('red-1', 'sms', 2, true), told('red-1', 'sms', 2)]) await act('a1', deed);
    await act('a1', { what: 'received' }, 'red-1');
    await act('a1', tell('duty', 'sms', 3));
    await act('a1', { what: 'chain-over', why: 'nobody acknowledged: red-1 by ntfy, duty by sms' });
    const heads = { 'en-GB': 'Delivery', 'ru-RU': 'Оповещение', 'kk-KZ': 'Хабарлау' } as const;
    for (const [locale, head] of Object.entries(heads)) {
      const colorScheme = locale === 'ru-RU' ? 'dark' : 'light';
      const { page: tab, wrongs } = await openPage(t, browser, server.url, { locale, colorScheme });
      const row = tab.locator('#pane-alerts .row', { has: tab.locator('[data-alert="a1"]') });
      await row.getByText('☎').waitFor();
      await row.locator('.row-open').click();
      const block = tab.locator('.panel .block', { has: tab.getByRole('heading', { name: head, exact: true }) });
      await block.locator('.chain-over').waitFor();
      t.deepEqual(await block.locator('h4').allInnerTexts(), ['duty', 'red-1']);
      t.is(await block.locator('.tried li').count(), 4);
      await block.scrollIntoViewIfNeeded();
      t.deepEqual(await violationsOf(tab), [], locale);
      t.true((await sidewaysOf(tab)) <= 0, locale);
      t.log(await takePicture(tab, `delivery-${locale}`));
      if (locale === 'en-GB') {
        const red = block.locator('.told', { has: tab.getByRole('heading', { name: 'red-1' }) });
        t.deepEqual(
          (await red.locator('.tried li').allInnerTexts()).map((line) =>
            line.replaceAll(/\s+/g, ' ').replaceAll(/\d\d:\d\d:\d\d/g, 'T'),
          ),
          [
            '▣Patrol page on its page · T',
            `✗Push (ntfy) failed · T ${why}`,
            '✓SMS sent · T · with others in one message',
          ],
        );
        const answers = async () =>
          (await red.locator('dd').allInnerTexts()).map((one) => one.replace(/\d\d:\d\d:\d\d/, 'T'));
        t.deepEqual(await answers(), ['✓ T red-1', 'not yet', 'not yet', 'not yet', 'not yet']);
        await act('a1', { what: 'seen' }, 'red-1');
        await red.getByText('not yet').nth(3).waitFor({ state: 'detached' });
        t.deepEqual(await answers(), ['✓ T red-1', '✓ T red-1', 'not yet', 'not yet', 'not yet']);
      }
      await tab.locator('[data-alert="a2"]').click();
      await block.locator('.note').first().waitFor();
      t.deepEqual(wrongs, []);
    }
    const { page: phone } = await openPage(t, browser, `${server.url}/#a1`, { viewport: { width: 390, height: 844 } });
    await phone.locator('.told').first().waitFor();
    t.true((await sidewaysOf(phone)) <= 0);
    await act('a1', { what: 'acknowledge' }, 'duty');
    const duty = phone.locator('.told').first();
    await duty.getByText('not yet').nth(2).waitFor({ state: 'detached' });
    await duty.locator('.tried').scrollIntoViewIfNeeded();
    t.log(await takePicture(phone, 'delivery-phone'));
  },
);
