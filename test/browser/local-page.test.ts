import { readFileSync } from 'node:fs';
import https from 'node:https';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { Page } from 'playwright-core';
import { openBrowser } from '../support/chromium.ts';
import { layDrift } from '../support/drifted-records.ts';
import { type Edit, type GasBox, gasBox } from '../support/gas-box.ts';
import { phone, type Served, servePage } from '../support/local-page.ts';
import { needs } from '../support/needs.ts';
import { quick, technician } from '../support/technician.ts';
import { openPage, takePicture } from './browser.ts';

const onPhone = needs('chromium', 'the wizard on a phone') ? test.serial : test.serial.skip;
async function paired(
  t: ExecutionContext,
  box: GasBox,
): Promise<{ page: Page; served: Served; wrongs: readonly string[] }> {
  const served = await servePage(t, box);
  const browser = await openBrowser('none');
  t.teardown(() => browser.close());
  const { page, wrongs } = await openPage(t, browser, served.url, phone);
  await page.getByLabel('Code from the box').fill(served.code());
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByText('What is to be done?').waitFor();
  return { page, served, wrongs };
}

/** Through the questions of an adjustment. */
async function beginAdjustment(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Adjustment' }).click();
  await page.getByRole('button', { name: /^nh3\/ammonia/ }).click();
  await page.getByLabel('Your staff code').fill('tech-7');
  await page.getByRole('button', { name: 'Next' }).click();
  for (const gas of [/^zero-air/, /^nh3-25/, /^nh3-10/]) await page.getByRole('button', { name: gas }).click();
}

onPhone('a full adjustment on the page of a phone, from the flow check to the printed record', async (t) => {
  t.timeout(180_000);
  const lod = { value: 3, source: 'simulated' };
  const board: Edit = (value) => {
    const quantities = value.quantities as { quantity: string }[];
    return quick.board({
      ...value,
      quantities: quantities.map((one) => (one.quantity === 'ammonia' ? { ...one, lod } : one)),
    });
  };
  const box = await gasBox(t, { ...quick, board });
  await technician(t, box);
  const { page, served, wrongs } = await paired(t, box);
  await new Promise<void>((resolve, reject) => {
    https.get(`${served.url}session`, { ca: served.ca }, (answer) => resolve(void answer.resume())).on('error', reject);
  });
  await beginAdjustment(page);
  const next = page.getByRole('button', { name: 'Next' });
  await page.getByText('CHECK THE FLOW').waitFor();
  await page.locator('.reading', { hasText: '<LOD' }).waitFor();
  await page.getByText(/^Measured -?[0-9.]+ ppm, limit of detection \(LOD\) 3\.00 ppm$/).waitFor();
  for (const word of ['CHECK THE FLOW', 'CHECK FOR LEAKS']) {
    await page.getByText(word).waitFor();
    await next.click();
  }
  for (const [step, ppm] of [
    [4, 0],
    [5, 25],
    [6, 0],
    [7, 25],
    [8, 10],
  ] as const) {
    await page.getByText(`Step ${step} of 10`).waitFor();
    await page.getByText(/CONNECT/).waitFor();
    await box.connect('modbus-tcp', { ammonia: ppm });
    if (step === 5) {
      await page.getByRole('button', { name: 'KK' }).click();
      t.log(await takePicture(page, 'wizard-kk'));
      await page.getByRole('button', { name: 'EN' }).click();
    }
    await next.click();
    if (step === 7) {
      await page.getByText(/FLOWS/).waitFor();
      t.log(await takePicture(page, 'wizard-phone'));
    }
  }
  await page.getByText('NEW CALIBRATION IN FORCE').waitFor({ timeout: 60_000 });
  await box.connect('modbus-tcp', null);
  await page.getByRole('button', { name: 'Close' }).waitFor({ timeout: 60_000 });
  t.log(await takePicture(page, 'wizard-done'));
  const [sheet] = await Promise.all([
    page.waitForEvent('popup'),
    page.getByRole('link', { name: 'Record to print' }).click(),
  ]);
  await sheet.getByText('Record of adjustment').waitFor();
  t.true(await sheet.getByText('tech-7').isVisible());
  t.log(await takePicture(sheet, 'wizard-sheet'));
  // Nothing on a phone's screen runs out of it sideways.
  t.true(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth));
  t.deepEqual(wrongs, []);
});

onPhone(
  'a phone that goes away in mid-span aborts it after the grace, and the previous calibration stands',
  async (t) => {
    t.timeout(150_000);
    const box = await gasBox(t, quick);
    const watcher = await technician(t, box);
    const { page } = await paired(t, box);
    await beginAdjustment(page);
    watcher.ask({ ask: 'watch', target: 'nh3/ammonia' });
    await page.getByText('CHECK THE FLOW').waitFor();
    await page.context().setOffline(true);
    await page.getByText('NO CONNECTION TO THE BOX').waitFor({ timeout: 60_000 });
    const { running } = await watcher.until((view) => view.running?.ending != null);
    t.is(running?.ending?.reason, 'connection-lost');
    const { calibrations } = JSON.parse(readFileSync(path.join(box.state, 'calibrations.json'), 'utf8')) as {
      calibrations: unknown[];
    };
    t.is(calibrations.length, 2);
  },
);

onPhone(
  'the history of a part on a phone: drift of zero and span, dose and wet hours, and a record with its drift',
  async (t) => {
    t.timeout(120_000);
    const box = await gasBox(t, quick);
    await layDrift(box.state, Date.now());
    await box.restart('SIGKILL');
    await technician(t, box);
    const { page, wrongs, served } = await paired(t, box);
    const [history] = await Promise.all([
      page.waitForEvent('popup'),
      page.getByRole('link', { name: 'History of the part: nh3/ammonia' }).click(),
    ]);
    await history.getByText('Sensitivity left').waitFor();
    t.true((await history.locator('svg').count()) >= 4);
    t.true(await history.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth));
    t.log(await takePicture(history, 'history-phone'));
    await history.goto(`${served.url}sheet?target=nh3%2Fammonia&id=adjust-8&lang=en`);
    await history.getByText('Record of adjustment').waitFor();
    t.log(await takePicture(history, 'sheet-drift-phone'));
    t.deepEqual(wrongs, []);
  },
);

onPhone('nobody gets in without a code, and a code lets in once', async (t) => {
  t.timeout(90_000);
  const box = await gasBox(t, quick);
  const served = await servePage(t, box);
  const call = (url: string, body?: object): Promise<number> =>
    new Promise((resolve, reject) => {
      const { origin } = new URL(served.url);
      const headers = { origin, 'content-type': 'application/json' };
      const method = body ? 'POST' : 'GET';
      const asked = https.request(`${served.url}${url}`, { ca: served.ca, method, headers }, (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      });
      asked.on('error', reject);
      asked.end(body ? JSON.stringify(body) : undefined);
    });
  t.is(await call('events'), 401);
  t.is(await call('ask', { ask: 'alive' }), 401);
  t.is(await call('pair', { code: '00000000' }), 403);
  const code = served.code();
  t.is(await call('pair', { code }), 200);
  t.is(await call('pair', { code }), 403);
  const other = served.code();
  for (let i = 0; i < 5; i++) t.is(await call('pair', { code: other === '12345678' ? '87654321' : '12345678' }), 403);
  t.is(await call('pair', { code: other }), 403);
});
