/**
 * From an alert of a fixed post to a mission on a drone, with real processes and real sockets: post, dock, broker, ledger, console.
 * The drone is simulated, its frames are node-mavlink's, and what lies between loses, doubles and delays.
 */
import dgram from 'node:dgram';
import test from 'ava';
import mqtt from 'mqtt';
import { common, MavLinkProtocolV2 } from 'node-mavlink';
import type { FlightStory } from '../../daemons/core/values/flight.ts';
import type { NotEnough, SourceEstimate } from '../../daemons/core/values/plume.ts';
import { sampleAlert, stampAt } from '../support/alerts.ts';
import { dockSite } from '../support/dock-site.ts';
import { nativeBuilt } from '../support/native.ts';
import { lossyRelay, simulatedVehicle } from '../support/vehicle.ts';

interface PlanItem {
  readonly command: number;
  readonly params: readonly number[];
}

/** Wind from the east, as the post's anemometer told it; no source yet. */
const windy = (wallMs: number): SourceEstimate => ({
  ...{ answer: 'not-enough', reason: 'thin-data' as NotEnough, at: stampAt(wallMs), gas: 'ammonia' },
  ...{ sinceMs: wallMs - 60_000, anew: false, made: [] },
  wind: { rows: 3, calm: 0, meanSpeedMs: 2.5, fromDeg: 90, spreadDeg: 8 },
  latest: { fromDeg: 90, speedMs: 2.5, untilMs: wallMs },
});

const title =
  'an alert is proposed as a flight, approved by a person, and then on the drone item by item, over a link that loses 15 in 100';

// The dock daemon does not run without its addon.
const run = nativeBuilt(title) ? test : test.skip;

run(title, async (t) => {
  t.timeout(240_000);
  const site = await dockSite(t);
  const relay = await lossyRelay(site.mavlink);
  const vehicle = await simulatedVehicle(relay.port);
  t.teardown(() => {
    vehicle.close();
    relay.close();
  });
  const heard: string[] = [];
  const client = mqtt.connect(site.broker);
  t.teardown(() => client.endAsync(true));
  client.on('message', (_topic, payload) => heard.push(payload.toString()));
  client.on('connect', () => void client.subscribe('fieldpost/v1/north/dock-1/cmd', { qos: 1 }));

  const wallMs = Date.now();
  await site.raise(sampleAlert('a1', { plume: windy(wallMs) }, wallMs));
  await site.until(async () => ((await site.flights('a1')).docks.includes('dock-1') ? true : undefined));

  // Asked for by a person; the dock proposes, and the drone is told nothing.
  const story = await site.until(async () => {
    const { stories } = await site.flights('a1');
    if (stories[0]) return stories[0];
    // The dock's uplink may not be there yet, and a word that nobody hears is lost: it is said again.
    if (heard.length === 0) await site.say('a1', { what: 'propose', by: 'op-17' });
    return undefined;
  });
  t.like(story, { state: 'proposed', fromDeg: 90, altM: 35 });
  t.deepEqual(vehicle.mission, []);
  t.false(vehicle.asked.has(common.MissionCount.MSG_ID));
  const { proposal, sha256: mission } = story;

  // Forged on the way: an event, and nothing else.
  const forged = {
    ...(JSON.parse(heard[0] ?? '{}') as object),
    id: 'forged',
    about: { what: 'approve', proposal, mission },
  };
  await client.publishAsync('fieldpost/v1/north/dock-1/cmd', JSON.stringify(forged), { qos: 1 });
  await site.until(async () => (await site.events('dock-flight')).find(({ detail }) => detail.why === 'forged'));
  t.like((await site.flights('a1')).stories[0], { state: 'proposed' });

  // Of another mission than the one shown: refused at the console already.
  t.is((await site.say('a1', { what: 'approve', by: 'op-4', proposal, mission: '0'.repeat(64) })).status, 409);

  // Another peer speaks for the drone meanwhile: counted, and not believed.
  const spoof = dgram.createSocket('udp4');
  t.teardown(() => spoof.close());
  const accepted = Object.assign(new common.MissionAck(), { targetSystem: 254, targetComponent: 190, type: 0 });
  const spoofing = setInterval(() => spoof.send(new MavLinkProtocolV2(1, 1).serialize(accepted, 0), site.mavlink), 100);
  t.teardown(() => clearInterval(spoofing));

  const uploaded = await site.until<FlightStory>(async () => {
    const [now] = (await site.flights('a1')).stories;
    if (now?.state === 'uploaded') return now;
    // A drone that could not be heard in time may be approved anew, by a person.
    const last = now?.steps.at(-1)?.is;
    if (now?.state === 'proposed' && (last !== 'approved' || heard.length < 2))
      await site.say('a1', { what: 'approve', by: 'op-4', proposal, mission });
    return undefined;
  });
  const approved = uploaded.steps.find(({ is }) => is === 'approved');
  t.is(approved?.by, 'op-4');
  t.true(Math.abs((approved?.atMs ?? 0) - Date.now()) < 600_000);
  await site.until(async () => (await site.events('link-contested'))[0]);

  const plan = JSON.parse(uploaded.plan) as { readonly mission: { readonly items: readonly PlanItem[] } };
  const wanted = plan.mission.items.map(({ command, params }) => [
    command,
    ...params.slice(0, 4),
    Math.round((params[4] ?? 0) * 1e7),
    Math.round((params[5] ?? 0) * 1e7),
    params[6],
  ]);
  const held = vehicle.mission.map((one) => [
    one.command,
    one.param1,
    one.param2,
    one.param3,
    one.param4,
    one.x,
    one.y,
    one.z,
  ]);
  t.is(held.length, 11);
  t.deepEqual(held, wanted);
  t.log(relay.counts);
  t.true(relay.counts.lost > 0 && relay.counts.doubled > 0);

  // Said once more, as the broker or somebody on the way may do: an event, and nothing else.
  const word = heard.find((one) => one.includes('"approve"') && !one.includes('"forged"')) ?? '';
  await client.publishAsync('fieldpost/v1/north/dock-1/cmd', word, { qos: 1 });
  await site.until(async () => (await site.events('dock-flight')).find(({ detail }) => detail.why === 'repeated'));
  t.is((await site.say('a1', { what: 'reject', by: 'op-5', proposal, mission })).status, 409);
  t.is((await site.flights('a1')).stories[0]?.state, 'uploaded');
  // Of all that the drone was ever sent nothing arms, starts or moves it: count, items, list, requests, acknowledgement.
  t.deepEqual(
    [...vehicle.asked].filter((id) => ![43, 44, 47, 51, 73].includes(id)),
    [],
  );
});
