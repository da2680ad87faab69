/** The preview on a technician's phone: real page, real camera daemon, a folder of stills. */
import path from 'node:path';
import test from 'ava';
import { askLine } from '../../daemons/core/adapters/lines.unix.ts';
import { longestPreviewReply } from '../../daemons/core/procedure/preview-link.ts';
import { cameraBox } from '../support/camera-box.ts';
import { openBrowser } from '../support/chromium.ts';
import { lastingStills } from '../support/lasting-stills.ts';
import { phone, servePage } from '../support/local-page.ts';
import { needs } from '../support/needs.ts';
import { openPage, takePicture, until } from './browser.ts';

const onPhone = needs('chromium', 'the preview on a phone') ? test.serial : test.serial.skip;

onPhone('a paired phone aims by the preview while it is open and seen, and by nothing after', async (t) => {
  t.timeout(180_000);
  const box = await cameraBox(t, { isTold: false });
  const served = await servePage(t, box);
  const browser = await openBrowser('none');
  t.teardown(() => browser.close());
  const { page, wrongs, requests } = await openPage(t, browser, served.url, phone);
  const asked = (): number => requests.filter((url) => url.endsWith('/preview')).length;
  const unpaired = await page.evaluate(async () => {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ ask: 'open', by: 'tech-7' });
    return (await fetch('/session')).ok && (await fetch('/preview', { method: 'POST', headers, body })).status;
  });
  t.is(unpaired, 401);
  await page.getByLabel('Code from the box').fill(served.code());
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByRole('button', { name: 'Aim the camera' }).click();
  await page.getByLabel('Your staff code').fill('A Name');
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByText(/pattern/).waitFor();
  await page.getByLabel('Your staff code').fill('tech-7');
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByText('No camera daemon runs on this box.').waitFor();
  t.log(await takePicture(page, 'preview-none'));

  const daemon = box.start(lastingStills());
  const image = page.getByRole('img', { name: 'Camera down' });
  const open = page.getByRole('button', { name: 'Show picture' });
  await until(async () => {
    if (await open.isVisible()) await open.click();
    return image.isVisible();
  });
  await page.getByText('For aiming only: nothing of this is kept.').waitFor();
  await page.getByText('No position is told: look at the feed and the receiver').waitFor();
  await page.getByText('SIMULATED').waitFor();
  await page.getByText(/^Picture \d+ s old/).waitFor();
  t.is(await image.evaluate((one) => (one as HTMLImageElement).naturalWidth), 64);
  const first = await image.getAttribute('src');
  await until(async () => (await image.getAttribute('src')) !== first);
  t.log(await takePicture(page, 'preview-phone'));
  for (const [key, name] of [
    ['RU', 'preview-ru'],
    ['KK', 'preview-kk'],
  ] as const) {
    await page.getByRole('button', { name: key }).click();
    await until(() => page.locator('img.preview').isVisible());
    t.log(await takePicture(page, name));
    t.true(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth));
  }
  await page.getByRole('button', { name: 'EN' }).click();

  const show = (state: 'hidden' | 'visible') =>
    page.evaluate((value) => {
      Object.defineProperty(document, 'visibilityState', { value, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    }, state);
  await show('hidden');
  await until(async () => !(await image.isVisible()));
  await show('visible');
  await until(() => image.isVisible());

  // Whoever opens it elsewhere ends this one, as five minutes do.
  await askLine(path.join(box.state, 'camera.sock'), '{"ask":"open","by":"tech-7"}', longestPreviewReply);
  await page.getByText(/^The preview is over/).waitFor();
  t.false(await image.isVisible());
  await open.click();
  await until(() => image.isVisible());
  await page.getByRole('button', { name: 'Stop' }).click();
  await open.waitFor();
  t.false(await image.isVisible());
  await until(async () => {
    const before = asked();
    await page.waitForTimeout(3000);
    return asked() === before;
  });
  await open.click();
  await until(() => image.isVisible());
  await page.getByRole('button', { name: 'Back' }).click();
  await page.getByText('What is to be done?').waitFor();

  const ended = await daemon.end();
  t.is(ended.code, 0, ended.err);
  const { events } = await box.kept();
  const opened = events.filter(({ type }) => type === 'preview-opened');
  t.is(opened.length, 4, 'once for each opening');
  for (const { detail } of opened) t.is(detail.by, 'tech-7');
  t.deepEqual(
    wrongs.filter((wrong) => !/status of 40[01]/.test(wrong)),
    [],
  );
});
