import { generateKeyPairSync } from 'node:crypto';
import test from 'ava';
import { buildPage } from '../../daemons/console/web/build.ts';
import { signerOf } from '../../daemons/core/evidence/seal.ts';
import { parseCommand } from '../../daemons/core/wire/command.ts';
import { decisionEvent, flightEvent } from '../../daemons/dock/flight-words.ts';
import type { DockEvent } from '../../daemons/dock/said.ts';
import { secondLook } from '../../daemons/dock/second-look.ts';
import { alertArrival } from '../support/alerts.ts';
import { openBrowser } from '../support/chromium.ts';
import { openConsole } from '../support/console.ts';
import { archiveOf, lookRules } from '../support/flights.ts';
import { locatedAlert, post } from '../support/located.ts';
import { needs } from '../support/needs.ts';
import { memoryRecords } from '../support/records.memory.ts';
import { centreIs, openPage, takePicture, until } from './browser.ts';

const walk = needs('chromium', 'a proposed flight in a browser') ? test.serial : test.serial.skip;
const sha256 = 'ab'.repeat(32);

walk('a proposed flight: its track in the panel and on the map, approved by a person under a pseudonym', async (t) => {
  const records = memoryRecords();
  await records.birth('north', 'post-7', { simulated: true, where: post }, Date.now());
  await records.birth('north', 'dock-1', { simulated: true, dock: true }, Date.now());
  await records.commit([alertArrival(locatedAlert('a1'), 1)], Date.now());
  const flight = secondLook(post, { fromDeg: 240 }, lookRules(post));
  if (typeof flight === 'string') return t.fail(flight);
  const proposal = { id: 'f1', alert: 'a1', sha256, untilMs: Date.now() + 900_000, flight };
  const events: DockEvent[] = [flightEvent(proposal, 'op-1', 'px4')];
  const sent: string[] = [];
  const server = await openConsole(records, {
    page: await buildPage(),
    archive: archiveOf(events),
    commanding: {
      signer: signerOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey),
      broker: {
        ...{ connected: true, move: () => {}, close: async () => {} },
        publish: async (_topic, text) => void sent.push(String(text)),
      },
    },
  });
  t.teardown(() => server.stop());
  const browser = await openBrowser('software');
  t.teardown(() => browser.close());
  const { page: tab, wrongs } = await openPage(t, browser, server.url);
  await tab.locator('.maplibregl-canvas').waitFor();
  await tab.locator('[data-alert="a1"]').click();
  const panel = tab.locator('.panel');
  await panel.getByText('proposed: a person decides').waitFor();
  t.is(await panel.locator('.flight-picture .flight-leg').count(), flight.path.length / 2);
  await panel.locator('.flight-picture').scrollIntoViewIfNeeded();
  t.log(await takePicture(tab, 'flight-panel'));

  await panel.getByRole('button', { name: 'Approve and write to the drone' }).click();
  await tab.getByLabel(/^Operator id/).fill('op-17');
  await tab.locator('dialog .button-primary').click();
  await panel.getByText('Said to the dock; it has not answered yet.').waitFor();
  t.like(parseCommand(sent[0] ?? ''), { by: 'op-17', about: { what: 'approve', proposal: 'f1', mission: sha256 } });

  events.push(
    decisionEvent(proposal, { what: 'approved', by: 'op-17', atMs: Date.now(), command: 'c' }),
    decisionEvent(proposal, { what: 'uploaded' }),
  );
  await panel.getByText('on the drone, item by item').first().waitFor();
  t.is(await panel.getByRole('button', { name: 'Approve and write to the drone' }).count(), 0);
  await tab.getByRole('button', { name: 'Show on the map' }).click();
  await until(() => centreIs(tab, 'warning'));
  t.log(await takePicture(tab, 'flight-map'));

  const [plan] = await Promise.all([
    tab.waitForEvent('download'),
    panel.getByRole('link', { name: 'Plan file for QGroundControl' }).click(),
  ]);
  t.is(plan.suggestedFilename(), 'f1.plan');
  await panel.getByRole('button', { name: 'Withdraw: clear it from the drone' }).click();
  await until(async () => sent.length === 2);
  t.like(parseCommand(sent[1] ?? ''), { by: 'op-17', about: { what: 'withdraw', proposal: 'f1', mission: sha256 } });
  events.push(
    decisionEvent(proposal, { what: 'withdrawing', by: 'op-17', atMs: Date.now(), command: 'd' }),
    decisionEvent(proposal, { what: 'withdrawn' }),
  );
  await panel.getByText('withdrawn: the drone holds no mission').first().waitFor();
  t.deepEqual(wrongs, []);
});
