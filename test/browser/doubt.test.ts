import test, { type ExecutionContext } from 'ava';
import type { Browser } from 'playwright-core';
import { buildPage, type Page } from '../../daemons/console/web/build.ts';
import type { Alert } from '../../daemons/core/values/alert.ts';
import type { Doubt } from '../../daemons/core/values/doubt.ts';
import { alertArrival, sampleAlert } from '../support/alerts.ts';
import { openBrowser } from '../support/chromium.ts';
import { openConsole } from '../support/console.ts';
import { needs } from '../support/needs.ts';
import { memoryRecords } from '../support/records.memory.ts';
import { openPage, takePicture } from './browser.ts';

const walk = needs('chromium', 'alerts in doubt on the page') ? test.serial : test.serial.skip;
let browser: Browser;
let page: Page;

test.before(async () => {
  page = await buildPage();
  browser = await openBrowser('software');
});
test.after.always(() => browser?.close());

const foundMs = Date.UTC(2026, 10, 3, 8, 5);
const weak: Doubt = {
  sensor: 'nh3-a',
  quantity: 'ammonia',
  serial: 'SIM-0004',
  record: 'post-7.nh3-a-ammonia.check.25a1462a.wo6ufztr',
  kind: 'check',
  foundMs,
  unit: 'ppm',
  off: [{ applied: 25, shown: 17.02, most: 2.5 }],
  lastGood: { record: 'post-7.nh3-a-ammonia.adjustment.1', kind: 'adjustment', atMs: foundMs - 40 * 86_400_000 },
};

async function openSite(t: ExecutionContext) {
  const records = memoryRecords();
  const server = await openConsole(records, { page });
  t.teardown(() => server.stop());
  let seq = 0;
  const say = (id: string, news: Partial<Alert> = {}) => {
    seq += 1;
    return records.commit([alertArrival(sampleAlert(id, news), seq)], Date.now());
  };
  const mark = (id: string, doubts: readonly Doubt[], news: Partial<Alert> = {}) =>
    say(id, { rev: 2, condition: 'cleared', flags: ['simulated', 'check-failed'], doubts, ...news });
  return { records, server, say, mark };
}

walk('an alert that is put in doubt says so in the list, in a strip, and why where it is opened', async (t) => {
  const site = await openSite(t);
  await site.say('old', { condition: 'cleared' });
  await site.say('sound', { condition: 'cleared' });
  const { page: tab, wrongs } = await openPage(t, browser, site.server.url);
  const row = (id: string) => tab.locator('.row', { has: tab.locator(`[data-alert="${id}"]`) });
  await row('old').waitFor();
  t.is(await tab.getByText('in doubt').filter({ visible: true }).count(), 1, 'the choice alone');
  await site.mark('old', [weak]);
  await tab.getByText('1 alert is in doubt: a later check found its instrument wrong.').waitFor();
  t.true(await row('old').getByText('In doubt').isVisible());
  t.false(await row('sound').getByText('In doubt').isVisible());
  t.regex(await tab.locator('p[aria-live]').innerText(), /In doubt now: Ammonia vapour, post-7/);

  await tab.getByRole('button', { name: 'Show', exact: true }).click();
  await row('sound').waitFor({ state: 'hidden' });
  await row('old').locator('.row-open').click();
  const block = tab.locator('.block-doubt');
  await block.waitFor();
  const words = await block.innerText();
  for (const one of [
    'An instrument behind this alert was found wrong later',
    'ammonia, nh3-a',
    'SIM-0004',
    'a calibration check with gas',
    'post-7.nh3-a-ammonia.check.25a1462a.wo6ufztr',
    'It showed 17 ppm for 25 ppm of gas: 32 % too little (10 % is allowed).',
    'there was probably more gas than it showed',
    'at an adjustment',
    '24 Sep',
  ])
    t.true(words.includes(one), `${one}\n${words}`);
  t.log(await takePicture(tab, 'doubt'));

  await tab.getByRole('button', { name: 'Put away' }).click();
  await tab.locator('.strip-doubt').waitFor({ state: 'hidden' });
  await tab.reload();
  await row('old').getByText('In doubt').waitFor();
  t.false(await tab.locator('.strip-doubt').isVisible());
  await site.mark('sound', [{ ...weak, record: 'another', off: [], lastGood: null }]);
  await tab.locator('.strip-doubt').waitFor();
  await row('sound').locator('.row-open').click();
  await tab.getByText('never: no good check or adjustment of it is on record').waitFor();
  t.deepEqual(wrongs, []);
});

walk('on a phone in doubt is told without anything cut', async (t) => {
  const site = await openSite(t);
  await site.say('old', { condition: 'cleared' });
  const high = {
    ...weak,
    kind: 'adjustment' as const,
    off: [
      { applied: 0, shown: 3.1, most: 2.5 },
      { applied: 25, shown: 31, most: 2.5 },
    ],
  };
  await site.mark('old', [
    high,
    { ...weak, sensor: 'pid', quantity: 'voc-isobutylene-equivalent', serial: 'SIM-0005', record: 'b' },
  ]);
  const phone = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };
  const { page: tab, wrongs } = await openPage(t, browser, site.server.url, phone);
  const overflow = () => tab.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  await tab.locator('[data-alert="old"]').waitFor();
  t.true((await overflow()) <= 0);
  t.log(await takePicture(tab, 'doubt-phone-list'));
  await tab.locator('[data-alert="old"]').tap();
  await tab.getByText('It showed 3.1 ppm in gas without any (2.5 ppm is allowed).').waitFor();
  t.true(await tab.getByText('there was probably less gas than it showed').isVisible());
  t.true((await overflow()) <= 0);
  t.log(await takePicture(tab, 'doubt-phone'));
  t.deepEqual(wrongs, []);
});
