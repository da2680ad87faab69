import test, { type ExecutionContext } from 'ava';
import { buildPage } from '../../daemons/console/web/build.ts';
import type { Alert } from '../../daemons/core/values/alert.ts';
import { alertArrival } from '../support/alerts.ts';
import { openBrowser } from '../support/chromium.ts';
import { openConsole } from '../support/console.ts';
import { locatedAlert, post, unlocatedAlert } from '../support/located.ts';
import { needs } from '../support/needs.ts';
import { memoryRecords } from '../support/records.memory.ts';
import { centreIs, openPage, takePicture, until } from './browser.ts';

const walk = needs('chromium', 'a located source in a browser') ? test.serial : test.serial.skip;

async function openWith(t: ExecutionContext, webGl: 'software' | 'none', alerts: readonly Alert[]) {
  const records = memoryRecords();
  await records.birth('north', 'post-7', { simulated: true, where: post, sensors: [1] }, Date.now());
  await records.commit(
    alerts.map((one, i) => alertArrival(one, i + 1)),
    Date.now(),
  );
  const browser = await openBrowser(webGl);
  t.teardown(() => browser.close());
  const server = await openConsole(records, { page: await buildPage() });
  t.teardown(() => server.stop());
  return openPage(t, browser, server.url);
}

walk('a located source: in words, as a picture, and on the map with its heat, its regions and the wind', async (t) => {
  const { page: tab, wrongs } = await openWith(t, 'software', [locatedAlert('a1')]);
  await tab.locator('.maplibregl-canvas').waitFor();
  await tab.locator('[data-alert="a1"]').click();
  const panel = tab.locator('.panel');
  await panel.getByText(/^90 % region, \d+\sm across$/).waitFor();
  await panel.getByText('from 240°, 3.1 m/s, 12 s before the latest word').waitFor();
  await panel.getByText(/^about [\d.]+ g\/s/).waitFor();
  await panel.getByText('plume estimate').waitFor();
  t.true((await panel.locator('.plume-picture .plume-heat').count()) > 5);
  t.is(await panel.locator('.plume-picture .plume-wind').count(), 1);
  t.is(
    await panel
      .locator('.plume-picture .plume-wind')
      .evaluate((one) => one.getAttribute('transform')?.match(/rotate\((\d+)\)/)?.[1]),
    '240',
  );
  t.log(await takePicture(tab, 'plume-panel'));
  await tab.getByRole('button', { name: 'Show on the map' }).click();
  await until(() => centreIs(tab, 'warning'));
  t.log(await takePicture(tab, 'plume-map'));
  t.deepEqual(wrongs, []);
});

walk('no position is said with its reason, and what would help', async (t) => {
  const { page: tab, wrongs } = await openWith(t, 'software', [unlocatedAlert('a1', 'calm-wind')]);
  await tab.locator('[data-alert="a1"]').click();
  const panel = tab.locator('.panel');
  await panel.getByText('No position: calm wind').waitFor();
  await panel.getByText('Air that hardly moves has no direction. It goes on when the wind rises.').waitFor();
  await panel.getByText('calm, 0.2 m/s, 12 s before the latest word').waitFor();
  t.is(await panel.locator('.plume-picture').count(), 0);
  t.deepEqual(wrongs, []);
});

walk('the plain map draws the same', async (t) => {
  const { page: tab, wrongs } = await openWith(t, 'none', [locatedAlert('a1')]);
  await tab.locator('.plain-mark[data-alert="a1"] .shape').click();
  await tab.getByRole('button', { name: 'Show on the map' }).click();
  const map = tab.locator('.map-canvas');
  await map.locator('.plume-wind').waitFor({ state: 'attached' });
  t.true((await map.locator('.plume-heat').count()) > 5);
  t.is(await map.locator('.plume-90').evaluate((one) => getComputedStyle(one).fill), 'none');
  t.log(await takePicture(tab, 'plume-plain'));
  t.deepEqual(wrongs, []);
});
