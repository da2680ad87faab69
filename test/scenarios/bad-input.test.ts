/** Bad input of every kind at the real gas daemon: an error or a flagged gap that says what is wrong, and it goes on. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { Flag } from '../../daemons/core/values/flags.ts';
import { type Edit, edit, type GasBox, gasBox, type InstrumentName } from '../support/gas-box.ts';
import type { Kept } from '../support/kept.ts';

const root = path.join(import.meta.dirname, '../..');
const limitMs = 180_000;
/** The board with a limit on how often the ammonia analyzer may repeat itself. */
const stuckAfterFive = (board: Record<string, unknown>) => ({
  ...board,
  sensors: (board.sensors as { id: string }[]).map((one) => (one.id === 'nh3' ? { ...one, stuckAfter: 5 } : one)),
});

const failing =
  (sensor: string, kind: string) =>
  ({ events }: Kept) =>
    events.find(({ type, detail }) => type === 'sensor-failing' && detail.sensor === sensor && detail.kind === kind);
const working =
  (sensor: string) =>
  ({ events }: Kept) =>
    events.find(({ type, detail }) => type === 'sensor-working' && detail.sensor === sensor);
const gap =
  (sensor: string, flag: Flag) =>
  ({ readings }: Kept) =>
    readings.find((one) => one.sensor === sensor && one.value === null && one.flags.includes(flag));
const flagged =
  (sensor: string, flag: Flag) =>
  ({ readings }: Kept) =>
    readings.find((one) => one.sensor === sensor && one.flags.includes(flag));
/** What says nothing of this value: a test machine's clock is set by nobody, and a line that broke is doubted for a while. */
const usual: ReadonlySet<Flag> = new Set(['simulated', 'clock', 'crc-rate', 'spike']);
const value =
  (sensor: string) =>
  ({ readings }: Kept) =>
    readings.find(
      ({ sensor: of, value: read, flags }) => of === sensor && read !== null && flags.every((flag) => usual.has(flag)),
    );

/** Nothing was lost on the way to the disk, and the daemon drains and ends well. */
async function endsWell(t: ExecutionContext, box: GasBox): Promise<void> {
  for (const [stream, numbers] of Object.entries(await box.numbers()))
    t.deepEqual(
      numbers,
      numbers.map((_, i) => i + 1),
      stream,
    );
  await box.daemon.end('SIGTERM');
  t.is(box.daemon.child.exitCode, 0, box.daemon.output());
}

/** A fault on a line: which sensor of it is watched, and as what its gaps are flagged. */
const onTheLine: readonly (readonly [InstrumentName, Parameters<GasBox['fault']>[1], string, Flag, RegExp])[] = [
  ['i2c-bus', 'nack', 'mox-b', 'nack', /no answer at that address/],
  ['i2c-bus', 'checksum', 'air', 'checksum', /word \d of 2: checksum 0x/],
  ['i2c-bus', 'truncate', 'air', 'protocol', /3 bytes of 6/],
  ['i2c-bus', 'silence', 'mox-a', 'timeout', /does not answer/],
  ['modbus-tcp', 'checksum', 'nh3', 'checksum', /CRC is wrong/],
  ['modbus-tcp', 'truncate', 'nh3', 'timeout', /bytes came that are no whole answer/],
  ['modbus-tcp', 'silence', 'nh3', 'timeout', /did not answer within/],
  ['modbus-tcp', 'wrong-unit', 'nh3', 'protocol', /unit 8 answered a question to unit 7; check the addresses/],
  ['modbus-pty', 'checksum', 'pid', 'checksum', /CRC is wrong/],
  ['winsen', 'checksum', 'nh3-module', 'checksum', /whose checksum is wrong/],
  ['winsen', 'truncate', 'nh3-module', 'timeout', /no frame came/],
  ['winsen', 'silence', 'nh3-module', 'timeout', /no frame came/],
];

/**
 * A fault that begins in the middle of an answer may be told as another one, and a sensor that goes on failing says no more:
 * it is then mended and broken again, until the fault is told by its own name.
 */
async function breakLine(
  box: GasBox,
  [instrument, fault, sensor, flag]: readonly [InstrumentName, Parameters<GasBox['fault']>[1], string, Flag],
): ReturnType<GasBox['fault']> {
  for (;;) {
    const broken = await box.fault(instrument, fault);
    const first = ({ events }: Kept) =>
      events.find(({ type, detail }) => type === 'sensor-failing' && detail.sensor === sensor);
    if ((await box.until(first, broken)).detail.kind === flag) return broken;
    const mended = await box.fault(instrument, 'none');
    await box.until(working(sensor), mended);
  }
}

