import { copyFileSync, rmSync } from 'node:fs';
import test, { type ExecutionContext } from 'ava';
import mqtt from 'mqtt';
import { until } from '../core/spool/keeping.ts';
import { sampleAlert, stampAt } from '../support/alerts.ts';
import { arrivalOf } from '../support/arrivals.ts';
import { device, openDeliverySite } from '../support/delivery-site.ts';
import { type Mosquitto, type MosquittoSetup, mosquitto } from '../support/mosquitto.ts';
import { needs } from '../support/needs.ts';
import { freePorts } from '../support/process.ts';

const what = 'delivery with real processes';
const able = needs('mosquitto', what) && needs('setpriv', what);
const ofMosquitto = able ? test.serial : test.skip;

async function broker(t: ExecutionContext, setup: MosquittoSetup = {}): Promise<Mosquitto> {
  t.timeout(90_000);
  const one = await mosquitto(setup);
  t.teardown(() => one.close());
  return one;
}

ofMosquitto(
  'the broker is away at the start: both daemons say so and go on, and everything arrives when it comes',
  async (t) => {
    const away = await broker(t);
    const site = await openDeliverySite(t, { brokers: [away.url] });
    const spool = await site.spool();
    await site.keep(spool, 'alert', 1, 20);
    await until(() =>
      (['uplink', 'ledger'] as const).every((one) => site.log(one).some((line) => /ECONNREFUSED/.test(line))),
    );
    await away.start();
    await site.until(async (records) => (await records.counts()).alerts === 20);
    await until(async () => (await spool.depth()).alert === 0);
    t.is((await site.look((records) => records.counts())).quarantined, 0);
  },
);

ofMosquitto('the broker in use dies: the box goes on with the second of its list', async (t) => {
  const [first, second] = [await broker(t), await broker(t)];
  await Promise.all([first.start(), second.start()]);
  const site = await openDeliverySite(t, { brokers: [first.url, second.url] });
  const spool = await site.spool();
  await site.keep(spool, 'alert', 1, 5);
  await site.until(async (records) => (await records.counts()).alerts === 5);
  await first.kill();
  await site.keep(spool, 'alert', 6, 10);
  await site.until(async (records) => (await records.counts()).alerts === 10);
  await until(async () => (await spool.depth()).alert === 0);
  t.is(await site.look((records) => records.doubledEffects()), 0);
});

ofMosquitto('a broker that the ledger cannot be reached by is left for one where receipts come from', async (t) => {
  const [lonely, served] = [await broker(t), await broker(t)];
  await Promise.all([lonely.start(), served.start()]);
  const site = await openDeliverySite(t, {
    brokers: [lonely.url, served.url],
    ledgerAt: [served.url],
    uplink: { silentMs: 1500 },
  });
  const spool = await site.spool();
  await site.keep(spool, 'alert', 1, 5);
  await site.until(async (records) => (await records.counts()).alerts === 5);
  await until(async () => (await spool.depth()).alert === 0);
  t.true(site.log('uplink').some((line) => line.includes('no receipt for 1500 ms')));
});

ofMosquitto(
  'an envelope at which the broker hangs up does not stop the others, is reported, and stays on the box',
  async (t) => {
    const strict = await broker(t, { lines: ['max_packet_size 20000'] });
    await strict.start();
    const site = await openDeliverySite(t, { brokers: [strict.url] });
    const spool = await site.spool();
    await site.keep(spool, 'alert', 1, 3);
    const at = stampAt(Date.now());
    await spool.append([
      {
        stream: 'event',
        at,
        body: { type: 'test', severity: 'info', at, message: 'm'.repeat(15_000), detail: { more: 'm'.repeat(10_000) } },
      },
    ]);
    await site.keep(spool, 'event', 2, 5);
    await site.keep(spool, 'alert', 4, 6);
    await site.until(async (records) => {
      const { alerts, envelopes } = await records.counts();
      return alerts === 6 && envelopes >= 6 + 4 + 1;
    });
    await until(async () => (await spool.depth()).event === 1);
    t.true(site.log('uplink').some((line) => line.includes('event 1 of spool') && line.includes('hangs up')));
    const { missing } = await site.look((records) => records.watermark(device, spool.id, 'event'));
    t.deepEqual(missing, [1]);
  },
);

ofMosquitto(
  'an envelope that the broker drops in silence does not stop the others, is reported, and stays on the box',
  async (t) => {
    const silent = await broker(t, { lines: ['message_size_limit 20000'] });
    await silent.start();
    const site = await openDeliverySite(t, { brokers: [silent.url] });
    const spool = await site.spool();
    const at = stampAt(Date.now());
    const large = sampleAlert('large', {}, at.wallMs);
    const flags = Array.from({ length: 64 }, () => 'simulated' as const);
    const evidence = Array.from({ length: 60 }, (_, i) => ({ ...large.because.evidence[0], sensor: `s-${i}`, flags }));
    await spool.append([
      { stream: 'alert', at, body: { ...large, because: { ...large.because, evidence: evidence as never } } },
    ]);
    for (let n = 2; n < 100 && !site.log('uplink').some((line) => line.includes('again and again')); n++) {
      await site.keep(spool, 'alert', n, n);
      await site.until(async (records) => (await records.counts()).alerts === n - 1);
    }
    await until(async () => (await spool.depth()).alert === 1);
    await site.until(async (records) => (await records.watermark(device, spool.id, 'alert')).missing[0] === 1);
    t.true(site.log('uplink').some((line) => line.includes('alert 1 of spool')));
  },
);

