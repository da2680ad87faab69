/** What is open is seen on the map, beside its panel; and keys go from box to box. */
import test, { type ExecutionContext } from 'ava';
import type { Browser, Page as Tab } from 'playwright-core';
import { buildPage, type Page } from '../../daemons/console/web/build.ts';
import { alertArrival, sampleAlert } from '../support/alerts.ts';
import { openBrowser } from '../support/chromium.ts';
import { openConsole } from '../support/console.ts';
import { needs } from '../support/needs.ts';
import { memoryRecords } from '../support/records.memory.ts';
import { openPage, takePicture, until } from './browser.ts';

const walk = needs('chromium', 'the map beside a panel') ? test.serial : test.serial.skip;
let browser: Browser;
let page: Page;
test.before(async () => {
  page = await buildPage();
  // Marks of the plain map are elements: where they are can be asked.
  browser = await openBrowser('none');
});
test.after.always(() => browser?.close());

/** Far apart, so that what is shown of one does not show the other. */
const places = [
  ['post-1', 43, 52],
  ['post-2', 54, 86],
] as const;

async function openSite(t: ExecutionContext) {
  const records = memoryRecords();
  for (const [device, lat, lon] of places)
    await records.birth('north', device, { simulated: true, where: { lat, lon }, sensors: [] }, Date.now());
  await records.commit(
    places.map(([device, lat, lon]) =>
      alertArrival(sampleAlert(`of-${device}`, { where: { lat, lon, ceM: 100, source: 'surveyed' } }), 1, device),
    ),
    Date.now(),
  );
  const server = await openConsole(records, { page });
  t.teardown(() => server.stop());
  return server.url;
}

/** Whether what is chosen on the map is beside the panel, and not under it. */
const isBeside = (tab: Tab): Promise<boolean> =>
  tab.evaluate<boolean>(`(() => {
    const [mark, panel, map] = ['.plain-chosen', '.panel:not([hidden])', '.map'].map((one) =>
      document.querySelector(one)?.getBoundingClientRect());
    if (!mark || !panel || !map) return false;
    const [right, bottom] = [Math.min(map.right, panel.left), map.bottom];
    return mark.left >= map.left && mark.top >= map.top && mark.right <= right && mark.bottom <= bottom;
  })()`);

for (const width of [1440, 960])
  walk(`the map shows what is open beside its panel, at ${width} px`, async (t) => {
    const url = await openSite(t);
    const { page: tab, wrongs } = await openPage(t, browser, url, { viewport: { width, height: 800 } });
    for (const [device] of places) {
      await tab.locator('#tab-alerts').click();
      await tab.locator(`[data-alert="of-${device}"].row-open`).click();
      await until(() => isBeside(tab));
      await tab.locator('#tab-devices').click();
      await tab.locator(`[data-device="north/${device}"]`).click();
      await tab.locator('.panel-box h2').getByText(device).waitFor();
      await until(() => isBeside(tab));
      t.is(await tab.locator('#pane-devices .row-chosen .row-title').innerText(), `${device}north`);
    }
    t.log(await takePicture(tab, `beside-${width}`));
    t.deepEqual(wrongs, []);
  });

walk(
  'arrow keys go from box to box and stay in the list; j and k do too; Enter goes to the page of the box',
  async (t) => {
    const url = await openSite(t);
    const { page: tab, wrongs } = await openPage(t, browser, url);
    await tab.locator('#tab-devices').click();
    const title = (device: string) => tab.locator('.panel-box h2').getByText(device).waitFor();
    const focused = (): Promise<string> =>
      tab.evaluate<string>(`document.activeElement?.dataset.device ?? document.activeElement?.id ?? ''`);
    await tab.locator('[data-device="north/post-1"]').focus();
    await tab.keyboard.press('ArrowDown');
    await title('post-2');
    t.is(await focused(), 'north/post-2');
    await tab.keyboard.press('ArrowUp');
    await title('post-1');
    t.is(await focused(), 'north/post-1');
    await tab.keyboard.press('j');
    await title('post-2');
    await tab.keyboard.press('k');
    await title('post-1');
    t.is(await focused(), 'north/post-1');
    await tab.keyboard.press('Escape');
    await tab.locator('.panel-box').waitFor({ state: 'detached' });
    await tab.keyboard.press('Enter');
    await until(async () => (await focused()) === 'device-title');
    t.deepEqual(wrongs, []);
  },
);
