import test from 'ava';
import {
  deviceAnswer,
  dueAnswer,
  logsAnswer,
  rolloutsAnswer,
  stripAnswer,
} from '../../../daemons/console/devices/shapes.ts';
import { openFeed } from '../../../daemons/console/feed.ts';
import { alertArrival, sampleAlert } from '../../support/alerts.ts';
import { appOn } from '../../support/console.ts';
import { deviceSite, gap, peak } from '../../support/device-site.ts';
import { callerOf, enrol, handClock, injecting, openLogin, withPurpose } from '../../support/login.ts';

async function served(t: Parameters<typeof deviceSite>[0], more: Partial<Parameters<typeof appOn>[0]> = {}) {
  const site = await deviceSite(t);
  const feed = openFeed(site.records);
  await feed.refresh();
  const app = await appOn({ records: site.records, archive: site.archive, devices: site.devices, feed, ...more });
  t.teardown(() => app.close());
  const caller = callerOf(injecting(app));
  return { ...site, app, feed, caller };
}

test('a box is told whole: state, health, what differs, its rollout, channels and calibrations', async (t) => {
  const { caller } = await served(t);
  const { status, body } = await caller.call('GET', '/api/devices/post-7');
  t.is(status, 200);
  const told = deviceAnswer.parse(body);
  t.like(told, { site: 'north', known: true, status: 'online', broker: 'heard' });
  t.like(told.birth, { version: '0.1.0', sensors: [{ id: 'nh3-a', part: 'li-820', serial: 'SIM-0004' }] });
  t.like(told.health, { storageFree: 0.08, overdue: ['nh3-a ammonia'] });
  t.like(told.twin.reported, { phase: 'reverted', inForce: 4, reasons: ['gas ended twice within 60 s'] });
  t.deepEqual(
    told.twin.differences.map(({ path, desired, reported }) => [path, desired, reported]),
    [
      ['version', '5', '4'],
      ['executable', '0.2.0', '0.1.0'],
      ['files.profiles/gas.yaml', told.twin.differences[2]?.desired, 'missing'],
    ],
  );
  t.notRegex(JSON.stringify(body), /period: 2/, 'what stands in the files is not told');
  t.like(told.rollout, { rollout: 'slower-2', mode: 'stopped', wave: 1, phase: 'failed' });
  t.deepEqual(told.channels, [{ sensor: 'nh3-a', quantity: 'ammonia', unit: 'ppm' }]);
  t.is(told.calibrations[0]?.id, 'cal-1');
});

test('a strip holds the peak of an hour in a few points, tells its gap, and is the same as CSV', async (t) => {
  const { caller, nowMs } = await served(t);
  const url = `/api/devices/post-7/strip?channel=nh3-a/ammonia&from=${nowMs - 3_600_000}&to=${nowMs}&points=40`;
  const { status, body } = await caller.call('GET', url);
  t.is(status, 200);
  const strip = stripAnswer.parse(body);
  const points = strip.pieces.flat();
  t.is(strip.unit, 'ppm');
  t.is(Math.max(...points.map(({ high }) => high)), peak.value);
  t.true(points.length <= 42, `${points.length}`);
  t.is(strip.values, 3600 - (gap.fromS - gap.toS));
  t.is(strip.pieces.length, 2);
  t.is(strip.gaps.length, 1);
  t.true(Math.abs((strip.gaps[0]?.toMs ?? 0) - (strip.gaps[0]?.fromMs ?? 0) - 1000 * (gap.fromS - gap.toS)) <= 2000);
  t.deepEqual(strip.flagged[0]?.flags, ['calibration-expired']);
  t.deepEqual(
    strip.calibrations.map(({ id }) => id),
    ['cal-1', 'cal-2'],
  );
  const csv = await caller.call('GET', `${url}&format=csv`);
  t.regex(String(csv.headers['content-disposition']), /filename="post-7-nh3-a-ammonia.csv"/);
  const lines = csv.text.trim().split('\r\n');
  t.is(lines.length, 1 + points.length + 1);
  t.true(lines.some((line) => line.includes(`,${peak.value},`)));
  t.true(lines.some((line) => line.endsWith(',gap')));
});

test('a strip of what is not there is empty; a question that is none is refused', async (t) => {
  const { caller, nowMs } = await served(t);
  const ask = (query: string) => caller.call('GET', `/api/devices/post-7/strip?${query}`);
  const none = await ask(`channel=x/y&from=${nowMs - 1000}&to=${nowMs}`);
  t.like(none.body, { values: 0, pieces: [] });
  for (const bad of [
    '',
    'channel=x&from=1&to=2',
    'channel=x/y&from=2&to=1',
    'channel=x/y&from=0&to=999999999999',
    'channel=x/y&from=1&to=2&points=9e9',
  ])
    t.is((await ask(bad)).status, 400, bad);
});

test('the calibrations of all boxes are listed, the one that is due first on top', async (t) => {
  const { caller } = await served(t);
  const read = async () => dueAnswer.parse((await caller.call('GET', '/api/calibrations/due')).body);
  let due = await read();
  while (due.atMs === null) {
    // Injected requests never leave the turn: what goes on in the background needs one.
    await new Promise((resolve) => setImmediate(resolve));
    due = await read();
  }
  t.deepEqual(
    due.rows.map(({ device, id }) => [device, id]),
    [
      ['post-7', 'cal-1'],
      ['post-9', 'cal-9'],
    ],
  );
  t.is(due.of, 3);
});