test.serial(
  'wrong CRC, NACK, truncated frame, wrong unit, silence, unplugged and replugged, NaN, out of range, stuck: a named gap or a flag each, and every value comes back',
  async (t) => {
    t.timeout(limitMs);
    const box = await gasBox(t, { board: stuckAfterFive });
    for (const sensor of ['mox-a', 'mox-b', 'air', 'nh3', 'pid', 'nh3-module']) await box.until(value(sensor));

    for (const [instrument, fault, sensor, flag, message] of onTheLine) {
      const broken = await breakLine(box, [instrument, fault, sensor, flag]);
      t.regex((await box.until(failing(sensor, flag), broken)).message, message, `${instrument} ${fault}`);
      await box.until(gap(sensor, flag), broken);
      const mended = await box.fault(instrument, 'none');
      await box.until(working(sensor), mended);
      await box.until(value(sensor), mended);
    }

    for (const [fault, flag, isGap] of [
      ['not-a-number', 'not-a-number', true],
      ['out-of-range', 'out-of-range', false],
      ['stuck', 'stuck', false],
    ] as const) {
      const broken = await box.fault('modbus-tcp', fault);
      t.is((await box.until(flagged('nh3', flag), broken)).value === null, isGap, fault);
      const mended = await box.fault('modbus-tcp', 'none');
      await box.until(value('nh3'), mended);
    }

    for (const [instrument, sensor] of [
      ['modbus-tcp', 'nh3'],
      ['i2c-bus', 'air'],
    ] as const) {
      const away = await box.unplug(instrument);
      await box.until(failing(sensor, 'absent'), away);
      await box.until(gap(sensor, 'absent'), away);
      const back = await box.replug(instrument);
      await box.until(working(sensor), back);
      await box.until(value(sensor), back);
    }
    await endsWell(t, box);
  },
);

test.serial(
  'without a calibration record every value is kept and flagged, the event names the quantity, and an alert is still raised',
  async (t) => {
    t.timeout(limitMs);
    const box = await gasBox(t, { calibrated: false });
    const told = await box.until(({ events }) =>
      events.find(({ type, detail }) => type === 'uncalibrated' && String(detail.name).includes('ammonia')),
    );
    t.regex(told.message, /no calibration record; its readings are kept and flagged/);
    const one = await box.until(({ measurements }) =>
      measurements.find(({ quantity, value: of }) => quantity === 'ammonia' && of !== null),
    );
    t.true(one.flags.includes('uncalibrated'));
    t.is(one.u, null);
    const alert = await box.until(({ alerts }) => alerts.find(({ kind }) => kind === 'ammonia'));
    t.true(alert.flags.includes('uncalibrated'));
    await endsWell(t, box);
  },
);

test.serial(
  'a model made for other sensors is refused by name, and what needs no model is measured and raised',
  async (t) => {
    t.timeout(limitMs);
    const box = await gasBox(t, {
      board: (board) => ({
        ...board,
        array: (board.array as object[]).map((one, i) => (i === 1 ? { ...one, part: 'MQ-2' } : one)),
      }),
    });
    const told = await box.until(({ events }) => events.find(({ type }) => type === 'model-refused'));
    t.is(told.severity, 'error');
    t.regex(
      told.message,
      /card\.json input\.array: was made for .*mox-2 \(sim-mq135\).* and this board has .*mox-2 \(MQ-2\)/,
    );
    t.regex(told.message, /these rules see nothing: vapour; every other rule goes on/);
    await box.until(value('mox-a'));
    const alert = await box.until(({ alerts }) => alerts.find(({ kind }) => kind === 'ammonia'));
    t.is(alert.because.model, null);
    await endsWell(t, box);
  },
);

const profileFile = 'profiles/gas-vapour.yaml';
const boardFile = 'boards/sim-gas-8.yaml';
const mistakes: readonly (readonly [file: string, change: Edit, said: RegExp])[] = [
  [
    profileFile,
    (value) => ({ ...value, gas: { ...(value.gas as object), samplePeriodMS: 1 } }),
    /gas-vapour\.yaml gas samplePeriodMS: unknown key; did you mean samplePeriodMs\?/,
  ],
  [profileFile, (value) => ({ ...value, profile: 7 }), /gas-vapour\.yaml:\d+ profile: is 7; must be a string/],
  [boardFile, (value) => ({ ...value, sensor: [] }), /sim-gas-8\.yaml:\d+ sensor: unknown key; did you mean sensors\?/],
  [
    boardFile,
    (value) => ({ ...value, array: (value.array as object[]).map((one) => ({ ...one, part: undefined })) }),
    /sim-gas-8\.yaml:\d+ array\.0\.part: is missing; must be a string/,
  ],
];

test.serial('a mistake in a configuration file ends the start with its file, its path and what would be right', (t) => {
  t.timeout(limitMs);
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-mistakes-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  for (const [file, change, said] of mistakes) {
    const config = mkdtempSync(path.join(folder, 'config-'));
    cpSync(path.join(root, 'firmware-configs'), config, { recursive: true });
    edit(path.join(config, file), change);
    const box = ['--config', config, '--device', 'post-1', '--state', path.join(folder, 'state')];
    const { status, stdout } = spawnSync(process.execPath, [path.join(root, 'daemons/main.ts'), 'gas', ...box]);
    t.is(status, 2, String(stdout));
    t.regex(String(stdout), said);
  }
});
