/** From the commit of an alert to its row on the page, on loopback; the clock is the machine's, which both sides read. */
import { setTimeout as sleep } from 'node:timers/promises';
import { arrivalOf, browserIn, openRoom, pageIn, quantile, spread } from './console-room.ts';
import type { Figure } from './figure.ts';
import { inRoom } from './in-room.ts';

const rounds = 150;
const reachMs = 200;

/** Runs in the page: tells of each row in the frame after the one that holds it, for then it is on the screen. */
const watchRows = `
  const told = new Set();
  new MutationObserver(() => {
    for (const { dataset: { alert } } of document.querySelectorAll('.list [data-alert]')) {
      if (told.has(alert)) continue;
      told.add(alert);
      requestAnimationFrame(() => requestAnimationFrame(() => tellDrawn(alert, performance.timeOrigin + performance.now())));
    }
  }).observe(document.body, { childList: true, subtree: true });
`;

interface Seen {
  readonly p50: number;
  readonly p99: number;
  readonly most: number;
  readonly lost: number;
}

function measured(webGl: 'software' | 'none', rounds: number): Promise<Seen> {
  return inRoom('console-draw', async (folder, ends) => {
    const { ledger, server } = await openRoom(folder, ends);
    const page = await pageIn(await browserIn(ends, webGl));
    await page.goto(server.url);
    await ledger.commit([arrivalOf(spread('first', 0), 0, 1)], Date.now());
    await page.locator('.list [data-alert="first"]').waitFor();
    const drawn = new Map<string, number>();
    await page.exposeFunction('tellDrawn', (id: string, atMs: number) => drawn.set(id, atMs));
    await page.evaluate(watchRows);
    const tookMs: number[] = [];
    let lost = 0;
    for (let n = 1; n <= rounds; n++) {
      const id = `alert-${n}`;
      await ledger.commit([arrivalOf(spread(id, n), n, 1)], Date.now());
      const committedMs = performance.timeOrigin + performance.now();
      for (let turn = 0; turn < 300 && !drawn.has(id); turn++) await sleep(20);
      const atMs = drawn.get(id);
      if (atMs === undefined) lost += 1;
      else tookMs.push(atMs - committedMs);
      await sleep(60 + ((n * 37) % 100));
    }
    const sorted = tookMs.toSorted((a, b) => a - b);
    const most = sorted.at(-1) ?? Number.NaN;
    return { p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99), most, lost };
  });
}

/** Judged on the plain map: WebGL drawn by the processor would be the figure of SwiftShader, and stands in the note. */
export async function consoleDraw(): Promise<Figure> {
  const { p50, p99, most, lost } = await measured('none', rounds);
  const gl = await measured('software', 40);
  const ms = (value: number): string => `${value.toFixed(0)} ms`;
  return {
    id: 'console.draw',
    value: p99,
    unit: 'ms',
    baseline: reachMs,
    ratio: p99 / reachMs,
    reach: `p99 <= ${reachMs} ms`,
    ok: p99 <= reachMs && lost + gl.lost === 0,
    note: `p50 ${ms(p50)}, p99 ${ms(p99)}, longest ${ms(most)} of ${rounds} alerts, ${lost} never drawn; from the commit in SQLite by another handle to the second frame with its row in Debian's Chromium, plain map; with WebGL drawn by the processor p50 ${ms(gl.p50)}, p99 ${ms(gl.p99)} of 40; baseline: the reach`,
  };
}
