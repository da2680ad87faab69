import test, { type ExecutionContext } from 'ava';
import type { Browser, Page as Tab } from 'playwright-core';
import { buildPage, type Page } from '../../daemons/console/web/build.ts';
import type { Records } from '../../daemons/core/ports/records.ts';
import type { Alert } from '../../daemons/core/values/alert.ts';
import { alertArrival, sampleAlert } from '../support/alerts.ts';
import { openBrowser } from '../support/chromium.ts';
import { type ConsoleOptions, type OpenConsole, openConsole } from '../support/console.ts';
import { needs } from '../support/needs.ts';
import { memoryRecords } from '../support/records.memory.ts';
import { centreIs, openPage, takePicture, until } from './browser.ts';

const walk = needs('chromium', 'the page in a browser') ? test.serial : test.serial.skip;
let browser: Browser;
let page: Page;

test.before(async () => {
  page = await buildPage();
  browser = await openBrowser('software');
});
test.after.always(() => browser?.close());

async function openHere(t: ExecutionContext, records: Records, options: ConsoleOptions): Promise<OpenConsole> {
  const server = await openConsole(records, { page, ...options });
  t.teardown(() => server.stop());
  return server;
}

let seq = 0;
async function openSite(t: ExecutionContext, options: ConsoleOptions = {}) {
  const records = memoryRecords();
  const server = await openHere(t, records, options);
  const birth = (device: string, simulated: boolean) =>
    records.birth('north', device, { simulated, where: { lat: 51.1694, lon: 71.4491 }, sensors: [1, 2] }, Date.now());
  const raise = (id: string, news: Partial<Alert> = {}, device = 'post-7') => {
    seq += 1;
    return records.commit([alertArrival(sampleAlert(id, news), seq, device)], Date.now());
  };
  return { records, server, birth, raise };
}

const row = (tab: Tab, id: string) => tab.locator('.row', { has: tab.locator(`[data-alert="${id}"]`) });
/** Presses the only alert on the map, once the camera has come to rest on it: pressing earlier would stop the camera. */
async function pressMiddleOfMap(tab: Tab): Promise<void> {
  await until(() => centreIs(tab, 'critical'));
  const box = await tab.locator('.map-canvas').boundingBox();
  await tab.mouse.click((box?.x ?? 0) + (box?.width ?? 0) / 2, (box?.y ?? 0) + (box?.height ?? 0) / 2);
}
async function signIn(tab: Tab, operator: string): Promise<void> {
  await tab.getByRole('button', { name: 'Set operator id' }).click();
  await tab.getByLabel('Operator id').fill(operator);
  await tab.getByRole('button', { name: 'Save' }).click();
  await tab.getByRole('button', { name: `Operator: ${operator}` }).waitFor();
}

walk(
  'an alert arrives while the page is open: it is in the list and on the map, says why, and says that it is simulated',
  async (t) => {
    const site = await openSite(t);
    const { page: tab, wrongs, requests } = await openPage(t, browser, site.server.url);
    await tab.getByText('No alerts').waitFor();
    await site.birth('post-7', true);
    await site.raise('a1');
    await row(tab, 'a1').getByText('Ammonia vapour').waitFor();
    t.is(await tab.title(), '(1) Fieldpost console');
    t.true(await tab.getByText('SIMULATED DATA').isVisible());
    t.true(await row(tab, 'a1').getByText('SIMULATED').isVisible());
    await pressMiddleOfMap(tab);
    const panel = tab.locator('.panel');
    await panel.getByText('score >= 0.80 in 3 of 5').waitFor();
    for (const text of [
      'score >= 0.80 in 3 of 5',
      'gas-vapour 1.0.0',
      'a3f1a3f1',
      '18.42 ± 0.61 ppm',
      'no value',
      '± 12 ms',
      'UTC',
    ])
      t.true((await panel.innerText()).includes(text), text);
    t.log(await takePicture(tab, 'alert'));
    t.true(requests.some((url) => url.includes('mapWorker')));
    t.deepEqual(wrongs, []);
  },
);