ofMosquitto(
  'a card restored to an older copy: what it says under used keys is a conflict, and both alerts count',
  async (t) => {
    const real = await broker(t);
    await real.start();
    const site = await openDeliverySite(t, { brokers: [real.url] });
    const first = await site.spool();
    await site.keep(first, 'alert', 1, 2);
    await site.until(async (records) => (await records.counts()).alerts === 2);
    await site.uplink.killAndHold();
    await first.close();
    copyFileSync(site.spoolFile, `${site.spoolFile}.copy`);
    const second = await site.spool();
    await site.keep(second, 'alert', 3, 4);
    site.uplink.start();
    await site.until(async (records) => (await records.counts()).alerts === 4);
    await site.uplink.killAndHold();
    await second.close();
    for (const suffix of ['-wal', '-shm']) rmSync(`${site.spoolFile}${suffix}`, { force: true });
    copyFileSync(`${site.spoolFile}.copy`, site.spoolFile);
    const restored = await site.spool();
    t.is(restored.id, first.id);
    await site.keep(restored, 'alert', 5, 6);
    site.uplink.start();
    await site.until(async (records) => (await records.counts()).alerts === 6);
    await until(async () => (await restored.depth()).alert === 0);
    const conflicts = await site.look((records) => records.conflicts(10));
    t.deepEqual(conflicts.map(({ seq }) => seq).sort(), [3, 4]);
    t.true(site.log('ledger').some((line) => line.includes('one key, two texts')));
  },
);

ofMosquitto(
  'a centre that lost its store gets what the box holds, and does not wait for what it held before',
  async (t) => {
    const real = await broker(t);
    await real.start();
    const site = await openDeliverySite(t, { brokers: [real.url] });
    const spool = await site.spool();
    await site.keep(spool, 'alert', 1, 5);
    await until(async () => (await spool.depth()).alert === 0);
    await site.ledger.killAndHold();
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${site.recordsFile}${suffix}`, { force: true });
    site.ledger.start();
    for (let n = 6; (await site.look((records) => records.gone(9))).length === 0; n++) {
      await site.keep(spool, 'alert', n, n);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    await until(async () => (await spool.depth()).alert === 0);
    const [gone] = await site.look((records) => records.gone(9));
    t.like(gone, { from: 1, to: 5, why: 'unheld', stream: 'alert' });
    t.deepEqual((await site.look((records) => records.watermark(device, spool.id, 'alert'))).missing, []);
  },
);

const embedded = needs('setpriv', what) ? test.serial : test.skip;
embedded(
  'whatever a foreign client sends ends in the quarantine with its reason, and the ledger goes on',
  async (t) => {
    t.timeout(90_000);
    const [port = 0] = await freePorts(1);
    const url = `mqtt://127.0.0.1:${port}`;
    const site = await openDeliverySite(t, { brokers: [url], embedded: port });
    const spool = await site.spool();
    await site.keep(spool, 'alert', 1, 3);
    await site.until(async (records) => (await records.counts()).alerts === 3);
    const branch = 'fieldpost/v1/north/post-7';
    const junk: readonly (readonly [string, string | Buffer, RegExp])[] = [
      [`${branch}/alert`, Buffer.from([0, 255, 254, 1]), /not UTF-8/],
      [`${branch}/alert`, '', /not JSON/],
      [`${branch}/event`, '['.repeat(200_000), /nests deeper/],
      [`${branch}/tele`, Buffer.alloc(1_200_000, 32), /1200000 bytes/],
      ['fieldpost/v1/north/post-8/alert', arrivalOf({ seq: 1 }).text, /speaks only for itself/],
      [`${branch}/birth`, '{"v":1}', /device/],
      [`${branch}/status`, '{"v":1,"status":"asleep","boot":"b"}', /status/],
      [`${branch}/head/x`, '{}', /v: /],
      ['fieldpost/v1/North.1/post-7/alert', '{}', /must be fieldpost/],
    ];
    const foreign = await mqtt.connectAsync(url, { protocolVersion: 4 });
    for (const [topic, payload] of junk) await foreign.publishAsync(topic, payload, { qos: 1 });
    await foreign.endAsync();
    await site.keep(spool, 'alert', 4, 6);
    await site.until(async (records) => {
      const { alerts, quarantined } = await records.counts();
      return alerts === 6 && quarantined === junk.length;
    });
    const kept = await site.look((records) => records.quarantined(99));
    for (const [topic, payload, reason] of junk) {
      const found = kept.find((one) => one.topic === topic && Buffer.compare(one.payload, Buffer.from(payload)) === 0);
      t.regex(found?.reason ?? `nothing of ${topic}`, reason);
    }
    t.is(site.log('ledger').filter((line) => line.includes('"started"')).length, 1);
  },
);
