/** A phone at a site of patrols, and what is looked at on it. */
import type { ExecutionContext } from 'ava';
import type { Browser, Page as Tab } from 'playwright-core';
import { openPatrolSite, storageOf, unit } from '../support/patrol-site.ts';
import { openPage } from './browser.ts';

export type Site = Awaited<ReturnType<typeof openPatrolSite>>;

export async function openSite(t: ExecutionContext): Promise<Site> {
  const site = await openPatrolSite();
  t.teardown(site.stop);
  return site;
}

export const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true } as const;

export async function openPhone(t: ExecutionContext, browser: Browser, site: Site, options = {}) {
  const storageState = storageOf(site.patrol.caller);
  const watched = await openPage(t, browser, `${site.url}/patrol/`, { ...phone, storageState, ...options });
  await watched.page.getByRole('heading', { name: 'My alerts' }).waitFor();
  return watched;
}

export const row = (tab: Tab, id: string) => tab.locator(`[data-alert="${id}"]`);
export const isOffline = (tab: Tab, is: boolean) => tab.context().setOffline(is);
export const deedsOf = async (site: Site, id: string): Promise<readonly string[]> =>
  (await site.actsOf(id)).filter(({ role }) => role === 'patrol').map(({ deed }) => deed.what);
export const toldOf = async (site: Site, id: string) =>
  (await site.desk.record(id))?.desk?.told?.find((one) => one.unit === unit);
/** The worker holds the page: without a network it is there. */
export const workerHolds = (tab: Tab) =>
  tab.evaluate(async () => {
    await navigator.serviceWorker.ready;
    while ((await caches.keys()).length === 0) await new Promise((resolve) => setTimeout(resolve, 50));
  });

/** Buttons, links and fields that a glove would miss: lower or narrower than 56 px. */
export const small = (tab: Tab) =>
  tab.evaluate(() =>
    [...document.querySelectorAll('button, a[href], select, input, textarea')]
      .map((one) => ({ name: one.textContent, box: one.getBoundingClientRect() }))
      .filter(({ box }) => box.width > 0 && (box.width < 55.5 || box.height < 55.5))
      .map(({ name, box }) => `${name}: ${box.width} x ${box.height}`),
  );
