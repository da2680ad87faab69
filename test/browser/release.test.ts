import { spawn } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import readline from 'node:readline';
import test from 'ava';
import type { AlertRecord } from '../../daemons/core/ports/records.ts';
import { toDegrees } from '../../daemons/gas/plume/estimate.ts';
import { release } from '../../daemons/tools/simulate/release.ts';
import { openBrowser } from '../support/chromium.ts';
import { needs } from '../support/needs.ts';
import { holds } from '../support/rings.ts';
import { centreIs, openPage, takePicture, until } from './browser.ts';

const walk = needs('chromium', 'a release of the simulated site in a browser') ? test.serial : test.serial.skip;
const main = path.join(import.meta.dirname, '../../daemons/main.ts');
/** As firmware-configs/devices/post-2.yaml has it. */
const post = { lat: 44.5302, lon: 73.4413 };
/** The gas begins while the wind comes from it: the hardest phase. Other ones: `evaluate plume-scene`. */
const seed = '14';
/** Rows with wind after which the wind has swung over the source some times. */
const enough = 36;

walk(
  'a lorry raises nothing; a release raises one alert, corroborated, with a region on the map that holds its source',
  async (t) => {
    t.timeout(480_000);
    const child = spawn(
      process.execPath,
      [main, 'simulate', '--scene', 'release', '--seed', seed, '--console-port', '0'],
      {
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
    const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
    t.teardown(() => child.kill('SIGINT'));
    const { url, beganMs } = await new Promise<{ url: string; beganMs: number }>((resolve) => {
      let url = '';
      readline.createInterface({ input: child.stderr }).on('line', (line) => {
        url = /; the page: (\S+)$/.exec(line)?.[1] ?? url;
        const began = /^the scene release of seed 14 begins at (\d+)$/.exec(line)?.[1];
        if (began) resolve({ url, beganMs: Number(began) });
      });
    });
    const alerts = async (): Promise<readonly AlertRecord[]> => {
      const answer = await fetch(`${url}api/state`).catch(() => null);
      return answer?.ok ? ((await answer.json()) as { alerts: AlertRecord[] }).alerts : [];
    };
    // The lamp forgets a plume sooner than the analyzer: between two sweeps a revision is of one principle.
    const isDue = ({ alert }: AlertRecord): boolean =>
      (alert.plume?.wind.rows ?? 0) >= enough && alert.certainty === 'corroborated';
    await until(async () => (await alerts()).some(isDue), 400_000);

    const [record, ...others] = await alerts();
    if (!record) return t.fail('the alert is gone');
    const { alert } = record;
    t.deepEqual(others, []);
    t.is(alert.kind, 'ammonia');
    t.is(alert.certainty, 'corroborated');
    t.true(alert.flags.includes('simulated'));
    t.true(alert.since.wallMs >= beganMs + release.startS * 1000, 'it is of the release, not of the lorry');
    const { plume } = alert;
    if (plume?.answer !== 'source') return t.fail(`no source: ${plume?.reason}`);
    t.true(holds(plume.region90, toDegrees(post)(release.eastM, release.northM)), JSON.stringify(plume));
    t.deepEqual(plume.made, ['mast/wind-from', 'nh3/ammonia']);

    const browser = await openBrowser('software');
    t.teardown(() => browser.close());
    const { page: tab, wrongs } = await openPage(t, browser, url);
    await tab.getByText('SIMULATED DATA').waitFor();
    await tab.locator('.row-open').first().click();
    await tab
      .locator('.panel')
      .getByText(/^90 % region, \d+\sm across$/)
      .waitFor();
    await tab.getByRole('button', { name: 'Show on the map' }).click();
    await until(() => centreIs(tab, 'warning'));
    t.log(await takePicture(tab, 'release'));
    t.is(await tab.locator('.row').count(), 1);
    t.deepEqual(wrongs, []);
    child.kill('SIGINT');
    t.is(await ended, 0);
  },
);
