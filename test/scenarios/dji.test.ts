/**
 * The real DJI daemon and a real Mosquitto, in short also one node of NATS; the dock is played by the test, from DJI's documentation: how a real
 * one behaves is not measured here.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'ava';
import { freshFolder } from '../core/spool/keeping.ts';
import { dock, drone, envelope, hmsData, mediaData, topics, topoData } from '../dji/documented.ts';
import { type DjiBox, djiBox } from '../support/dji-box.ts';
import type { Kept } from '../support/kept.ts';
import { mosquitto } from '../support/mosquitto.ts';
import { findProgram, needs } from '../support/needs.ts';
import { freePorts, startProgram } from '../support/process.ts';
import { sitePki } from '../support/site-pki.ts';

const ofType =
  (type: string, says?: RegExp) =>
  ({ events }: Kept) =>
    events.find((one) => one.type === type && (says?.test(one.message) ?? true));
const countOf =
  (type: string) =>
  ({ events }: Kept): number =>
    events.filter((one) => one.type === type).length;
const repliesIn = (box: DjiBox) => box.seen.filter(({ topic }) => topic.endsWith('_reply'));
const until = async (look: () => boolean): Promise<void> => {
  while (!look()) await new Promise((resolve) => setTimeout(resolve, 50));
};

const title =
  'what a dock tells becomes feed, readiness and records; who waits is answered once; nothing else is ever published';
const run = needs('mosquitto', title) ? test.serial : test.serial.skip;

run(title, async (t) => {
  t.timeout(240_000);
  const broker = await mosquitto();
  t.teardown(() => broker.close());
  await broker.start();
  const box = await djiBox(t, broker.url);
  await box.until(ofType('dji-broker', /^connected/));
  await box.until(ofType('dji-readiness', /never heard/));

  // osd -> feed, telemetry, readiness.
  box.says({});
  await box.until(ofType('dji-readiness', /^the drone could fly$/));
  await until(() => ['position', 'attitude', 'wind'].every((kind) => box.feed.some((one) => one.kind === kind)));
  const position = box.feed.find((one) => one.kind === 'position');
  t.true(position !== undefined && Math.abs((position.altM ?? 0) - 468) < 1e-6);
  t.like(position, { lat: 47.3771, lon: 8.5423, aboveHomeM: 60, unvouched: true });
  const wind = await box.until(({ readings }) => readings.find(({ channel }) => channel === 'wind-speed'));
  t.like(wind, { sensor: 'dji-dock', value: 3.4, unit: 'm/s', flags: ['simulated'] });
  box.says({ dock: { rainfall: 2, emergency_stop_state: 1 } });
  await box.until(ofType('dji-readiness', /emergency stop is pressed.*moderate rain/));
  await box.until(ofType('dji-dock-state', /the emergency stop is pressed, it was released/));
  box.says({});

  // Health, topology, media; a redelivery is answered once.
  await box.send(topics.events, envelope(hmsData('0x16100083'), { tid: 'h1', method: 'hms', timestamp: Date.now() }));
  await box.until(ofType('dji-readiness', /DJI warns of 0x16100083/));
  await box.send(topics.status, envelope(topoData(drone), { tid: 's1', method: 'update_topo', timestamp: Date.now() }));
  const media = envelope(mediaData, {
    tid: 'm1',
    method: 'file_upload_callback',
    need_reply: 1,
    timestamp: Date.now(),
  });
  await box.send(topics.events, media);
  await until(() => repliesIn(box).some(({ text }) => text.includes('"m1"')));
  await box.send(topics.events, media, true);
  await box.send(topics.events, media, true);
  // Behind them on the same connection: when this is answered, they were dealt with.
  await box.send(
    topics.events,
    envelope({}, { tid: 'm2', method: 'file_upload_callback', need_reply: 1, timestamp: Date.now() }),
  );
  await until(() => repliesIn(box).some(({ text }) => text.includes('"m2"')));
  await until(() => repliesIn(box).some(({ text }) => text.includes('"s1"')));
  t.deepEqual(
    repliesIn(box)
      .map(({ topic, text }) => [topic, JSON.parse(text).tid as string, JSON.parse(text).data])
      .sort(),
    [
      [`sys/product/${dock}/status_reply`, 's1', { result: 0 }],
      [`thing/product/${dock}/events_reply`, 'm1', { result: 0 }],
      [`thing/product/${dock}/events_reply`, 'm2', { result: 0 }],
    ],
  );
  t.is(await box.until((kept) => (countOf('dji-media')(kept) === 2 ? 2 : undefined)), 2);
  const raw = await box.until(({ events }) => events.find(({ message }) => message === topics.status), 'raw');
  t.false(JSON.stringify(raw).includes('sesame'));
  t.true(JSON.stringify(raw).includes('update_topo'));

  // The broker dies and comes back: told once, heard again, and answers go on.
  await broker.kill();
  await box.until(ofType('dji-broker', /nothing of the dock is heard/));
  await broker.start();
  await box.until((kept) => (kept.events.filter(ofTypeConnected).length === 2 ? true : undefined));
  await until(() => box.seen.length > 0);
  const m3 = envelope(mediaData, { tid: 'm3', method: 'file_upload_callback', need_reply: 1, timestamp: Date.now() });
  // A dock that hears no reply asks again, too.
  const asking = setInterval(() => void box.send(topics.events, m3).catch(() => {}), 500);
  await until(() => repliesIn(box).some(({ text }) => text.includes('"m3"')));
  clearInterval(asking);

  // The dock stalls while its broker lives on.
  box.says(null);
  await box.until(ofType('dji-silent', /silent for/));
  box.says({});
  await box.until(ofType('dji-heard-again'));

  // Killed and started again, it goes on with the same records.
  await box.restart();
  await box.until((kept) => (kept.events.filter(ofTypeConnected).length === 3 ? true : undefined));
  await box.stop();

  const own = new Set(box.seen.map(({ topic }) => topic));
  for (const topic of Object.values(topics)) own.delete(topic);
  t.deepEqual([...own].sort(), [`sys/product/${dock}/status_reply`, `thing/product/${dock}/events_reply`]);
});

const ofTypeConnected = ({ type, detail }: Kept['events'][number]): boolean =>
  type === 'dji-broker' && detail.connected === true;

/** The dock is heard, and a notice is answered. */
async function isServed(box: DjiBox): Promise<void> {
  await box.until(ofType('dji-broker', /^connected/));
  box.says({});
  await until(() => box.feed.some((one) => one.kind === 'position'));
  const notice = { tid: 'm1', method: 'file_upload_callback', need_reply: 1, timestamp: Date.now() };
  await box.send(topics.events, envelope(mediaData, notice));
  await until(() => repliesIn(box).some(({ text }) => text.includes('"m1"')));
}

