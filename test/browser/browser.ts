import { mkdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { ExecutionContext } from 'ava';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

/** A page and everything that it did wrong: errors, refusals of its own policy, requests to anybody but the console. */
export interface WatchedPage {
  readonly page: Page;
  readonly wrongs: readonly string[];
  readonly requests: readonly string[];
}

/** Opens a page that closes with the test, however the test ends. */
export async function openPage(
  t: ExecutionContext,
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    colorScheme: 'light',
    ...options,
  });
  t.teardown(() => context.close());
  const page = await context.newPage();
  const wrongs: string[] = [];
  const requests: string[] = [];
  const { origin } = new URL(url);
  page.on('pageerror', (error) => wrongs.push(`error: ${error.message}`));
  page.on('dialog', (dialog) => {
    wrongs.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('console', (message) => {
    // A connection that was refused while the console is away is what some tests are about.
    const isAway = /Failed to load resource: net::|ERR_INCOMPLETE_CHUNKED/.test(message.text());
    if (message.type() === 'error' && !isAway) wrongs.push(`console: ${message.text()}`);
  });
  page.on('request', (request) => {
    requests.push(request.url());
    if (!request.url().startsWith(`${origin}/`)) wrongs.push(`request to ${request.url()}`);
  });
  await page.goto(url);
  return { page, wrongs, requests };
}

/** Keeps a picture in the temporary folder, for a person to look at; its path is the answer. */
export async function takePicture(page: Page, name: string): Promise<string> {
  const folder = path.join(os.tmpdir(), 'fieldpost-pictures');
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, `${name}.png`);
  await page.screenshot({ path: file });
  return file;
}

/** What the page shows at a point, as [red, green, blue]: read from a screenshot, so that it is what a person sees. */
export async function colorAt(page: Page, x: number, y: number): Promise<number[]> {
  const shot = await page.screenshot({ clip: { x, y, width: 1, height: 1 } });
  return page.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
    const pen = new OffscreenCanvas(1, 1).getContext('2d');
    pen?.drawImage(image, 0, 0);
    return [...(pen?.getImageData(0, 0, 1, 1).data ?? [])].slice(0, 3);
  }, shot.toString('base64'));
}

/** Asks again until it is so: for what an animation or a slow computer brings about in its own time. Errors: when that is over. */
export async function until(isSo: () => Promise<boolean>, withinMs = 60_000): Promise<void> {
  const endMs = performance.now() + withinMs;
  while (!(await isSo())) {
    if (performance.now() > endMs) throw new Error(`never came about: ${isSo}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Whether two colours are the same but for how they were smoothed. */
export const isNear = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === 3 && a.every((value, i) => Math.abs(value - (b[i] ?? -99)) <= 6);

/** A colour of the page by its CSS variable, as [red, green, blue]. */
export async function colorOf(page: Page, variable: string): Promise<number[]> {
  const text = await page.evaluate((name) => {
    document.body.style.setProperty('outline-color', `var(${name})`);
    return getComputedStyle(document.body).outlineColor;
  }, variable);
  return [...text.matchAll(/\d+/g)].map(Number).slice(0, 3);
}

/** Places of a mark beside its letter, in pixels from its middle: a circle's side, a triangle's feet. */
const besideLetter = [
  [-8, 0],
  [-8, 7],
] as const;

/** Whether the mark in the middle of the map wears this colour. */
export async function centreIs(page: Page, variable: string): Promise<boolean> {
  const box = await page.locator('.map-canvas').boundingBox();
  const [x, y] = [(box?.x ?? 0) + (box?.width ?? 0) / 2, (box?.y ?? 0) + (box?.height ?? 0) / 2];
  const wanted = await colorOf(page, `--${variable}`);
  for (const [right, down] of besideLetter)
    if (isNear(await colorAt(page, Math.round(x) + right, Math.round(y) + down), wanted)) return true;
  return false;
}

/** How many pixels around the middle of the map wear this colour: of a line, as a person sees it. */
export async function pixelsOf(page: Page, variable: string): Promise<number> {
  const box = await page.locator('.map-canvas').boundingBox();
  const [x, y] = [(box?.x ?? 0) + (box?.width ?? 0) / 2 - 200, (box?.y ?? 0) + (box?.height ?? 0) / 2 - 200];
  const shot = await page.screenshot({ clip: { x, y, width: 400, height: 400 } });
  const wanted = await colorOf(page, `--${variable}`);
  return page.evaluate(
    async ([base64, color]) => {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
      const pen = new OffscreenCanvas(400, 400).getContext('2d');
      pen?.drawImage(image, 0, 0);
      const data = pen?.getImageData(0, 0, 400, 400).data ?? new Uint8ClampedArray();
      let count = 0;
      for (let at = 0; at < data.length; at += 4)
        if (color.every((value, i) => Math.abs((data[at + i] ?? 0) - value) <= 6)) count += 1;
      return count;
    },
    [shot.toString('base64'), wanted] as const,
  );
}
