import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { Browser, BrowserContextOptions, Page as Tab } from 'playwright-core';
import { buildPage, type Page } from '../../daemons/console/web/build.ts';
import { openDeskAt } from '../../daemons/core/adapters/centre.ts';
import { openRecords } from '../../daemons/core/adapters/records.sqlite.ts';
import { alertArrival, sampleAlert } from '../support/alerts.ts';
import { openBrowser } from '../support/chromium.ts';
import { openConsole } from '../support/console.ts';
import { needs } from '../support/needs.ts';
import { sidewaysOf, violationsOf } from './axe.ts';
import { openPage, takePicture } from './browser.ts';

const walk = needs('chromium', 'the desk in a browser') ? test.serial : test.serial.skip;
let browser: Browser;
let page: Page;

test.before(async () => {
  page = await buildPage();
  // The marks are tested elsewhere: drawn in software they take longer than everything here.
  browser = await openBrowser('none');
});
test.after.always(() => browser?.close());

async function openSite(t: ExecutionContext) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-desk-'));
  const file = path.join(folder, 'centre.db');
  const records = await openRecords(file);
  const desk = await openDeskAt(file);
  const server = await openConsole(records, { page, desk });
  t.teardown(async () => {
    await server.stop();
    await desk.close();
    await records.close();
    rmSync(folder, { recursive: true, force: true });
  });
  await records.birth(
    'north',
    'post-7',
    { simulated: true, where: { lat: 51.17, lon: 71.45 }, sensors: [1] },
    Date.now(),
  );
  let seq = 0;
  const raise = (id: string, news = {}) => {
    seq += 1;
    return records.commit([alertArrival(sampleAlert(id, news), seq)], Date.now());
  };
  return { records, desk, server, raise };
}

/** Whoever sits here was asked who they are before. */
async function sit(t: ExecutionContext, url: string, operator: string, options: BrowserContextOptions = {}) {
  const watched = await openPage(t, browser, url, options);
  await watched.page.evaluate(`localStorage.setItem('fieldpost.operator', '${operator}')`);
  await watched.page.reload();
  await watched.page.locator('.tabs').waitFor();
  return watched;
}

const row = (tab: Tab, id: string) => tab.locator('#pane-alerts .row', { has: tab.locator(`[data-alert="${id}"]`) });
const dialog = (tab: Tab) => tab.locator('dialog');

walk(
  'an alert is explained, given to a unit, resolved and taken back, in two browsers and two languages at once',
  async (t) => {
    const site = await openSite(t);
    await site.raise('a1');
    const one = await sit(t, site.server.url, 'op-17');
    const two = await sit(t, site.server.url, 'op-18', { locale: 'ru-RU', colorScheme: 'dark' });
    await row(one.page, 'a1').locator('.row-open').click();
    await one.page.keyboard.press('g');
    await dialog(one.page).getByLabel('Unit').fill('patrol-3');
    await dialog(one.page).getByRole('button', { name: 'Assign' }).click();
    for (const { page: tab } of [one, two]) await row(tab, 'a1').getByText('→ patrol-3').waitFor();
    await row(two.page, 'a1').locator('.row-open').click();
    await two.page.getByRole('button', { name: 'Завершить' }).click();
    await dialog(two.page).getByLabel('Что обнаружено').selectOption('found');
    await dialog(two.page).getByLabel('Словами').fill('бочка <b>за</b> сараем');
    t.deepEqual(await violationsOf(two.page), []);
    await dialog(two.page).getByRole('button', { name: 'Завершить' }).click();
    await row(one.page, 'a1').waitFor({ state: 'detached' });
    await one.page.locator('.panel').getByText('op-18: бочка <b>за</b> сараем').waitFor();
    t.is(await one.page.locator('.panel dd b b').count(), 0);
    await two.page.locator('.toast').getByRole('button', { name: 'Отменить' }).click();
    await row(one.page, 'a1').waitFor();
    await one.page.getByText('What was done').click();
    await one.page.locator('.acts').getByText('Reopened').waitFor();
    await one.page.keyboard.press('/');
    await one.page.locator('#history-text:focus').waitFor();
    await one.page.keyboard.type('a1');
    await one.page.keyboard.press('Enter');
    await one.page.locator('#pane-history').getByText('1 alert', { exact: true }).waitFor();
    await one.page.locator('#pane-history .row-open').click();
    t.deepEqual([...one.wrongs, ...two.wrongs], []);
  },
);

