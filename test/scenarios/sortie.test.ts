/**
 * A sortie from the order to the last receipt, with real processes: a technician at the verbs and at the control link, the gas and
 * dock daemons of one box, and later uplink, broker and ledger. Drone and instruments are simulated.
 */
import dgram from 'node:dgram';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import test, { type ExecutionContext } from 'ava';
import { openSqliteArchive } from '../../daemons/core/adapters/archive.sqlite.ts';
import { openBoxCalibrations } from '../../daemons/core/adapters/calibrations.box.ts';
import { openRecords } from '../../daemons/core/adapters/records.sqlite.ts';
import { moved } from '../../daemons/core/feed/place.ts';
import { isFault } from '../../daemons/core/ports/fault.ts';
import type { BoxEvent } from '../../daemons/core/values/envelope.ts';
import { parseEnvelope } from '../../daemons/core/wire/envelope.ts';
import type { SortieAnswer } from '../../daemons/dock/sortie/desk.ts';
import type { SortieAsk } from '../../daemons/dock/sortie/request.ts';
import { askSortie } from '../../daemons/tools/technician/sortie.ts';
import { bumpOf } from '../support/calibration-records.ts';
import { fieldpost } from '../support/fieldpost.ts';
import { flyingDrone } from '../support/flying.ts';
import { type GasBox, gasBox } from '../support/gas-box.ts';
import type { Kept } from '../support/kept.ts';
import { lostDock } from '../support/lost-dock.ts';
import { nativeBuilt } from '../support/native.ts';
import { freePorts, type Program, startProgram } from '../support/process.ts';
import { asks, quick, technician } from '../support/technician.ts';

const main = path.join(import.meta.dirname, '../../daemons/main.ts');
const home = { lat: 47.3769, lon: 8.5417 };
const target = 'nh3/ammonia';

/** A sortie needs no hatch. */
const board = (udp: number) => (value: Record<string, unknown>) => ({
  ...quick.board(value),
  ports: { ...(value.ports as object), udp: { drone: { listen: `127.0.0.1:${udp}` } } },
  dock: lostDock('main'),
});
const profile = (mqtt: number) => (value: Record<string, unknown>) => {
  const whole = quick.profile(value) as { gas: { safety?: unknown } };
  const { safety: _crew, ...gas } = whole.gas;
  return {
    ...whole,
    // From a batch's first reading to its last: what the gate holds back must not wait in it.
    gas: { ...gas, model: undefined, rules: [rule], telemetry: { batch: 60, holdMs: 0 } },
    dock: {
      motor: { travelMs: 20_000, maxA: 6, inrushMs: 400, restA: 0.5, minV: 22 },
      weather: { maxWindMs: 10 },
      ready: { batteryPercent: 80, uHorizontalM: 5, calibrationAgeH: 24, freeMB: 1 },
    },
    sortie: { payload: ['SIM-0004'], zeroShift: { ammonia: 1 }, flowMlMin: { least: 400, most: 600 } },
    uplink: { brokers: [`mqtt://127.0.0.1:${mqtt}`], resendMs: 1000, reconnect: { firstMs: 50, mostMs: 1000 } },
  };
};
const rule = {
  ...{ kind: 'ammonia', family: 'evidence', severity: 'warning', score: { quantity: 'ammonia' } },
  ...{ on: 2, off: 1, raiseAfter: 4, clearAfter: 8 },
};

async function freeUdpPort(): Promise<number> {
  const socket = dgram.createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  return port;
}

const eventOf =
  (type: string) =>
  ({ events }: Kept): BoxEvent | undefined =>
    events.find((one) => one.type === type);

/** `fieldpost check-gas` without its screen: so much is at the inlet where the technician says that nothing is. */
async function checked(t: ExecutionContext, box: GasBox, zeroPpm: number): Promise<void> {
  const one = await technician(t, box);
  one.ask({ ask: 'begin', target, kind: 'check', by: 'tech-7', zero: 'zero-air', span: 'nh3-25' });
  for (const stage of ['flow', 'leak']) {
    await one.until(asks(stage));
    one.ask({ ask: 'next' });
  }
  for (const [stage, ammonia] of [
    ['check-zero', zeroPpm],
    ['check-span', 25],
  ] as const) {
    await one.until(asks(stage));
    await box.connect('modbus-tcp', { ammonia });
    one.ask({ ask: 'next' });
  }
  const { running } = await one.until((view) => view.running?.ending != null);
  await box.connect('modbus-tcp', { ammonia: 0 });
  t.is(running?.ending?.result, 'passed', JSON.stringify(running));
  one.hangUp();
}

