import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import test, { type ExecutionContext } from 'ava';
import { flightsOf } from '../../daemons/console/flights.ts';
import { signerOf } from '../../daemons/core/evidence/seal.ts';
import { Fault } from '../../daemons/core/ports/fault.ts';
import { distrust, parseCommand } from '../../daemons/core/wire/command.ts';
import { decisionEvent, flightEvent, refusalEvent } from '../../daemons/dock/flight-words.ts';
import type { DockEvent } from '../../daemons/dock/said.ts';
import { alertArrival, sampleAlert } from '../support/alerts.ts';
import { openConsole } from '../support/console.ts';
import { archiveOf } from '../support/flights.ts';
import { memoryRecords } from '../support/records.memory.ts';

const now = Date.now();
const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const post = { lat: 47.3, lon: 8.5 };
const sha256 = 'ab'.repeat(32);
const said = (id: string, alert = 'a1') => ({
  ...{ id, alert, sha256, untilMs: now + 900_000 },
  flight: { home: post, path: [post, post], altM: 30, speedMs: 4, fromDeg: 90 },
});

test('the story of a proposal is told in the order in which the dock said it, of the alert that is asked about', async (t) => {
  const archive = archiveOf([
    flightEvent(said('f1'), 'op-1', 'px4'),
    flightEvent(said('f2', 'a2'), 'op-1', 'px4'),
    decisionEvent(said('f1'), { what: 'approved', by: 'op-2', atMs: now, command: 'c' }),
    decisionEvent(said('f1'), { what: 'failed', why: 'w' }),
    refusalEvent('fence-too-small', null, ''),
    decisionEvent(said('f1'), { what: 'approved', by: 'op-3', atMs: now, command: 'd' }),
    decisionEvent(said('f1'), { what: 'uploaded' }),
  ]);
  const { stories } = await flightsOf(archive, 'dock-1', 'a1');
  t.is(stories.length, 1);
  t.like(stories[0], { proposal: 'f1', state: 'uploaded', home: post });
  t.deepEqual(
    stories[0]?.steps.map(({ is, by }) => [is, by]),
    [
      ['proposed', 'op-1'],
      ['approved', 'op-2'],
      ['failed', null],
      ['approved', 'op-3'],
      ['uploaded', null],
    ],
  );
});

async function withDock(
  t: ExecutionContext,
  events: readonly DockEvent[],
  broker?: (topic: string, text: string) => void,
) {
  const records = memoryRecords();
  await records.birth('north', 'post-7', { simulated: true, where: post }, now);
  await records.birth('north', 'dock-1', { simulated: true, dock: true }, now);
  await records.birth('south', 'dock-9', { simulated: true, dock: true }, now);
  const arrival = alertArrival(sampleAlert('a1'), 1);
  await records.commit([{ ...arrival, site: 'north' }], now);
  const commanding = broker && {
    signer: signerOf(keys.privateKey),
    broker: {
      ...{ connected: true, move: () => {}, close: async () => {} },
      publish: async (topic: string, text: string | Uint8Array) => broker(topic, String(text)),
    },
  };
  const server = await openConsole(records, { archive: archiveOf(events), commanding });
  t.teardown(() => server.stop());
  const url = `${server.url}/api/alerts/a1/flights`;
  const say = (body: object, headers: Record<string, string> = {}) =>
    fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ dock: 'dock-1', by: 'op-17', ...body }),
    });
  return { say, url };
}
const approve = { what: 'approve', proposal: 'f1', mission: sha256 };