walk(
  'a connection that tears in mid-deed settles once: what arrived is not done again, what did not is said',
  async (t) => {
    const site = await openSite(t);
    await site.raise('a1');
    const { page: tab } = await sit(t, site.server.url, 'op-17');
    await row(tab, 'a1').locator('.row-open').click();
    const note = async (text: string): Promise<void> => {
      await tab.getByRole('button', { name: 'Note', exact: true }).click();
      await dialog(tab).getByLabel('In words').fill(text);
      await dialog(tab).getByRole('button', { name: 'Note' }).click();
    };
    await tab.route('**/acts', async (route) => {
      if (route.request().method() === 'POST') await route.fetch();
      return route.request().method() === 'POST' ? route.abort() : route.continue();
    });
    await note('it arrived');
    await dialog(tab).waitFor({ state: 'detached' });
    await tab.unroute('**/acts');
    await tab.route('**/acts', (route) => (route.request().method() === 'POST' ? route.abort() : route.continue()));
    await note('it did not');
    await dialog(tab).getByText('Not saved: the console did not answer').waitFor();
    t.is(await dialog(tab).getByLabel('In words').inputValue(), 'it did not');
    await tab.unroute('**/acts');
    await dialog(tab).getByRole('button', { name: 'Note' }).click();
    await dialog(tab).waitFor({ state: 'detached' });
    const { acts } = (await (await fetch(`${site.server.url}/api/alerts/a1/acts`)).json()) as { acts: unknown[] };
    t.is(acts.length, 2);
  },
);

walk(
  'a region that touches a dwelling: nobody passes it on before a supervisor corroborated and released it',
  async (t) => {
    const site = await openSite(t);
    await site.raise('a1');
    const atMs = Date.now();
    const deed = { what: 'judge', dwellings: ['House 12'], rev: 1 } as const;
    await site.desk.act({ alert: 'a1', by: 'centre', role: 'centre', atMs, deed });
    const { page: tab, wrongs } = await sit(t, site.server.url, 'su-1');
    await row(tab, 'a1').getByText('⌂ Dwelling').waitFor();
    await row(tab, 'a1').locator('.row-open').click();
    const panel = tab.locator('.panel');
    await panel.getByText('No patrol sees it until').waitFor();
    t.is(await panel.getByRole('button', { name: 'Release to patrols' }).count(), 0);
    for (const step of ['Corroborate', 'Release to patrols']) {
      await panel.getByRole('button', { name: step }).click();
      await dialog(tab).getByLabel('In words').fill('seen from the road');
      await dialog(tab).getByRole('button', { name: step }).click();
      await dialog(tab).waitFor({ state: 'detached' });
    }
    await panel.getByText('Released by su-1').waitFor();
    t.is(await row(tab, 'a1').getByText('⌂ Dwelling').count(), 0);
    t.deepEqual(await violationsOf(tab), []);
    t.deepEqual(wrongs, []);
  },
);

walk('a shift change: who comes takes the shift and each open alert; a drill is framed and in no count', async (t) => {
  const site = await openSite(t);
  await site.raise('a1', { severity: 'warning' });
  await site.records.acknowledge('a1', 'op-17', Date.now());
  const one = await sit(t, site.server.url, 'op-17');
  await one.page.locator('#tab-shift').click();
  await one.page.getByRole('button', { name: 'Take the shift' }).click();
  await one.page.locator('#pane-shift dd').getByText('op-17').waitFor();
  await one.page.getByRole('button', { name: 'Hand over' }).click();
  await dialog(one.page).getByLabel('To whom').fill('op-18');
  await dialog(one.page).getByRole('button', { name: 'Hand over' }).click();
  await one.page.getByText('op-17 → op-18').waitFor();
  const two = await sit(t, site.server.url, 'op-18');
  await two.page.locator('#tab-shift').click();
  await two.page.getByRole('button', { name: 'Take the shift' }).click();
  await two.page.locator('#tab-alerts').click();
  await row(two.page, 'a1').locator('.row-open').click();
  await two.page.locator('.panel').getByRole('button', { name: 'Take over' }).click();
  await two.page.locator('.panel dd').getByText('op-18').waitFor();
  await one.page.getByRole('button', { name: 'Start a drill' }).click();
  await dialog(one.page).getByLabel('What is practised').fill('leak at the dairy');
  await dialog(one.page).getByRole('button', { name: 'Start a drill' }).click();
  await two.page.locator('.strip-drill').getByText('DRILL — NOT REAL. leak at the dairy').waitFor();
  await two.page.locator('#tab-alerts').click();
  await two.page.locator('#pane-alerts .tag-drill').first().waitFor();
  t.is(await two.page.locator('.count b').first().innerText(), '1');
  t.deepEqual(await violationsOf(two.page), []);
  t.log(await takePicture(two.page, 'drill'));
  t.regex(await two.page.title(), /^DRILL /);
  await one.page.getByRole('button', { name: 'End the drill' }).click();
  for (const { page } of [one, two]) await page.locator('.strip-drill').waitFor({ state: 'hidden' });
  t.notRegex(await two.page.title(), /DRILL/);
  t.deepEqual([...one.wrongs, ...two.wrongs], []);
});

