import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import readline from 'node:readline';
import test from 'ava';
import { openBrowser } from '../support/chromium.ts';
import { needs } from '../support/needs.ts';
import { centreIs, openPage, takePicture, until } from './browser.ts';

const walk = needs('chromium', 'the whole site in a browser') ? test.serial : test.serial.skip;
const main = path.join(import.meta.dirname, '../../daemons/main.ts');

walk(
  'the site that npm start runs: an alert on the page and on the map, acknowledged, and nothing left behind',
  async (t) => {
    t.timeout(420_000);
    const child = spawn(process.execPath, [main, 'simulate', '--console-port', '0', '--seed', '1'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
    t.teardown(() => child.kill('SIGINT'));
    const { folder, url } = await new Promise<{ folder: string; url: string }>((resolve) => {
      readline.createInterface({ input: child.stderr }).on('line', (line) => {
        const found = /^simulated site in (\S+); the page: (\S+)$/.exec(line);
        if (found) resolve({ folder: found[1] ?? '', url: found[2] ?? '' });
      });
    });
    await until(async () => {
      try {
        return (await fetch(`${url}health`)).ok;
      } catch {
        return false;
      }
    });

    const browser = await openBrowser('software');
    t.teardown(() => browser.close());
    const { page: tab, wrongs } = await openPage(t, browser, url);
    await tab.getByText('SIMULATED DATA').waitFor();
    const row = tab.locator('.row').first();
    await row.waitFor({ timeout: 100_000 });
    t.true(await row.getByText('SIMULATED').isVisible());
    // A slow computer may draw the map when the first alerts are cleared: the next plume comes after a minute and a half.
    await until(() => centreIs(tab, 'warning'), 180_000);
    t.log(await takePicture(tab, 'site'));
    await row.getByRole('button', { name: 'Acknowledge' }).click();
    await tab.getByLabel('Operator id').fill('op-17');
    await tab.getByRole('button', { name: 'Save' }).click();
    await tab.getByText('Acknowledged by op-17').first().waitFor();
    // What the box says of itself comes over the broker; the page says that the box is none.
    await tab.locator('#tab-devices').click();
    await tab.locator('#pane-devices .row-open').first().click();
    const health = tab.locator('.panel-box .block', { hasText: 'Health' });
    await health.locator('dd').first().waitFor({ timeout: 100_000 });
    t.true(await health.getByText('A simulated box').isVisible());
    t.deepEqual(wrongs, []);

    child.kill('SIGINT');
    t.is(await ended, 0);
    t.false(existsSync(folder));
    t.is(spawnSync('pgrep', ['-f', folder]).stdout.toString(), '');
  },
);
