import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { findMaps, type MapFile } from '../../daemons/console/maps.ts';
import { buildPage } from '../../daemons/console/web/build.ts';
import type { Records } from '../../daemons/core/ports/records.ts';
import { alertArrival, sampleAlert } from '../support/alerts.ts';
import { openBrowser } from '../support/chromium.ts';
import { openConsole } from '../support/console.ts';
import { needs } from '../support/needs.ts';
import { pmtilesFile, solidPng, squareTile } from '../support/pmtiles.ts';
import { memoryRecords } from '../support/records.memory.ts';
import { centreIs, colorAt, colorOf, isNear, openPage, takePicture, until } from './browser.ts';

const walk = needs('chromium', 'the map in a browser') ? test.serial : test.serial.skip;
const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-region-'));
test.after.always(() => rmSync(folder, { recursive: true, force: true }));

const bounds = [-180, -85, 180, 85] as const;
const green = [10, 200, 10] as const;
const regions = {
  raster: pmtilesFile({
    tiles: [{ z: 0, x: 0, y: 0, bytes: solidPng(256, green) }],
    tileType: 2,
    zooms: [0, 0],
    bounds,
    metadata: { attribution: 'Survey <a href="https://example.org">office</a>' },
  }),
  vector: pmtilesFile({
    tiles: [{ z: 0, x: 0, y: 0, bytes: squareTile('water') }],
    tileType: 1,
    zooms: [0, 0],
    bounds,
    metadata: { vector_layers: [{ id: 'water' }] },
  }),
};

async function openMap(
  t: ExecutionContext,
  webGl: 'software' | 'none',
  records: Records,
  maps: readonly MapFile[] = [],
) {
  const browser = await openBrowser(webGl);
  t.teardown(() => browser.close());
  const server = await openConsole(records, { page: await buildPage(), maps });
  t.teardown(() => server.stop());
  return openPage(t, browser, server.url);
}

const raised = async () => {
  const records = memoryRecords();
  await records.commit([alertArrival(sampleAlert('a1'), 1)], Date.now());
  return records;
};

walk('too near for the outline the map says that surroundings are not drawn, and from afar it does not', async (t) => {
  const { page: tab, wrongs } = await openMap(t, 'software', await raised());
  await tab.locator('.maplibregl-canvas').waitFor();
  const note = tab.getByText('Base map too coarse at this scale');
  t.false(await note.isVisible());
  await tab.locator('[data-alert="a1"]').click();
  await tab.getByRole('button', { name: 'Show on the map' }).click();
  await note.waitFor();
  await until(async () => /^\d+\sm$/.test(await tab.locator('.map-scale').innerText()));
  await until(() => centreIs(tab, 'critical'));
  t.log(await takePicture(tab, 'near'));
  await tab.getByRole('button', { name: 'Fit all' }).click();
  await note.waitFor({ state: 'hidden' });
  t.deepEqual(wrongs, []);
});

walk('a raster region is drawn from its own file, in ranges, with its credit as text', async (t) => {
  const file = path.join(folder, 'region.pmtiles');
  writeFileSync(file, regions.raster);
  const { page: tab, wrongs, requests } = await openMap(t, 'software', memoryRecords(), await findMaps(file));
  const box = await tab.locator('.map-canvas').boundingBox();
  const [x, y] = [(box?.x ?? 0) + 200, (box?.y ?? 0) + 300];
  await until(async () => isNear(await colorAt(tab, x, y), green));
  t.true(await tab.getByText('Survey office').isVisible());
  t.true(requests.some((url) => url.endsWith('/maps/0.pmtiles')));
  t.deepEqual(wrongs, []);
});

walk('a vector region is drawn in the colours of the page', async (t) => {
  const file = path.join(folder, 'vector.pmtiles');
  writeFileSync(file, regions.vector);
  const { page: tab, wrongs } = await openMap(t, 'software', memoryRecords(), await findMaps(file));
  // In the Sahara, inside the square that the file calls water.
  const water = await colorOf(tab, '--map-water');
  const box = await tab.locator('.map-canvas').boundingBox();
  const spot = {
    x: Math.round((box?.x ?? 0) + (box?.width ?? 0) / 2 - 60),
    y: Math.round((box?.y ?? 0) + (box?.height ?? 0) / 2 + 32),
  };
  await tab.locator('.maplibregl-canvas').waitFor();
  await until(async () => isNear(await colorAt(tab, spot.x, spot.y), water));
  t.log(await takePicture(tab, 'vector'));
  t.deepEqual(wrongs, []);
});

walk(
  'without WebGL a plain map takes its place: marked, with the same notes, and MapLibre is not even loaded',
  async (t) => {
    const { page: tab, wrongs, requests } = await openMap(t, 'none', await raised());
    await tab.getByText('Plain map: this browser has no WebGL.').waitFor();
    await tab.locator('.plain-mark[data-alert="a1"] .shape').click();
    await tab.locator('.panel').waitFor();
    t.true(await tab.locator('.plain-mark').getByText('SIMULATED').isVisible());
    await tab.getByRole('button', { name: 'Show on the map' }).click();
    await tab.getByText('Base map too coarse at this scale').waitFor();
    t.log(await takePicture(tab, 'plain'));
    t.false(requests.some((url) => url.includes('mapWorker')));
    t.deepEqual(wrongs, []);
  },
);
