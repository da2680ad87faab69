import test from 'ava';
import type { Browser } from 'playwright-core';
import { openBrowser } from '../support/chromium.ts';
import { needs } from '../support/needs.ts';
import { storageOf } from '../support/patrol-site.ts';
import { takePicture, until } from './browser.ts';
import { deedsOf, isOffline, openPhone, openSite, phone, row, toldOf, workerHolds } from './patrol-phone.ts';

const walk = needs('chromium', 'a call of a patrol in a browser') ? test.serial : test.serial.skip;
let browser: Browser;

test.before(async () => {
  browser = await openBrowser('none');
});
test.after.always(() => browser?.close());

walk(
  'a whole call without signal and back: each word once on the server, help is NOT SENT until a dispatcher has it',
  async (t) => {
    const site = await openSite(t);
    await site.raise('a1');
    const { page: tab, wrongs } = await openPhone(t, browser, site, {
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
  // What came from the centre may be days old now, and goes; what was pressed stays.
  await tab.getByText('No alert for this unit').waitFor();
  await tab.getByText('1 waits to be sent').waitFor();
  await isOffline(tab, false);
  await until(async () => (await toldOf(site, 'a1'))?.acknowledged != null);
  const saidMs = (await toldOf(site, 'a1'))?.acknowledged?.atMs ?? 0;
  await row(tab, 'a1').waitFor();
  // A header tells whole seconds.
  t.true(Math.abs(saidMs - pressedMs) < 5000, `${saidMs - pressedMs} ms off`);
});
