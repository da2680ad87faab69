import test from 'ava';
import type { Browser } from 'playwright-core';
import { openBrowser } from '../support/chromium.ts';
import { locatedAlert, post } from '../support/located.ts';
import { needs } from '../support/needs.ts';
import { sidewaysOf, violationsOf } from './axe.ts';
import { takePicture } from './browser.ts';
import { openPhone, openSite, row, small } from './patrol-phone.ts';

const walk = needs('chromium', 'the look of the page of patrols') ? test.serial : test.serial.skip;
let browser: Browser;

test.before(async () => {
  browser = await openBrowser('none');
});
test.after.always(() => browser?.close());

walk(
  'three languages, both themes, from 320 px: nothing overflows, every target is for gloves, WCAG 2.2 AA',
  async (t) => {
    const site = await openSite(t);
    await site.raise('a1', locatedAlert('a1'));
    await site.raise('a2', { severity: 'warning', kind: 'vapour.acetone', condition: 'cleared' });
    const { page: tab, wrongs } = await openPhone(t, browser, site, {
      ...{ viewport: { width: 320, height: 700 }, permissions: ['geolocation'] },
      geolocation: { latitude: post.lat + 0.001, longitude: post.lon + 0.002 },
    });
    await tab.locator('[data-key="menu"]').click();
    await tab.locator('[data-key="locate"]').click();
    await tab.locator('[data-key="back"]').click();
    const looked = async (name: string): Promise<void> => {
      t.deepEqual(await violationsOf(tab), [], name);
      t.true((await sidewaysOf(tab)) <= 0, name);
      t.deepEqual(await small(tab), [], name);
      await tab.screenshot({ path: await takePicture(tab, `patrol-${name}`), fullPage: true });
    };
    for (const [language, theme, help] of [
      ['English', 'sun', 'HELP'],
      ['Русский', 'night', 'ПОМОЩЬ'],
      ['Қазақша', 'sun', 'КӨМЕК'],
    ] as const) {
      await tab.locator('[data-key="menu"]').click();
      await tab.getByRole('button', { name: language }).click();
      await tab.locator('[data-key="help"]', { hasText: help }).waitFor();
      await tab.locator(`[data-key="choose ${theme}"]`).click();
      if (language === 'Қазақша') await looked(`menu-${theme}-${language}`);
      await tab.locator('[data-key="back"]').click();
      if (language === 'Русский') await looked(`list-${theme}-${language}`);
      await row(tab, 'a1').click();
      await tab.locator('.sketch .sketch-own').waitFor();
      await looked(`call-${theme}-${language}`);
      await tab.locator('[data-key="back"]').click();
    }
    await tab.locator('[data-key="menu"]').click();
    await tab.locator('[data-key="choose night"]').click();
    await tab.locator('[data-key="back"]').click();
    await row(tab, 'a2').click();
    await looked('call-night-over');
    await tab.locator('[data-key="report lawful-source"]').click();
    await looked('report-night');
    t.deepEqual(wrongs, []);
  },
);
