import test, { type ExecutionContext } from 'ava';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { buildPage, type Page } from '../../daemons/console/web/build.ts';
import { alertArrival, sampleAlert } from '../support/alerts.ts';
import { openBrowser } from '../support/chromium.ts';
import { openConsole } from '../support/console.ts';
import { deviceSite } from '../support/device-site.ts';
import { needs } from '../support/needs.ts';
import { sidewaysOf, violationsOf } from './axe.ts';
import { openPage, takePicture, until } from './browser.ts';

const walk = needs('chromium', 'the page of a box') ? test.serial : test.serial.skip;
let browser: Browser;
let page: Page;

test.before(async () => {
  page = await buildPage();
  browser = await openBrowser('none');
});
test.after.always(() => browser?.close());

async function openSite(t: ExecutionContext, hash = '', options: BrowserContextOptions = {}) {
  const site = await deviceSite(t);
  const { archive, devices } = site;
  const server = await openConsole(site.records, { page, archive, devices });
  t.teardown(() => server.stop());
  const { page: tab, wrongs } = await openPage(t, browser, `${server.url}/${hash}`, options);
  return { ...site, tab, wrongs, server };
}

walk(
  'a row of the list opens the page of its box: health, differences, rollout, the peak of an hour, logs on demand',
  async (t) => {
    const { tab, wrongs, answer, asked } = await openSite(t);
    await tab.locator('#tab-devices').click();
    await tab.locator('[data-device="north/post-7"]').focus();
    await tab.keyboard.press('Enter');
    const panel = tab.locator('.panel-box');
    await panel.getByText('li-820').waitFor();
    t.is(await tab.evaluate('document.activeElement.id'), 'device-title', 'whoever opens it by keys reads on there');
    const words = await panel.innerText();
    for (const one of [
      'Online',
      'under-voltage',
      'nh3-a ammonia',
      'went back by itself',
      'gas ended twice within 60 s',
      'files.profiles/gas.yaml',
      'slower-2',
      'pump is slow',
    ])
      t.true(words.includes(one), `${one}: ${words}`);
    await panel.getByText(/3300 values, from .* to 88.5 ppm/).waitFor();
    t.regex(await panel.locator('.plots + .note').innerText(), /1 gap.*expired/s);
    t.is(await panel.locator('.plots svg rect[fill-opacity="0.35"]').count(), 1, 'the gap is drawn as one');
    const [csv] = await Promise.all([tab.waitForEvent('download'), panel.getByText('as CSV').click()]);
    t.is(csv.suggestedFilename(), 'post-7-nh3-a-ammonia.csv');

    await panel.getByRole('button', { name: 'Ask the box' }).click();
    await tab.getByLabel('Operator id').fill('op-17');
    await tab.getByRole('button', { name: 'Save' }).click();
    await panel.getByText('The box answers when it is connected').waitFor();
    t.like(asked[0], { daemon: 'gas', sinceS: 600, by: 'op-17' });
    await answer(asked[0]?.id ?? '', 'fan is loud');
    await panel.getByText('fan is loud').waitFor();
    t.log(await takePicture(tab, 'device'));
    t.deepEqual(await violationsOf(tab), []);
    t.deepEqual(wrongs, []);
    await tab.keyboard.press('Escape');
    await panel.waitFor({ state: 'detached' });
    t.is(await tab.evaluate('document.activeElement.dataset.device'), 'north/post-7');
  },
);

walk('what is due over the whole fleet is listed, soonest first, and leads to its box; rollouts by wave', async (t) => {
  const { tab, wrongs } = await openSite(t);
  await tab.locator('#tab-devices').click();
  await tab.getByText('Calibration due list').click();
  const rows = tab.locator('#pane-devices .evidence tbody tr');
  await until(async () => (await rows.count()) === 2);
  t.regex(await rows.first().innerText(), /post-7.*ammonia.*over/s);
  await tab.getByText('Rollouts', { exact: true }).click();
  await tab.locator('.rollout').getByText('reverted: gas ended twice').waitFor();
  t.deepEqual(await violationsOf(tab), []);
  t.log(await takePicture(tab, 'device-due'));
  await rows.nth(1).getByRole('button').click();
  await tab.locator('.panel-box').getByText('No telemetry of it is kept.').waitFor();
  t.deepEqual(wrongs, []);
});

walk(
  'a box that never sent anything, one that is gone and one that never was are told apart, at 320 px and on a wall',
  async (t) => {
    const { tab, wrongs, records, server } = await openSite(t, '#device/north%2Fpost-8', {
      viewport: { width: 320, height: 640 },
    });
    const panel = tab.locator('.panel-box');
    await panel.getByText('It has never sent anything.').waitFor();
    t.true((await sidewaysOf(tab)) <= 0);
    t.deepEqual(await violationsOf(tab), []);
    t.log(await takePicture(tab, 'device-never'));
    await tab.goto(`${server.url}/?x#device/north%2Fnobody`);
    await panel.getByText('There is no such device').waitFor();
    await tab.setViewportSize({ width: 3840, height: 2160 });
    await records.commit([alertArrival(sampleAlert('a1'), 500)], Date.now());
    await tab.goto(`${server.url}/?y#device/north%2Fpost-7`);
    await panel.getByText(/3300 values/).waitFor();
    await panel.getByText('Ammonia vapour').waitFor();
    t.true((await sidewaysOf(tab)) <= 0);
    t.log(await takePicture(tab, 'device-wall'));
    t.deepEqual(
      wrongs.filter((one) => !one.includes('404')),
      [],
    );
  },
);

walk('the page of a box is said in Russian and Kazakh, by night', async (t) => {
  const { tab, server } = await openSite(t, '#device/north%2Fpost-7', { colorScheme: 'dark' });
  for (const [language, words] of [
    ['ru', ['Состояние', 'вернулось само', 'Калибровка', 'Запросить']],
    ['kk', ['Жай-күйі', 'өзі қайтты', 'Калибрлеу', 'Сұрату']],
  ] as const) {
    await tab.evaluate(`localStorage.setItem('fieldpost.language', '${language}')`);
    await tab.goto(`${server.url}/?${language}#device/north%2Fpost-7`);
    const panel = tab.locator('.panel-box');
    await panel.getByText('li-820').waitFor();
    await panel.locator('.plots svg').waitFor();
    const text = await panel.innerText();
    for (const one of words) t.true(text.includes(one), `${one}: ${text}`);
    t.deepEqual(await violationsOf(tab), []);
    t.log(await takePicture(tab, `device-${language}`));
  }
});
