import test from 'ava';
import type { Browser } from 'playwright-core';
import { buildPage, type Page } from '../../daemons/console/web/build.ts';
import { alertArrival, sampleAlert } from '../support/alerts.ts';
import { openBrowser } from '../support/chromium.ts';
import { openConsole } from '../support/console.ts';
import { needs } from '../support/needs.ts';
import { memoryRecords } from '../support/records.memory.ts';
import { violationsOf } from './axe.ts';
import { openPage, takePicture, until } from './browser.ts';

const walk = needs('chromium', 'the sound of the page') ? test.serial : test.serial.skip;
let browser: Browser;
let page: Page;

test.before(async () => {
  page = await buildPage();
  browser = await openBrowser('none');
});
test.after.always(() => browser?.close());

walk(
  'a critical alert that waits sounds once somebody has switched the sound on, and is quiet when it is acknowledged',
  async (t) => {
    const records = memoryRecords();
    const server = await openConsole(records, { page });
    t.teardown(() => server.stop());
    const { page: tab, wrongs } = await openPage(t, browser, server.url);
    // Counts the tones that the page begins; what a loudspeaker does with them no test can hear.
    await tab.evaluate(`{ window.tones = 0; const begin = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (at) { window.tones += 1; return begin.call(this, at); }; }`);
    const tones = () => tab.evaluate<number>('window.tones');
    await records.commit([alertArrival(sampleAlert('a1'), 1)], Date.now());
    await tab.locator('.list [data-alert="a1"]').waitFor();
    const sound = tab.locator('.sound');
    const says = (words: string) => until(async () => (await sound.getAttribute('aria-label')) === words);
    await says('Sound off');
    t.is(await tones(), 0);
    await sound.click();
    await says('1 critical waits');
    await until(async () => (await tones()) === 2);
    t.deepEqual(await violationsOf(tab), []);
    t.log(await takePicture(tab, 'alarm'));
    await records.acknowledge('a1', 'op-2', Date.now());
    await says('Sound on');
    await sound.click();
    await says('Sound off');
    t.is(await sound.getAttribute('aria-pressed'), 'false');
    await tab.evaluate(`localStorage.setItem('fieldpost.sound', 'on')`);
    await tab.reload();
    await says('Sound: press to hear');
    t.deepEqual(wrongs, []);
  },
);
