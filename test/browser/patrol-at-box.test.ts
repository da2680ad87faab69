import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { systemClock } from '../../daemons/core/adapters/clock.system.ts';
import { openSpool } from '../../daemons/core/adapters/spool.sqlite.ts';
import type { Item } from '../../daemons/core/ports/spool.ts';
import type { Alert } from '../../daemons/core/values/alert.ts';
import { freshFolder } from '../core/spool/keeping.ts';
import { sampleAlert } from '../support/alerts.ts';
import { openBrowser } from '../support/chromium.ts';
import { phone, servePage } from '../support/local-page.ts';
import { needs } from '../support/needs.ts';
import { openPage, takePicture } from './browser.ts';

const onPhone = needs('chromium', "a patrol's phone at a box") ? test.serial : test.serial.skip;

/** A box without sensors: the test stands for its daemons. JSON is YAML too. */
async function boxWith(t: ExecutionContext, alerts: readonly Alert[]) {
  const home = freshFolder(t);
  const [config, state] = [path.join(home, 'config'), path.join(home, 'box')];
  const files = {
    'devices/post-7': {
      ...{ device: 'post-7', site: 'north', board: 'bare', profile: 'bare', direct: 'all' },
      where: { lat: 51.16, lon: 71.44, ceM: 5 },
    },
    'boards/bare': { board: 'bare', simulated: true, ports: {}, sensors: [] },
    'profiles/bare': { profile: 'bare' },
  };
  for (const [name, value] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(config, name)), { recursive: true });
    writeFileSync(path.join(config, `${name}.yaml`), JSON.stringify(value));
  }
  mkdirSync(path.join(state, 'spool'), { recursive: true });
  const spool = await openSpool({ path: path.join(state, 'spool/gas.db'), device: 'post-7' });
  await spool.append(alerts.map((body): Item => ({ stream: 'alert', at: body.at, body })));
  await spool.close();
  return { state, box: { config, device: 'post-7' } };
}

onPhone(
  "a patrol's phone at the box: danger, a region, what it says stands, also said while the link was torn",
  async (t) => {
    t.timeout(90_000);
    const now = systemClock().now();
    const minutes = (n: number) => ({
      ...now,
      wallMs: now.wallMs - n * 60_000,
      monoNs: Math.max(1, now.monoNs - n * 60e9),
    });
    const crew = {
      ...{ family: 'safety', kind: 'crew-a2-ammonia', at: minutes(0), since: minutes(4) },
      because: {
        ...{ rule: 'crew safety A2 at 50 ppm', score: 61, peak: 74.2, threshold: 50, model: null },
        evidence: [
          { ...{ sensor: 'nh3', quantity: 'ammonia', value: 61, unit: 'ppm', u: 2 }, calibration: 'c', flags: [] },
        ],
      },
      flags: ['simulated', 'calibration-expired'],
    } satisfies Partial<Alert>;
    const lead = { at: minutes(0), since: minutes(25), certainty: 'corroborated' } satisfies Partial<Alert>;
    const served = await servePage(
      t,
      await boxWith(t, [sampleAlert('danger', crew), sampleAlert('lead', { ...lead, kind: 'vapour.acetone' })]),
    );
    const browser = await openBrowser('none');
    t.teardown(() => browser.close());
    const { page, wrongs } = await openPage(t, browser, `${served.url}patrol/`, phone);
    // What another one said with this phone, and no box has kept: nobody else says it for them.
    await page.evaluate(() => {
      const key = '0b1c8f9e-5a5e-4a53-9f0e-3d5a5f6a7b8c';
      const word = { who: 'Blue 9 p-99', alert: 'danger', deed: { what: 'on-scene' }, key, saidMs: Date.now() };
      localStorage.setItem('patrol-words', JSON.stringify([word]));
    });
    await page.reload();
    await page.getByLabel('Code from the box').fill(served.patrolCode('Red 1', 'p-17'));
    await page.getByRole('button', { name: 'Next' }).click();
    const row = page.getByRole('button', { name: /DANGER TO THE CREW: ammonia \(A2\)/ });
    await row.waitFor();
    t.log(await takePicture(page, 'patrol-box-list'));
    await row.click();
    await page.getByText('74.2 ppm (limit 50 ppm)').waitFor();
    t.is(
      await page.getByRole('link', { name: 'Open in the map of the phone' }).getAttribute('href'),
      'geo:51.169400,71.449100;u=150',
    );
    await page.getByRole('button', { name: 'I have it' }).click();
    await page.getByRole('button', { name: 'You have it: kept on the box' }).waitFor();
    t.log(await takePicture(page, 'patrol-box-alert'));

    // The link is torn; the word waits on the phone and stands when it is back.
    await page.context().setOffline(true);
    await page.getByRole('button', { name: 'On scene', exact: true }).click();
    await page.getByText(/NO CONNECTION TO THE BOX.*NOT KEPT YET: 1/).waitFor();
    t.log(await takePicture(page, 'patrol-box-torn'));
    await page.context().setOffline(false);
    await page.getByRole('button', { name: 'On scene: kept on the box' }).waitFor();
    await page.getByText(/NOT KEPT YET/).waitFor({ state: 'detached' });

    await page.getByRole('button', { name: 'Report', exact: true }).click();
    await page.getByRole('button', { name: 'Not found' }).click();
    await page.getByLabel('In a few words (no names)').fill('gate locked, no smell');
    t.log(await takePicture(page, 'patrol-box-report'));
    await page.getByRole('button', { name: 'Keep the report' }).click();
    await page.getByRole('button', { name: 'Report: kept on the box' }).waitFor();

    await page.getByRole('button', { name: 'All alerts' }).click();
    await page.getByRole('button', { name: 'KK' }).click();
    await page.getByRole('button', { name: /Ацетон буы/ }).click();
    await page.getByText(/Нүкте емес, аймақ/).waitFor();
    t.log(await takePicture(page, 'patrol-box-region-kk'));
    t.false((await page.content()).includes('51.1694'));
    await page.getByRole('button', { name: 'RU' }).click();
    await page.getByText(/Область, не точка/).waitFor();
    t.true(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth));

    await page.goto(served.plainUrl).catch(() => {});
    await page.getByText('This phone does not hold').waitFor();
    t.log(await takePicture(page, 'patrol-box-plain'));
    t.notRegex(await page.content(), /51\.1|71\.4/);
    t.deepEqual(
      wrongs.filter((one) => !one.startsWith(`request to ${served.plainUrl}`)),
      [],
    );
  },
);
