/** What goes wrong on a shift: an answer that is torn off, a clock of the browser that is two weeks off, a box that is no more, a store of 100,000. */
import test, { type ExecutionContext } from 'ava';
import type { Browser } from 'playwright-core';
import { buildPage, type Page } from '../../daemons/console/web/build.ts';
import { alertArrival, sampleAlert } from '../support/alerts.ts';
import { openBrowser } from '../support/chromium.ts';
import { openConsole } from '../support/console.ts';
import { needs } from '../support/needs.ts';
import { memoryRecords } from '../support/records.memory.ts';
import { sidewaysOf } from './axe.ts';
import { openPage, takePicture } from './browser.ts';

const walk = needs('chromium', 'a page in adversity') ? test.serial : test.serial.skip;
let browser: Browser;
let page: Page;
test.before(async () => {
  page = await buildPage();
  browser = await openBrowser('none');
});
test.after.always(() => browser?.close());

async function openSite(t: ExecutionContext) {
  const records = memoryRecords();
  await records.birth('north', 'post-7', { simulated: true, where: { lat: 51, lon: 71 }, sensors: [] }, Date.now());
  await records.commit([alertArrival(sampleAlert('a1'), 1)], Date.now());
  const server = await openConsole(records, { page });
  t.teardown(() => server.stop());
  return { records, url: server.url };
}

walk(
  'an acknowledgement whose answer was torn off is shown as it is at the centre: once, and never as lost',
  async (t) => {
    const { records, url } = await openSite(t);
    const { page: tab } = await openPage(t, browser, url);
    await tab.evaluate(`localStorage.setItem('fieldpost.operator', 'op-17')`);
    await tab.reload();
    let tries = 0;
    await tab.route('**/acknowledge', async (route) => {
      tries += 1;
      await route.fetch();
      await route.abort('connectionreset');
    });
    const row = tab.locator('.row', { has: tab.locator('[data-alert="a1"]') });
    await row.getByRole('button', { name: 'Acknowledge' }).click();
    await row.getByText('Acknowledged by op-17').waitFor();
    await row.getByText('Not saved').waitFor({ state: 'hidden' });
    t.is(tries, 1);
    t.is((await records.counts()).acknowledged, 1);
  },
);

walk(
  'a box that the centre does not know any more keeps its open alerts: they are told, looked at and acknowledged',
  async (t) => {
    const { records, url } = await openSite(t);
    await records.commit([alertArrival(sampleAlert('a9', { kind: 'ammonia' }), 1, 'post-9')], Date.now());
    const { devices } = (await (await fetch(`${url}/api/state`)).json()) as {
      readonly devices: readonly { device: string }[];
    };
    t.false(devices.some(({ device }) => device === 'post-9'));
    const { page: tab } = await openPage(t, browser, url);
    await tab.evaluate(`localStorage.setItem('fieldpost.operator', 'op-17')`);
    await tab.reload();
    const row = tab.locator('.row', { has: tab.locator('[data-alert="a9"]') });
    await row.locator('[data-alert="a9"]').click();
    const panel = tab.locator('.panel');
    await panel.getByText('post-9').first().waitFor();
    await panel.getByRole('button', { name: 'Acknowledge' }).click();
    await row.getByText('Acknowledged by op-17').waitFor();
    t.is((await records.counts()).acknowledged, 1);
  },
);

for (const days of [-14, 14])
  walk(`a browser whose clock is ${days} days off tells ages and times by the centre`, async (t) => {
    const { url } = await openSite(t);
    const { page: tab, wrongs } = await openPage(t, browser, url);
    await tab.addInitScript(`(() => {
      const [Real, off] = [Date, ${days * 86_400_000}];
      Date = class extends Real {
        constructor(...all) { if (all.length > 0) super(...all); else super(Real.now() + off); }
        static now() { return Real.now() + off; }
      };
    })()`);
    await tab.goto(url);
    await tab.locator('.row [data-alert="a1"]').waitFor();
    await tab.waitForFunction(`/^(\\d+ s|now)$/.test(document.querySelector('.row-age').innerText)`);
    const today = new Intl.DateTimeFormat('en-GB', { day: '2-digit', month: 'short', year: 'numeric' });
    const words = await tab.locator('.clock').innerText();
    t.true(
      [0, -60_000].some((ms) => words.startsWith(today.format(Date.now() + ms))),
      words,
    );
    t.is(await tab.locator('.link').innerText(), 'Live');
    t.is(await tab.locator('.row .tag', { hasText: 'Silent' }).count(), 0);
    t.deepEqual(wrongs, []);
  });

for (const [locale, size] of [
  ['ru-RU', [320, 640]],
  ['kk-KZ', [320, 640]],
  ['ru-RU', [1440, 900]],
  ['kk-KZ', [1440, 900]],
] as const)
  walk(`a hundred thousand that wait fit in the head of the page, ${locale}, ${size[0]} px`, async (t) => {
    const { url } = await openSite(t);
    const [width, height] = size;
    const { page: tab } = await openPage(t, browser, url, { viewport: { width, height }, locale });
    const { alerts, devices } = (await (await fetch(`${url}/api/state`)).json()) as Record<string, unknown>;
    const state = { cursor: 'x-1', complete: false, beyond: { open: 99_999, unacknowledged: 99_999 }, alerts, devices };
    // The centre as it would be: a store of a hundred thousand takes half a minute to fill.
    await tab.addInitScript(`EventSource = class extends EventTarget {
      constructor() {
        super();
        setTimeout(() => {
          this.onopen?.();
          this.dispatchEvent(new MessageEvent('state', { data: ${JSON.stringify(JSON.stringify(state))}, lastEventId: 'x-1' }));
        });
      }
      close() {}
    };`);
    await tab.reload();
    await tab.getByText('100\u202f000').first().waitFor();
    t.log(await takePicture(tab, `many-${locale}-${width}`));
    t.is(await sidewaysOf(tab), 0);
    const head = await tab.locator('.topbar').boundingBox();
    t.true((head?.height ?? 999) <= (width > 1000 ? 64 : 180), `${head?.height} px`);
    t.notRegex(await tab.locator('.topbar').innerText(), /M\d\d/);
    t.log(await takePicture(tab, `many-${locale}-${width}`));
  });

walk('a window as low as at 400 % has room for its list, and scrolls as a whole', async (t) => {
  const { url } = await openSite(t);
  const { page: tab } = await openPage(t, browser, url, { viewport: { width: 320, height: 256 } });
  await tab.locator('.row [data-alert="a1"]').waitFor();
  const list = await tab.locator('.pane').first().boundingBox();
  t.true((list?.height ?? 0) >= 160, `${list?.height} px`);
  t.is(await sidewaysOf(tab), 0);
});