const title =
  'a sortie: fit before, captures within its area only, a zero that moved puts its alerts in doubt, and it ends with the receipts';
// The dock daemon does not run without its addon.
const run = nativeBuilt(title) ? test.serial : test.serial.skip;

run(title, async (t) => {
  t.timeout(480_000);
  const [mqtt = 0] = await freePorts(1);
  const udp = await freeUdpPort();
  const feed = path.join('/tmp', `fieldpost-sortie-${process.pid}.sock`);
  const box = await gasBox(t, { ...quick, board: board(udp), profile: profile(mqtt), feed });
  const [config, records] = [path.join(box.state, '../config'), path.join(box.state, '../ledger.db')];
  const start = (verb: string, ...args: string[]): Program => {
    const program = startProgram(process.execPath, [main, verb, ...args]);
    t.teardown(() => program.end('SIGKILL'));
    return program;
  };
  const onBox = ['--config', config, '--device', 'post-1', '--state', box.state];
  let dock = start('dock', ...onBox, '--feed', feed);
  const drone = flyingDrone(udp, home);
  t.teardown(() => drone.close());

  const sortie = async (what: string, ...args: string[]): Promise<SortieAnswer & { readonly code: number }> => {
    const { code, out, err } = await fieldpost(['sortie', what, '--state', box.state, '--json', ...args]);
    // The daemon is not there yet, or just ended.
    if (out === '') return { code: code ?? 2, told: [err], isRefused: true, sortie: null, capture: null };
    return { ...(JSON.parse(out) as SortieAnswer), code: code ?? 2 };
  };
  /** Asked at the socket: a verb takes a second or more to start on a busy machine. */
  const until = async (asked: SortieAsk, isSo: (said: SortieAnswer) => boolean): Promise<SortieAnswer> => {
    for (;;) {
      try {
        const said = await askSortie(box.state, asked);
        if (isSo(said)) return said;
      } catch (error) {
        // The daemon is still starting.
        if (!isFault(error)) throw error;
      }
      if (dock.child.exitCode !== null) throw new Error(dock.output());
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  };
  const status = { ask: 'sortie', do: 'status' } as const;

  // Nobody bumped the payload: it does not open, and says all that is missing.
  const area = path.join(box.state, 'area.json');
  const ring = [
    [150, 150],
    [150, -150],
    [-150, -150],
    [-150, 150],
    [150, 150],
  ].map(([north = 0, east = 0]) => moved(home, north, east));
  writeFileSync(area, JSON.stringify({ type: 'Polygon', coordinates: [ring.map(({ lat, lon }) => [lon, lat])] }));
  const corners = ring.slice(0, -1).map(({ lat, lon }) => ({ lat, lon }));
  const asked = { ask: 'sortie', do: 'open', by: 't-17', reference: 'A-2026/17', area: corners } as const;
  // Before the drone and the clock are heard it lacks those too.
  await until(asked, ({ told }) => /the payload is not fit/.test(told[0] ?? '') && !/the clock/.test(told[0] ?? ''));
  const open = ['--by', 't-17', '--reference', 'A-2026/17', '--area', area];
  const unfit = await sortie('open', ...open);
  t.is(unfit.code, 1);
  t.regex(unfit.told[0] ?? '', /the payload is not fit for it.*its last bump failed, or there is none/);
  const calibrations = await openBoxCalibrations(box.state, 'post-1');
  await calibrations.add(bumpOf('bump-1', { serial: 'SIM-0004', atMs: Date.now() }));
  const opened = await sortie('open', ...open);
  t.is(opened.code, 0, opened.told[0]);
  t.is(opened.sortie?.phase, 'pre-flight');
  t.is(opened.sortie?.before.flowMlMin, 500);

  // In the air and within: it captures, and gas raises an alert.
  drone.is('in-air');
  await box.until(eventOf('capture-begun'));
  await box.connect('modbus-tcp', { ammonia: 40 });
  const raised = await box.until(({ alerts }) => alerts.find(({ kind }) => kind === 'ammonia'));
  await box.connect('modbus-tcp', { ammonia: 0 });

  // Over the edge: nothing of the gas is kept there, while the box still knows its own air.
  const before = await box.restart('SIGTERM');
  await box.until(eventOf('capture-begun'), before);
  const inside = await box.until(
    (kept) => (kept.readings.some(({ sensor }) => sensor === 'nh3') ? kept : undefined),
    before,
  );
  t.true(inside.readings.length > 0);
  drone.fly(400, 0);
  const stopped = await box.until(
    ({ events }) =>
      events.find(({ type, message }) => type === 'capture-stopped' && message.includes('not within the area')),
    before,
  );
  await box.until(
    ({ readings }) => readings.filter(({ sensor, at }) => sensor === 'air' && at.monoNs > stopped.at.monoNs)[20],
    before,
  );
  drone.fly(0, 0);
  const begun = await box.until(
    ({ events }) => events.find(({ type, at }) => type === 'capture-begun' && at.monoNs > stopped.at.monoNs),
    before,
  );
  const after = await box.until(
    (kept) =>
      kept.readings.some(({ sensor, at }) => sensor === 'nh3' && at.monoNs > begun.at.monoNs) ? kept : undefined,
    before,
  );
  const between = after.readings.filter(
    ({ sensor, at }) => sensor === 'nh3' && at.monoNs > stopped.at.monoNs && at.monoNs < begun.at.monoNs - 1e9,
  );
  t.deepEqual(between, []);

  drone.is('on-ground');
  await until(status, ({ sortie: one }) => one?.phase === 'landed');
  t.is((await sortie('close', '--by', 't-17')).code, 1);
  t.regex((await sortie('check', '--by', 't-17')).told[0] ?? '', /no zero gas was given to it since the landing/);

  // A zero of 1.5 ppm is within the limits of a check (10 % of 25), and further than it may move over a sortie.
  await checked(t, box, 1.5);
  const marked = await box.until(({ alerts }) => alerts.find(({ id, doubts }) => id === raised.id && doubts));
  t.like(marked, { certainty: 'indication' });
  t.true(marked.flags.includes('check-failed') && marked.rev > raised.rev);
  t.like(marked.doubts?.[0]?.shift, { since: 'nh3-ammonia-simulated', most: 1, unit: 'ppm' });
  const found = await sortie('check', '--by', 't-17');
  t.is(found.code, 0);
  t.regex(found.told[0] ?? '', /its alerts are in doubt, for nh3\/ammonia \(serial SIM-0004\): its zero moved from/);
  t.regex((await sortie('close', '--by', 't-17')).told[0] ?? '', /nobody said that the line was purged/);
  await sortie('purge', '--by', 't-17');
  t.is((await sortie('close', '--by', 't-17')).sortie?.phase, 'offloading');

  // Nobody takes what was found: it stays, and the sortie stays open, over a kill too.
  await dock.end('SIGKILL');
  dock = start('dock', ...onBox, '--feed', feed);
  const still = await until(status, ({ sortie: one }) => one !== null);
  t.is(still.sortie?.phase, 'offloading');
  t.true((await box.numbers()).tele.length > 0);

  await (await openRecords(records)).close();
  start('broker', '--port', String(mqtt));
  start('ledger', '--broker', `mqtt://127.0.0.1:${mqtt}`, '--records', records);
  start('uplink', ...onBox);
  await until(status, ({ sortie: one }) => one === null);

  const archive = openSqliteArchive(records);
  t.teardown(() => archive.close());
  const story = async (): Promise<readonly unknown[]> =>
    (await archive.events('post-1', 'sortie', 100))
      .map(({ text }) => parseEnvelope(text).body as BoxEvent)
      .toSorted((a, b) => a.at.monoNs - b.at.monoNs)
      .filter(({ detail }) => detail.is !== 'refused')
      .map(({ detail }) => detail.is);
  let told = await story();
  while (!told.includes('erased')) told = await story();
  t.deepEqual(told, ['opened', 'up', 'down', 'checked', 'purged', 'closed', 'erased']);
});
