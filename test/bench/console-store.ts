/** The page on a store of a whole country: 10,000 boxes and 100,000 alerts. */
import { readFileSync } from 'node:fs';
import process from 'node:process';
import type { Browser, Page } from 'playwright-core';
import type { Records } from '../../daemons/core/ports/records.ts';
import { arrivalOf, browserIn, openRoom, pageIn, spread } from './console-room.ts';
import type { Figure } from './figure.ts';
import { inRoom } from './in-room.ts';

const boxes = 10_000;
const alerts = 100_000;
const batch = 1000;

/** A birth as a gas post sends it: sensors, versions, the card of its model with its curves. */
const birthOf = (n: number) => ({
  simulated: true,
  version: '0.1.0',
  where: spread('', n).where,
  sensors: Array.from({ length: 12 }, (_, i) => ({ id: `sensor-${i}`, quantity: 'ammonia', unit: 'ppm' })),
  model: {
    name: 'gas-vapour',
    version: '1.0.0',
    curves: { roc: Array.from({ length: 60 }, (_, i) => [i / 60, i / 60]) },
  },
});

async function fill(ledger: Records): Promise<void> {
  for (let n = 0; n < boxes; n++) await ledger.birth(`site-${n % 50}`, `post-${n}`, birthOf(n), Date.now());
  process.stderr.write(`console: ${boxes} boxes\n`);
  const severities = ['critical', 'warning', 'info'] as const;
  for (let from = 0; from < alerts; from += batch)
    await ledger.commit(
      Array.from({ length: batch }, (_, i) => {
        const [at, n] = [from + i, (from + i) % boxes];
        const condition = at % 20 === 0 ? 'raised' : 'cleared';
        const severity = severities[at % 3] ?? 'info';
        return arrivalOf(spread(`alert-${at}`, n, { severity, condition }), n, Math.floor(at / boxes) + 1);
      }),
      Date.now(),
    );
  process.stderr.write(`console: ${alerts} alerts\n`);
}

/** Runs in the page: the longest task that the browser told of. */
const watchTasks = `
  window.longest = 0;
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) window.longest = Math.max(window.longest, duration);
  }).observe({ type: 'longtask' });
`;
/** Runs in the page: what \`act\` brought about is on the screen in the second frame after it; gives the milliseconds. */
const framesAfter = (act: string): string => `new Promise((resolve) => {
  const at = performance.now();
  ${act};
  requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now() - at)));
})`;

export function consoleStore(): Promise<readonly Figure[]> {
  return inRoom('console-store', async (folder, ends) => {
    const { server } = await openRoom(folder, ends, fill);
    const browser = await browserIn(ends);
    const page = await pageIn(browser);
    await page.addInitScript(watchTasks);
    const firstMs = await firstView(page, server.url);
    await page.locator('.maplibregl-canvas').waitFor();
    await page.waitForTimeout(4000);
    const filterMs = await filtering(page);
    const panMs = await panning(page);
    const memory = await memoryOf(browser, page);
    const figure = (id: string, value: number, unit: string, most: number, note: string): Figure => ({
      id: `console.store.${id}`,
      ...{ value, unit, baseline: most, ratio: value / most, reach: `<= ${most} ${unit}`, ok: value <= most, note },
    });
    const of = `${boxes} boxes and ${alerts} alerts in SQLite; baseline: the reach`;
    return [
      figure(
        'first',
        firstMs,
        'ms',
        1000,
        `from the request of the page to the second frame with rows of alerts; ${of}`,
      ),
      figure(
        'filter',
        filterMs,
        'ms',
        200,
        `longest of filters and a search, from the press to the second frame; ${of}`,
      ),
      figure(
        'pan',
        panMs,
        'ms',
        50,
        `longest task of the main thread (Long Tasks API tells those above 50; 50 stands for none) in 6 pans and 2 zooms; ${of}`,
      ),
      figure(
        'memory',
        memory.privateMb,
        'MB',
        250,
        `private memory of the page's process after it; of it ${memory.heapMb.toFixed(0)} MB is the heap of the script; ${of}`,
      ),
    ];
  });
}

/** Once to warm the server's copy and the browser's own caches of code, as after a shift's first minute; then measured. */
async function firstView(page: Page, url: string): Promise<number> {
  const seen = async (): Promise<number> => {
    await page.goto(url, { waitUntil: 'commit' });
    await page.locator('.list [data-alert]').first().waitFor();
    await page.evaluate(framesAfter(''));
    return page.evaluate<number>('performance.now()');
  };
  await seen();
  return seen();
}

async function filtering(page: Page): Promise<number> {
  const took: number[] = [];
  const measure = async (act: string): Promise<void> => {
    took.push(await page.evaluate<number>(framesAfter(act)));
  };
  for (const at of [2, 3, 1]) await measure(`document.querySelector('.choices .choice:nth-child(${at})').click()`);
  await page.locator('#tab-devices').click();
  await measure(
    `const field = document.querySelector('#pane-devices input'); field.value = '77'; field.dispatchEvent(new Event('input'))`,
  );
  await page.locator('#tab-alerts').click();
  return Math.max(...took);
}

async function panning(page: Page): Promise<number> {
  const box = await page.locator('.map-canvas').boundingBox();
  const [x, y] = [(box?.x ?? 0) + (box?.width ?? 0) / 2, (box?.y ?? 0) + (box?.height ?? 0) / 2];
  await page.waitForTimeout(1000);
  await page.evaluate('window.longest = 0');
  for (let turn = 0; turn < 8; turn++) {
    if (turn === 2 || turn === 5) await page.locator('.map-tools button').first().click();
    await page.mouse.move(x, y);
    await page.mouse.down();
    const [dx, dy] = turn % 2 === 0 ? [-240, 60] : [220, -80];
    await page.mouse.move(x + dx, y + dy, { steps: 25 });
    await page.mouse.up();
    await page.waitForTimeout(600);
  }
  const longest = await page.evaluate<number>('window.longest');
  return Math.max(50, longest);
}

/** What the process of the page has for itself, as the kernel tells it. */
async function memoryOf(browser: Browser, page: Page): Promise<{ privateMb: number; heapMb: number }> {
  const own = await page.context().newCDPSession(page);
  await own.send('HeapProfiler.collectGarbage');
  const { usedSize } = await own.send('Runtime.getHeapUsage');
  const whole = await browser.newBrowserCDPSession();
  const { processInfo } = await whole.send('SystemInfo.getProcessInfo');
  const privates = processInfo
    .filter(({ type }) => type === 'renderer')
    .map(({ id }) => {
      const text = readFileSync(`/proc/${id}/smaps_rollup`, 'utf8');
      const kB = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0);
      return (kB('Private_Clean') + kB('Private_Dirty')) / 1024;
    });
  return { privateMb: Math.max(...privates), heapMb: usedSize / 1e6 };
}
