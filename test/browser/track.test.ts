import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { buildPage } from '../../daemons/console/web/build.ts';
import { replayFlight } from '../../daemons/tools/replay-flight.ts';
import { openBrowser } from '../support/chromium.ts';
import { openConsole } from '../support/console.ts';
import { archiveOf } from '../support/flights.ts';
import { given, needs } from '../support/needs.ts';
import { memoryRecords } from '../support/records.memory.ts';
import { openPage, pixelsOf, takePicture, until } from './browser.ts';

const logs = given('data/mavlink', 'real flights on the map');
const walk = needs('chromium', 'real flights on the map') && logs ? test.serial : test.serial.skip;

async function opened(t: ExecutionContext, log: string, webGl: 'software' | 'none') {
  const { events, positions } = replayFlight(path.join(logs ?? '', log), 1);
  t.log({ log, positions, pieces: events.length });
  const records = memoryRecords();
  await records.birth('north', 'dock-1', { simulated: false, dock: true }, Date.now());
  const server = await openConsole(records, { page: await buildPage(), archive: archiveOf(events) });
  t.teardown(() => server.stop());
  const browser = await openBrowser(webGl);
  t.teardown(() => browser.close());
  const watched = await openPage(t, browser, server.url);
  if (webGl === 'software') await watched.page.locator('.maplibregl-canvas').waitFor();
  await watched.page.getByRole('tab', { name: 'Devices' }).click();
  await watched.page.getByRole('button', { name: 'Show its track on the map' }).click();
  return { ...watched, positions, note: watched.page.locator('.track-button .note') };
}

for (const webGl of ['software', 'none'] as const)
  walk(`a recorded flight is a track on the map, WebGL: ${webGl}`, async (t) => {
    const log = 'dronekit_flight.tlog';
    const { page: tab, wrongs, note, positions } = await opened(t, log, webGl);
    t.true(positions > 2000);
    await note.getByText(`replayed from ${log}`).waitFor();
    const places = Number(/(\d+) places/.exec((await note.textContent()) ?? '')?.[1]);
    t.true(places > 100);
    // A line of some hundred metres, three pixels wide: seen once the map has arrived there and drawn it.
    await until(async () => (await pixelsOf(tab, 'accent')) > 1500);
    if (webGl === 'none') {
      const lengths = await tab
        .locator('.plain-track-flown')
        .evaluateAll((all) => all.map((one) => (one.getAttribute('points') ?? '').split(' ').length));
      t.is(
        lengths.reduce((sum, n) => sum + n, 0),
        places,
      );
    }
    t.log(await takePicture(tab, `track-${webGl}`));
    t.deepEqual(wrongs, []);
  });

walk('a log whose vehicle never knew its position gives no track, and the page says so', async (t) => {
  const { wrongs, note, positions } = await opened(t, 'pyulog_sample_log_small.ulg', 'none');
  t.is(positions, 0);
  await note.getByText('No track of it is held.').waitFor();
  t.deepEqual(wrongs, []);
});