walk('a page that was away while a drill began, or ended, comes back to what is so', async (t) => {
  const { records, desk, server: first } = await openSite(t);
  const watching = await sit(t, first.url, 'op-17');
  const tab = watching.page;
  await tab.locator('.link[data-state=live]').waitFor();
  let server = first;
  t.teardown(() => server.stop());
  const away = async (meanwhile: object): Promise<void> => {
    await server.stop();
    await tab.locator('.link[data-state=lost]').waitFor();
    await desk.swap('drill', (await desk.read('drill')).version, meanwhile);
    server = await openConsole(records, { page, desk, port: Number(new URL(first.url).port) });
  };
  await away({ id: 'drill-1', text: 'leak at the dairy', by: 'op-18', startedMs: 1, endsMs: 9e12 });
  await tab.locator('.strip-drill').getByText('leak at the dairy').waitFor();
  await away({ ended: 'drill-1' });
  await tab.locator('.strip-drill').waitFor({ state: 'hidden' });
  t.false(watching.requests.some((url) => url.endsWith('/api/drill')));
});

const sizes = { phone: [320, 640], laptop: [1366, 768], wall: [3840, 2160] } as const;
const people = [
  ['en-GB', 'light'],
  ['ru-RU', 'dark'],
  ['kk-KZ', 'light'],
] as const;

walk(
  'every view, in every language, by day and by night, from a phone to a wall: nothing is cut, axe-core finds nothing',
  async (t) => {
    const site = await openSite(t);
    await site.raise('a1');
    await site.raise('a2', { severity: 'warning', condition: 'cleared', where: null });
    for (const [locale, colorScheme] of people) {
      const { page: tab, wrongs } = await sit(t, site.server.url, 'op-17', { locale, colorScheme });
      for (const [name, [width, height]] of Object.entries(sizes)) {
        await tab.setViewportSize({ width, height });
        for (const view of ['alerts', 'devices', 'history', 'shift']) {
          await tab.locator(`#tab-${view}`).click();
          const where = `${view} ${locale} ${name}`;
          t.true((await sidewaysOf(tab)) <= 0, `${where} scrolls sideways`);
          if (name !== 'wall') t.deepEqual(await violationsOf(tab), [], where);
        }
        await tab.locator('#tab-alerts').click();
        await row(tab, 'a1').locator('.row-open').click();
        t.true((await sidewaysOf(tab)) <= 0, `the alert ${locale} ${name} scrolls sideways`);
        if (name !== 'wall') t.deepEqual(await violationsOf(tab), [], `the alert ${locale} ${name}`);
        t.log(await takePicture(tab, `desk-${locale}-${name}`));
        await tab.keyboard.press('Escape');
      }
      t.deepEqual(wrongs, []);
      await tab.context().close();
    }
  },
);

walk('keys alone: j and k move, ? tells all keys, and nothing happens while somebody types', async (t) => {
  const site = await openSite(t);
  await site.raise('a1', { severity: 'warning' });
  await site.raise('a2');
  const { page: tab } = await sit(t, site.server.url, 'op-17');
  await row(tab, 'a1').waitFor();
  await tab.keyboard.press('j');
  await tab.locator('.row-chosen [data-alert="a2"]').waitFor();
  await tab.keyboard.press('j');
  await tab.locator('.row-chosen [data-alert="a1"]').waitFor();
  await tab.keyboard.press('?');
  await dialog(tab).getByText('next alert').waitFor();
  t.deepEqual(await violationsOf(tab), []);
  await tab.keyboard.press('Escape');
  await tab.keyboard.press('n');
  await dialog(tab).getByLabel('In words').pressSequentially('jar');
  t.is(await dialog(tab).getByLabel('In words').inputValue(), 'jar');
});