const closed =
  'at a broker with TLS, passwords and rights the box may read its dock and write its replies, and needs no more';
const runClosed = needs('mosquitto', closed) && needs('mosquitto_passwd', closed) ? test.serial : test.serial.skip;

runClosed(closed, async (t) => {
  t.timeout(240_000);
  const folder = freshFolder(t);
  const site = await sitePki(path.join(folder, 'ca'));
  const server = await site.server(path.join(folder, 'server'));
  const [passwords, rights] = [path.join(folder, 'passwords'), path.join(folder, 'rights')];
  for (const [n, who] of ['box', 'dock'].entries())
    spawnSync(findProgram('mosquitto_passwd') ?? '', ['-b', ...(n === 0 ? ['-c'] : []), passwords, who, `of ${who}`]);
  const own = [
    topics.osd,
    topics.state,
    topics.events,
    topics.requests,
    topics.status,
    topics.droneOsd,
    topics.droneState,
  ];
  const replies = [`${topics.events}_reply`, `${topics.requests}_reply`, `${topics.status}_reply`];
  const box = [...own.map((one) => `topic read ${one}`), ...replies.map((one) => `topic write ${one}`)];
  writeFileSync(rights, ['user box', ...box, 'user dock', 'topic readwrite #', ''].join('\n'), { mode: 0o600 });
  const broker = await mosquitto({
    lines: [
      ...[
        `user ${os.userInfo().username}`,
        'allow_anonymous false',
        `password_file ${passwords}`,
        `acl_file ${rights}`,
      ],
      ...[`cafile ${server}/ca.crt`, `certfile ${server}/server.crt`, `keyfile ${server}/server.key`],
      'require_certificate true',
    ],
  });
  t.teardown(() => broker.close());
  await broker.start();
  const client = await site.device(path.join(folder, 'dock'), 'dock');
  const pem = (name: string): Buffer => readFileSync(path.join(client, name));
  const heard = await djiBox(t, `mqtts://localhost:${broker.port}`, {
    login: true,
    client: {
      ...{ username: 'dock', password: 'of dock' },
      ...{ key: pem('device.key'), cert: pem('device.crt'), ca: pem('ca.crt') },
    },
    identity: async (to) => {
      await site.device(to, 'box');
      writeFileSync(path.join(to, 'login.json'), JSON.stringify({ username: 'box', password: 'of box' }), {
        mode: 0o600,
      });
    },
  });
  await isServed(heard);
  t.pass();
});

const nats = 'the dock is heard and answered at a node of NATS';
const runNats = needs('nats-server', nats) ? test.serial : test.serial.skip;

runNats(nats, async (t) => {
  t.timeout(240_000);
  const folder = freshFolder(t);
  const [client = 0, port = 0] = await freePorts(2);
  const config = path.join(folder, 'nats.conf');
  writeFileSync(
    config,
    `server_name: one\nlisten: 127.0.0.1:${client}\njetstream { store_dir: "${folder}/store" }\nmqtt { listen: 127.0.0.1:${port} }\n`,
  );
  const program = startProgram(findProgram('nats-server') ?? '', ['-c', config]);
  t.teardown(() => program.end('SIGKILL'));
  await until(() => /Server is ready/.test(program.output()));
  await isServed(await djiBox(t, `mqtt://127.0.0.1:${port}`));
  t.pass();
});
