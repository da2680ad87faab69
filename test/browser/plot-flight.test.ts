/** A recorded flight's pose over a rendered country, through every real process to the console's map. */
import path from 'node:path';
import test from 'ava';
import { openBrowser } from '../support/chromium.ts';
import { given, needs } from '../support/needs.ts';
import { oneEach } from '../support/plot-alerts.ts';
import { plotFlight } from '../support/plot-flight.ts';
import { openPage, takePicture, until } from './browser.ts';

const title = 'a real log over a rendered country: one alert a plot, with outline, ellipse and picture, on the map';
const logs = given('data/mavlink', title);
const isSeen = needs('chromium', `${title}: the map`);
const walk = logs && needs('ffmpeg', title) ? test.serial : test.serial.skip;

walk(title, async (t) => {
  t.timeout(600_000);
  const log = path.join(logs ?? '', 'dronekit_flight.tlog');
  // A minute in which the drone flew up to 7 m/s and leaned up to 27 degrees.
  const flight = await plotFlight(t, { log, start: 660, seconds: 60, perSecond: 1 / 3, stills: false });
  oneEach(t, flight, 4);
  if (!isSeen) return;
  // What the map shows with WebGL is the matter of plot.test.ts: without it each line can be counted.
  const browser = await openBrowser('none');
  t.teardown(() => browser.close());
  const { page: tab, wrongs } = await openPage(t, browser, `${flight.url}/`);
  await tab.locator('[data-alert]').first().click();
  const image = tab.locator('.plot-picture img');
  await image.waitFor();
  await until(() => image.evaluate((one) => (one as HTMLImageElement).naturalWidth > 30));
  t.true((await tab.getByText('SIMULATED', { exact: true }).count()) >= flight.plots.length, 'each alert says so');
  t.log(await takePicture(tab, 'plot-flight-panel'));
  await tab.getByRole('button', { name: 'Show on the map' }).click();
  // An outline and an ellipse each.
  await until(async () => (await tab.locator('polygon.plain-region').count()) === 2 * flight.plots.length);
  t.log(await takePicture(tab, 'plot-flight-map'));
  t.deepEqual(wrongs, []);
});