test("a person's word is signed, says who and for how long, and goes to that dock alone", async (t) => {
  const sent: [string, string][] = [];
  const { say, url } = await withDock(t, [flightEvent(said('f1'), 'op-1', 'px4')], (...one) => sent.push(one));
  t.like(await (await fetch(url)).json(), { docks: ['dock-1'], commands: true });
  t.is((await say({ what: 'propose' })).status, 202);
  t.is((await say(approve)).status, 202);
  t.deepEqual(
    sent.map(([topic]) => topic),
    ['fieldpost/v1/north/dock-1/cmd', 'fieldpost/v1/north/dock-1/cmd'],
  );
  const [first, second] = sent.map(([, text]) => parseCommand(text));
  t.like(first, { by: 'op-17', device: 'dock-1', about: { what: 'propose', alert: 'a1', post } });
  t.like(second?.about, approve);
  t.is((second?.untilMs ?? 0) - (second?.atMs ?? 0), 120_000);
  if (second) t.is(distrust(second, [createPublicKey(keys.privateKey)]), null);
});

test('what is decided already, another mission, another dock, no name or another origin says nothing to the dock', async (t) => {
  const sent: unknown[] = [];
  const rejected = [
    flightEvent(said('f1'), 'op-1', 'px4'),
    decisionEvent(said('f1'), { what: 'rejected', by: 'op-2', atMs: now, command: 'c' }),
    flightEvent(said('f2'), 'op-1', 'px4'),
  ];
  const { say } = await withDock(t, rejected, (topic) => sent.push(topic));
  t.is((await say(approve)).status, 409);
  t.is((await say({ ...approve, proposal: 'f2', mission: '0'.repeat(64) })).status, 409);
  t.is((await say({ ...approve, proposal: 'f3' })).status, 409);
  t.is((await say({ ...approve, dock: 'dock-9' })).status, 404);
  t.is((await say({ ...approve, by: '' })).status, 400);
  t.is((await say({ what: 'launch' })).status, 400);
  t.is((await say(approve, { origin: 'http://elsewhere.example' })).status, 403);
  t.deepEqual(sent, []);
});

test('only a mission that is on the drone can be withdrawn, and only the one that is shown', async (t) => {
  const events: DockEvent[] = [flightEvent(said('f1'), 'op-1', 'px4')];
  const sent: string[] = [];
  const { say } = await withDock(t, events, (_, text) => sent.push(text));
  const withdraw = { ...approve, what: 'withdraw' };
  t.is((await say(withdraw)).status, 409);
  events.push(
    decisionEvent(said('f1'), { what: 'approved', by: 'op-2', atMs: now, command: 'c' }),
    decisionEvent(said('f1'), { what: 'uploaded' }),
  );
  t.is((await say({ ...withdraw, mission: '0'.repeat(64) })).status, 409);
  t.is((await say(withdraw)).status, 202);
  t.like(sent.map(parseCommand)[0], { by: 'op-17', device: 'dock-1', about: withdraw });
  events.push(
    decisionEvent(said('f1'), { what: 'withdrawing', by: 'op-17', atMs: now, command: 'd' }),
    decisionEvent(said('f1'), { what: 'withdrawn' }),
  );
  t.is((await say(withdraw)).status, 409);
  t.is(sent.length, 1);
});

test("a mission's plan is a file for a ground station, as the dock drew it; another id is refused", async (t) => {
  const event = flightEvent(said('f1'), 'op-1', 'px4');
  const { url } = await withDock(t, [event]);
  const plan = await fetch(`${url}/f1/plan`);
  t.is(plan.headers.get('content-disposition'), 'attachment; filename="f1.plan"');
  const file = await plan.json();
  t.like(file, { fileType: 'Plan', version: 1 });
  t.deepEqual(file, JSON.parse(String(event.detail.plan)));
  t.is((await fetch(`${url}/f2/plan`)).status, 404);
  t.is((await fetch(`${url.replace('/a1/', '/a2/')}/f1/plan`)).status, 404);
});

test('without a key the console says so, and a broker that is away is a failure that changed nothing', async (t) => {
  const events = [flightEvent(said('f1'), 'op-1', 'px4')];
  const without = await withDock(t, events);
  t.is((await without.say(approve)).status, 409);
  const away = await withDock(t, events, () => {
    throw new Fault('absent', 'not connected');
  });
  t.is((await away.say(approve)).status, 503);
});