walk(
  'an acknowledgement is stored once and shown with who and when; the alert stays open until it is cleared',
  async (t) => {
    const site = await openSite(t);
    await site.raise('a1');
    const one = await openPage(t, browser, site.server.url);
    const two = await openPage(t, browser, site.server.url);
    await row(one.page, 'a1').waitFor();
    await row(one.page, 'a1').getByRole('button', { name: 'Acknowledge' }).click();
    await one.page.getByLabel('Operator id').fill('Ivan Petrov!');
    await one.page.getByRole('button', { name: 'Save' }).click();
    t.is(await one.page.getByLabel('Operator id').getAttribute('aria-invalid'), 'true');
    await one.page.getByLabel('Operator id').fill('op-17');
    await one.page.getByRole('button', { name: 'Save' }).click();
    for (const { page: tab } of [one, two]) {
      await row(tab, 'a1').getByText('Acknowledged by op-17').waitFor();
      t.true(await row(tab, 'a1').getByText('Raised').isVisible());
      t.true(await tab.getByRole('heading', { name: 'Open, acknowledged' }).isVisible());
    }
    t.is((await site.records.counts()).acknowledged, 1);
    await site.raise('a1', { rev: 2, condition: 'cleared' });
    await site.raise('a2', { condition: 'cleared' });
    await one.page.getByRole('heading', { name: 'Cleared, acknowledged' }).waitFor();
    await one.page.getByRole('heading', { name: 'Cleared, to acknowledge' }).waitFor();
    t.true(await row(one.page, 'a2').getByRole('button', { name: 'Acknowledge' }).isVisible());
    t.deepEqual([...one.wrongs, ...two.wrongs], []);
  },
);

walk('an acknowledgement that could not be saved says so and can be sent again', async (t) => {
  const site = await openSite(t);
  await site.raise('a1');
  const { page: tab } = await openPage(t, browser, site.server.url);
  await row(tab, 'a1').waitFor();
  await signIn(tab, 'op-17');
  await tab.route('**/acknowledge', (route) => route.abort());
  await row(tab, 'a1').getByRole('button', { name: 'Acknowledge' }).click();
  await row(tab, 'a1').getByText('Not saved: the console did not answer').waitFor();
  await tab.unroute('**/acknowledge');
  await row(tab, 'a1').getByRole('button', { name: 'Try again' }).click();
  await row(tab, 'a1').getByText('Acknowledged by op-17').waitFor();
  t.is((await site.records.counts()).acknowledged, 1);
});

walk(
  'when the console goes away the page says how old it is, and what happened meanwhile is there when it is back',
  async (t) => {
    const site = await openSite(t);
    await site.raise('a1');
    const { page: tab, wrongs } = await openPage(t, browser, site.server.url);
    await row(tab, 'a1').waitFor();
    await until(() => centreIs(tab, 'critical'));
    await site.server.stop();
    await tab.getByText(/No connection to the console since/).waitFor();
    await until(async () => /^Reconnecting, data \d+ s old$/.test(await tab.locator('.link').innerText()));
    t.log(await takePicture(tab, 'away'));
    await site.raise('a2');
    await openHere(t, site.records, { port: Number(new URL(site.server.url).port) });
    await row(tab, 'a2').waitFor();
    await tab.locator('.link').getByText('Live').waitFor();
    await tab.getByText(/No connection/).waitFor({ state: 'hidden' });
    t.deepEqual(wrongs, []);
  },
);

walk(
  'a value below its LOD is <LOD in the list and in the reasons, where what was measured stands under it',
  async (t) => {
    const site = await openSite(t);
    const { because } = sampleAlert('a');
    const [ammonia] = because.evidence;
    if (!ammonia) return t.fail();
    const evidence = [{ ...ammonia, value: -0.31, u: 0.2, lod: 0.5 }];
    await site.raise('a1', { condition: 'cleared', because: { ...because, score: -0.31, model: null, evidence } });
    const { page: tab, wrongs } = await openPage(t, browser, site.server.url);
    await row(tab, 'a1').getByText('ammonia <LOD').waitFor();
    await row(tab, 'a1').locator('.row-open').click();
    const panel = tab.locator('.panel');
    await panel.getByText('measured -0.31 ± 0.20 ppm, LOD 0.5 ppm').waitFor();
    t.is(await panel.locator('.score-is-now b').innerText(), '<LOD');
    t.regex(await panel.locator('.evidence td.number').innerText(), /^<LOD/);
    t.log(await takePicture(tab, 'below-lod'));
    t.deepEqual(wrongs, []);
    return undefined;
  },
);

