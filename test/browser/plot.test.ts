import test from 'ava';
import { evidencePicture } from '../../daemons/camera/evidence/picture.ts';
import { buildPage } from '../../daemons/console/web/build.ts';
import { openPictures } from '../../daemons/core/adapters/pictures.wasm.ts';
import type { Alert } from '../../daemons/core/values/alert.ts';
import { alertArrival, sampleAlert } from '../support/alerts.ts';
import { openBrowser } from '../support/chromium.ts';
import { openConsole } from '../support/console.ts';
import { needs } from '../support/needs.ts';
import { memoryRecords } from '../support/records.memory.ts';
import { centreIs, openPage, takePicture, until } from './browser.ts';

const walk = needs('chromium', 'a plot in a browser') ? test.serial : test.serial.skip;

const [lat, lon] = [44.51, 73.42];
const corner = (northM: number, eastM: number) => [lon + eastM / 79_300, lat + northM / 111_130] as const;
const outline = [corner(-17, -6), corner(17, -6), corner(17, 6), corner(-17, 6), corner(-17, -6)];

async function plotAlert(): Promise<Alert> {
  const pictures = await openPictures();
  const [width, height] = [600, 400];
  const rgb = new Uint8Array(3 * width * height);
  for (let i = 0; i < width * height; i++) {
    const [x, y] = [i % width, Math.floor(i / width)];
    const isRow = x > 150 && x < 450 && y > 120 && y < 280 && y % 12 < 7;
    rgb.set(isRow ? [40, 140 + (x % 40), 40] : [150 + (x % 20), 130, 90], 3 * i);
  }
  const facts = { lat, lon, ceM: 6, wallMs: Date.now(), metresPerPixel: 0.05 };
  const limits = { mostBytes: 24_000, mostSide: 480, encode: pictures.encodeJpeg };
  const picture = evidencePicture({ width, height, rgb }, { x0: 150, y0: 120, x1: 450, y1: 280 }, facts, limits);
  return sampleAlert('p1', {
    ...{ kind: 'crop-plot', severity: 'warning', certainty: 'corroborated', rev: 3, condition: 'held' },
    where: { lat, lon, ceM: 6, source: 'projected' },
    plot: {
      ...{ outline: [outline], areaM2: 408, lengthM: 34, widthM: 12, cut: false, looks: 7, passes: 2, picture },
      ellipse: { majorM: 7.5, minorM: 4.5, bearingDeg: 30 },
      zones: [{ name: 'farm 12', kind: 'declared' }],
    },
  });
}

for (const webGl of ['software', 'none'] as const)
  walk(`an alert of a plot shows picture, size and place, and its outline on the map; WebGL ${webGl}`, async (t) => {
    const records = memoryRecords();
    await records.commit([alertArrival(await plotAlert(), 1)], Date.now());
    const browser = await openBrowser(webGl);
    t.teardown(() => browser.close());
    const server = await openConsole(records, { page: await buildPage() });
    t.teardown(() => server.stop());
    const { page: tab, wrongs } = await openPage(t, browser, server.url);
    await tab.locator('[data-alert="p1"]').first().click();
    const image = tab.locator('.plot-picture img');
    await image.waitFor();
    await until(() => image.evaluate((one) => (one as HTMLImageElement).naturalWidth > 100));
    t.true(await tab.getByText('about 34 m by 12 m').isVisible());
    t.true(await tab.getByText('± 7.5 m along 30°, ± 4.5 m across').isVisible());
    t.true(await tab.getByText('declared: farm 12').isVisible());
    t.log(await takePicture(tab, `plot-panel-${webGl}`));
    await tab.getByRole('button', { name: 'Show on the map' }).click();
    if (webGl === 'none') t.is(await tab.locator('polygon.plain-region').count(), 2);
    else await until(() => centreIs(tab, 'warning'));
    t.log(await takePicture(tab, `plot-${webGl}`));
    t.deepEqual(wrongs, []);
  });