test('rollouts are told by wave, and by name what failed', async (t) => {
  const { caller } = await served(t);
  const { kept, rollouts } = rolloutsAnswer.parse((await caller.call('GET', '/api/rollouts')).body);
  t.true(kept);
  t.deepEqual(
    rollouts[0]?.waves.map(({ phases }) => phases),
    [{ failed: 1 }, { queued: 1 }],
  );
  t.deepEqual(
    rollouts[0]?.boxes.map(({ name }) => name),
    ['post-7'],
  );
});

test('a box is asked for its logs once, signed and to its own topic; the answer is told when it came', async (t) => {
  const { caller, asked, said, answer } = await served(t);
  const before = logsAnswer.parse((await caller.call('GET', '/api/devices/post-7/logs')).body);
  t.deepEqual(
    before.answers.map(({ id, text }) => [id, text]),
    [['asked-before', 'pump is slow\n']],
  );
  const { status, body } = await caller.call('POST', '/api/devices/post-7/logs', {
    daemon: 'gas',
    sinceS: 60,
    by: 'op-3',
  });
  t.is(status, 202);
  t.like(asked[0], { site: 'north', device: 'post-7', daemon: 'gas', sinceS: 60, mostKb: 16, by: 'op-3', id: body.id });
  t.deepEqual(said, [{ topic: 'fieldpost/v1/north/post-7/cmd', text: `signed ${body.id}` }]);
  await answer(body.id, 'line 1\nline 2\n');
  const after = logsAnswer.parse((await caller.call('GET', '/api/devices/post-7/logs')).body);
  t.like(
    after.answers.find(({ id }) => id === body.id),
    { whole: true, text: 'line 1\nline 2\n' },
  );
  for (const wrong of [{}, { daemon: '../etc' }, { daemon: 'gas', sinceS: 1e9 }, { daemon: 'gas', mostKb: 65 }])
    t.is((await caller.call('POST', '/api/devices/post-7/logs', { by: 'op-3', ...wrong })).status, 400);
  t.is((await caller.call('POST', '/api/devices/nobody/logs', { daemon: 'gas', by: 'op-3' })).status, 404);
});

test('without a broker or a folder of the fleet the page still tells what the store knows, and why it knows no more', async (t) => {
  const { caller } = await served(t, { devices: undefined });
  const told = deviceAnswer.parse((await caller.call('GET', '/api/devices/post-7')).body);
  t.like(told, { broker: 'none', health: null, rollout: null });
  t.regex(told.logs.why ?? '', /--broker/);
  t.false((await caller.call('GET', '/api/rollouts')).body.kept);
  const refused = await caller.call('POST', '/api/devices/post-7/logs', { daemon: 'gas', by: 'op-3' });
  t.is(refused.status, 409);
});

test('a box that never sent anything is told as it is; one of which alerts alone are left too; one of nothing is not there', async (t) => {
  const { caller, feed, records } = await served(t);
  const silent = deviceAnswer.parse((await caller.call('GET', '/api/devices/post-8')).body);
  t.like(silent, { known: true, channels: [], calibrations: [] });
  t.is(silent.birth.atMs, null);
  await records.commit([alertArrival(sampleAlert('left'), 900, 'post-gone')], Date.now());
  await feed.refresh();
  const left = { ...feed, devices: () => feed.devices().filter(({ device }) => device !== 'post-gone') };
  const { caller: other } = await served(t, { feed: left });
  t.like((await other.call('GET', '/api/devices/post-gone')).body, { known: false, site: 'north', lastSeenMs: null });
  t.is((await caller.call('GET', '/api/devices/nobody')).status, 404);
});

test('a technician sees boxes and asks none; a patrol has the answer of what is not there; each question is written down', async (t) => {
  const { clock, nowMs } = handClock(Date.now());
  const login = openLogin(clock);
  const { app, asked } = await served(t, { access: login.access, clock });
  const send = injecting(app);
  const people = Object.fromEntries(
    await Promise.all(
      (['technician', 'patrol', 'operator', 'auditor'] as const).map(async (role) => {
        const { caller } = await enrol(login, send, role, nowMs, role === 'patrol' ? 'unit-1' : null);
        return [role, role === 'technician' ? caller : await withPurpose(caller)] as const;
      }),
    ),
  );
  const statusOf = async (who: string, method: string, url: string, body?: unknown) =>
    (await people[who]?.call(method, url, body))?.status;
  for (const url of ['/api/devices/post-7', '/api/calibrations/due', '/api/rollouts']) {
    for (const who of ['technician', 'operator', 'auditor'])
      t.is(await statusOf(who, 'GET', url), 200, `${who} ${url}`);
    t.is(await statusOf('patrol', 'GET', url), 403);
  }
  const logs = { daemon: 'gas' };
  for (const who of ['technician', 'auditor', 'patrol']) {
    t.is(await statusOf(who, 'POST', '/api/devices/post-7/logs', logs), 403, who);
    t.is(await statusOf(who, 'GET', '/api/devices/post-7/logs'), 403, who);
  }
  t.is(asked.length, 0);
  t.is(await statusOf('operator', 'POST', '/api/devices/post-7/logs', logs), 202);
  const { body } = (await people.auditor?.call('GET', '/api/audit?what=act')) ?? { body: null };
  t.regex(body.lines[0].about, /^logs of north\/post-7: gas, the last 600 s$/);
});