walk('markup and script in what boxes say stay text everywhere', async (t) => {
  const evil = `<img src=x onerror="alert('x')"><script>alert(1)</script>`;
  const site = await openSite(t);
  await site.birth(evil, true);
  const because = sampleAlert('a').because;
  await site.raise(
    'a1',
    {
      kind: evil,
      because: {
        ...because,
        rule: evil,
        model: { name: evil, version: evil, sha256: evil },
        evidence: because.evidence.map((one) => ({
          ...one,
          sensor: evil,
          quantity: evil,
          unit: evil,
          calibration: evil,
        })),
      },
    },
    evil,
  );
  const { page: tab, wrongs } = await openPage(t, browser, site.server.url);
  await row(tab, 'a1').locator('.row-open').click();
  await tab.locator('.panel').getByText(evil).first().waitFor();
  await tab.getByRole('tab', { name: 'Devices' }).click();
  await tab.locator('#pane-devices').getByText(evil).waitFor();
  t.is(await tab.locator('body img, body script').count(), 0);
  t.deepEqual(wrongs, []);
});

walk('day and night: the system decides, the switch overrides it, and the choice is kept', async (t) => {
  const site = await openSite(t);
  await site.raise('a1');
  const { page: tab, wrongs } = await openPage(t, browser, site.server.url, { colorScheme: 'dark' });
  await row(tab, 'a1').locator('.row-open').click();
  const ground = () => tab.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const night = await ground();
  t.log(await takePicture(tab, 'night'));
  await tab.getByLabel('Theme').selectOption('light');
  const day = await ground();
  t.not(day, night);
  await tab.reload();
  await row(tab, 'a1').waitFor();
  t.is(await ground(), day);
  t.log(await takePicture(tab, 'day'));
  t.deepEqual(wrongs, []);
});

walk('on a phone nothing is cut, and the alert opens over the whole screen and closes again', async (t) => {
  const site = await openSite(t);
  await site.birth('post-7', true);
  await site.raise('a1');
  const phone = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };
  const { page: tab, wrongs } = await openPage(t, browser, site.server.url, phone);
  await row(tab, 'a1').waitFor();
  const overflow = () => tab.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  t.true((await overflow()) <= 0);
  t.log(await takePicture(tab, 'phone'));
  await row(tab, 'a1').locator('.row-open').tap();
  const panel = tab.locator('.panel');
  await panel.waitFor();
  t.is((await panel.boundingBox())?.width, 360);
  t.true((await overflow()) <= 0);
  t.log(await takePicture(tab, 'phone-alert'));
  for (const button of await tab.getByRole('button').all()) {
    if (!(await button.isVisible())) continue;
    const box = await button.boundingBox();
    t.true(box !== null && box.height >= 24 && box.width >= 24, await button.innerText());
  }
  await panel.getByRole('button', { name: 'Close' }).tap();
  await panel.waitFor({ state: 'hidden' });
  t.deepEqual(wrongs, []);
});

walk('the keyboard alone finds, opens, acknowledges and closes an alert', async (t) => {
  const site = await openSite(t);
  await site.raise('a1', { severity: 'warning' });
  await site.raise('a2');
  const { page: tab } = await openPage(t, browser, site.server.url);
  await row(tab, 'a1').waitFor();
  await signIn(tab, 'op-17');
  await tab.getByRole('group', { name: 'Show' }).getByRole('button').last().focus();
  await tab.keyboard.press('Tab');
  await tab.keyboard.press('ArrowDown');
  await tab.getByRole('heading', { level: 2, name: 'Ammonia vapour' }).waitFor();
  t.is(await tab.evaluate(() => document.activeElement?.getAttribute('data-alert')), 'a1');
  await tab.keyboard.press('a');
  await row(tab, 'a1').getByText('Acknowledged by op-17').waitFor();
  t.is(await tab.evaluate(() => document.activeElement?.getAttribute('data-alert')), 'a1');
  await tab.keyboard.press('Escape');
  await tab.locator('.panel').waitFor({ state: 'hidden' });
  t.is((await site.records.counts()).acknowledged, 1);
});

walk('a page that was open over an upgrade says that it is old', async (t) => {
  const site = await openSite(t);
  const { page: tab } = await openPage(t, browser, site.server.url);
  await tab.getByText('No alerts').waitFor();
  await site.server.stop();
  const port = Number(new URL(site.server.url).port);
  await openHere(t, site.records, { page: { ...page, build: 'newer' }, port });
  await tab.getByText('The console was upgraded while this page was open.').waitFor();
  t.pass();
});
