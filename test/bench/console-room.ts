/** A store, the console on it, and a browser: what the benches of the page share. */
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { buildPage } from '../../daemons/console/web/build.ts';
import { openRecords } from '../../daemons/core/adapters/records.sqlite.ts';
import type { Records } from '../../daemons/core/ports/records.ts';
import type { Alert } from '../../daemons/core/values/alert.ts';
import { alertArrival, sampleAlert } from '../support/alerts.ts';
import { openBrowser } from '../support/chromium.ts';
import { type OpenConsole, openConsole } from '../support/console.ts';

export interface Room {
  /** As the ledger has it: another handle on the same file. */
  readonly ledger: Records;
  readonly server: OpenConsole;
}

export async function openRoom(
  folder: string,
  ends: (() => Promise<void>)[],
  fill: (ledger: Records) => Promise<void> = async () => {},
): Promise<Room> {
  const file = path.join(folder, 'centre.db');
  const ledger = await openRecords(file);
  ends.push(() => ledger.close());
  await fill(ledger);
  const records = await openRecords(file);
  ends.push(() => records.close());
  const server = await openConsole(records, { page: await buildPage() });
  ends.push(() => server.stop());
  return { ledger, server };
}

export async function browserIn(
  ends: (() => Promise<void>)[],
  webGl: 'software' | 'none' = 'software',
): Promise<Browser> {
  const browser = await openBrowser(webGl);
  ends.push(() => browser.close());
  return browser;
}

export async function pageIn(browser: Browser): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, colorScheme: 'light' });
  return context.newPage();
}

/** An alert of box `n` of a country: places are spread over it, always the same ones. */
export function spread(id: string, n: number, news: Partial<Alert> = {}): Alert {
  const [lat, lon] = [42 + ((n * 7919) % 1200) / 100, 50 + ((n * 104_729) % 3500) / 100];
  return sampleAlert(id, { where: { lat, lon, ceM: 150, source: 'surveyed' }, ...news });
}

export const arrivalOf = (alert: Alert, n: number, seq: number) =>
  alertArrival(alert, seq, `post-${n}`, `site-${n % 50}`);

export const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
