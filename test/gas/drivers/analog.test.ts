import test from 'ava';
import {
  factorAt,
  gasPpm,
  ionizes,
  isobutylenePpm,
  mixtureFactor,
  powerLawPpm,
  threeElectrode,
  workingAuxiliary,
} from '../../../daemons/gas/cells.ts';
import { analogCell, decode as decodeCell } from '../../../daemons/gas/drivers/analog-cell.ts';
import { currentLoop, decode } from '../../../daemons/gas/drivers/current-loop.ts';
import { benchBus, benchClock } from '../../../daemons/tools/evaluate/i2c-bench.ts';
import { simulatedAds1115 } from '../../../daemons/tools/simulate/devices/ads1115.ts';

const near = (a: number | null, b: number, within = 1e-9): boolean => Math.abs((a ?? Number.NaN) - b) <= within;
const raw = { name: 'nh3', input: 'a0', fullScaleMv: 4096, shuntOhm: 100, unit: 'ppm', at4mA: 0, at20mA: 100 };
const board = (more: object) => ({ address: 0x48, loops: [{ ...raw, ...more }] });
const loop = (more: object = {}) => {
  const [one] = currentLoop.config.parse(board(more)).loops;
  if (!one) throw new Error('no loop');
  return one;
};
const said = (mA: number, more: object = {}) => decode(loop(more), mA * 100);

test('a loop is linear from 4 to 20 mA, upwards and downwards', (t) => {
  for (const [mA, ppm] of [
    [4, 0],
    [8, 25],
    [12, 50],
    [20, 100],
  ] as const) {
    t.true(near(said(mA).value, ppm));
    t.true(near(said(mA, { at4mA: 25, at20mA: 0 }).value, 25 - ppm / 4));
    t.deepEqual(said(mA).flags, []);
  }
});

test('3.6 mA and less, 21 mA and more are a failed transmitter and never a value (NAMUR NE 43)', (t) => {
  for (const mA of [-5, 0, 3.5, 3.6, 21, 21.5, 40])
    t.deepEqual(said(mA), { channel: 'nh3', value: null, flags: ['instrument-fault'] }, `${mA}`);
});

test('between its range and its faults a transmitter is at the end of its scale (NE 43: 3.8 and 20.5 mA)', (t) => {
  t.deepEqual(said(3.7).flags, ['out-of-range']);
  t.deepEqual(said(20.7).flags, ['saturated']);
  for (const mA of [3.8, 20.5]) t.deepEqual(said(mA).flags, [], `${mA}`);
});

test('a current by which a transmitter says that it does not measure is never gas', (t) => {
  const inhibit = [
    { mA: 3.3, what: 'in calibration' },
    { mA: 2, toleranceMa: 0.3, what: 'warming up' },
  ];
  for (const mA of [3.21, 3.3, 3.39, 1.75, 2.25])
    t.deepEqual(said(mA, { inhibit }), { channel: 'nh3', value: null, flags: ['inhibited'] }, `${mA}`);
  t.deepEqual(said(2.5, { inhibit }).flags, ['instrument-fault']);
});

test('a loop whose fault or inhibit current could not be told from gas is refused in the board file', (t) => {
  const why = (more: object): string =>
    currentLoop.config
      .safeParse(board(more))
      .error?.issues.map(({ message }) => message)
      .join('; ') ?? '';
  t.is(why({}), '');
  t.regex(why({ shuntOhm: 250, fullScaleMv: 4096 }), /a fault would not be seen/);
  t.regex(why({ inhibit: [{ mA: 4.2, what: 'service' }] }), /would hide gas/);
  t.regex(why({ at20mA: 0 }), /must differ/);
});

test('a loop is read through a real conversion to its resolution', async (t) => {
  const clock = benchClock(0);
  const bus = benchBus(new Map([[0x48, simulatedAds1115(() => 1234.5)]]), clock);
  const driver = await currentLoop.open(bus, currentLoop.config.parse(board({})), clock);
  const [{ resolution } = { resolution: 0 }] = driver.channels;
  t.true(near((await driver.read())[0]?.value ?? null, ((12.345 - 4) / 16) * 100, resolution));
});

test('AAN 803: the four equations, worked by hand (sensing.md section 2)', (t) => {
  const cell = { weElectronicMv: 300, aeElectronicMv: 295, weZeroMv: 20, aeZeroMv: 10, mvPerUnit: 0.5 };
  const at = (algorithm: 1 | 2 | 3 | 4, factor: number) =>
    workingAuxiliary(420, 305, 20, { ...cell, algorithm, factors: Array.from({ length: 9 }, () => factor) }).value;
  t.is(at(1, 2), (120 - 2 * 10) / 0.5);
  t.is(at(2, 2), (120 - 2 * 2 * 10) / 0.5);
  t.is(at(3, 2), (120 - 10 - 2 * 10) / 0.5);
  t.is(at(4, 2), (120 - 20 - 2) / 0.5);
});

test('AAN 803: factors are linear between the steps of the table and held beyond it, which is said', (t) => {
  const co = [0.7, 0.7, 0.7, 0.7, 1, 3, 3.5, 4, 4.5];
  t.deepEqual(factorAt(co, -30), { factor: 0.7, outside: false });
  t.deepEqual(factorAt(co, 20), { factor: 3, outside: false });
  t.true(near(factorAt(co, 15).factor, 2));
  t.deepEqual(factorAt(co, 50), { factor: 4.5, outside: false });
  t.deepEqual(factorAt(co, 61), { factor: 4.5, outside: true });
  t.deepEqual(factorAt(co, -31), { factor: 0.7, outside: true });
});

test('PID: isobutylene, its factor, a mixture by TN-106, and a gas that the lamp cannot see', (t) => {
  t.is(isobutylenePpm(450, { offsetMv: 50, mvPerPpm: 10 }), 40);
  t.is(gasPpm(40, 0.5), 20);
  t.true(
    near(
      mixtureFactor([
        { share: 0.5, factor: 0.5 },
        { share: 0.5, factor: 1 },
      ]),
      1 / 1.5,
    ),
  );
  // Hydrogen chloride, 12.7 eV, and ammonia, 10.2 eV, at a lamp of 10.6 eV (sensing.md section 2).
  t.deepEqual([ionizes(10.6, 12.7), ionizes(10.6, 10.2)], [false, true]);
});

test('three electrodes and the power law of a metal-oxide element, and where it has no answer', (t) => {
  t.is(threeElectrode(1530, { zeroMv: 1500, mvPerUnit: 2 }), 15);
  t.true(near(powerLawPpm(0.5, { a: 5, b: 0.5 }), 100, 1e-9));
  for (const ratio of [0, -1, Number.NaN]) t.is(powerLawPpm(ratio, { a: 5, b: 0.5 }), null);
});

const pid = {
  ...{ kind: 'pid', name: 'acetone', unit: 'ppm', range: [-1, 100], input: 'a0', fullScaleMv: 4096, offsetMv: 50 },
  ...{ mvPerPpm: 10, lampEv: 10.6, factor: { value: 0.7, source: 'ION Science TA-02' } },
};

test('a PID in air too wet for its lamp, or unknown, says uncompensated; beyond its range says so', (t) => {
  const [one] = analogCell.config.parse({ address: 0x48, cells: [pid] }).cells;
  if (!one) throw new Error('no cell');
  const dry = { temperatureC: 20, relativePercent: 50 };
  t.deepEqual(decodeCell(one, [450], dry), { channel: 'acetone', value: 28, flags: [] });
  t.deepEqual(decodeCell(one, [450], { ...dry, relativePercent: 91 }).flags, ['uncompensated']);
  t.deepEqual(decodeCell(one, [450], null).flags, ['uncompensated']);
  t.deepEqual(decodeCell(one, [2050], dry).flags, ['out-of-range']);
});

test('a PID whose lamp cannot see the gas is refused in the board file', (t) => {
  const refused = (ionizationEv: number): boolean =>
    !analogCell.config.safeParse({ address: 0x48, cells: [{ ...pid, ionizationEv }] }).success;
  t.deepEqual([refused(12.7), refused(9.7)], [true, false]);
});

test('a saturated input flags the cell that is read through it', async (t) => {
  const clock = benchClock(0);
  const bus = benchBus(new Map([[0x48, simulatedAds1115(() => 9000)]]), clock);
  const driver = await analogCell.open(bus, analogCell.config.parse({ address: 0x48, cells: [pid] }), clock);
  t.deepEqual((await driver.read())[0]?.flags.toSorted(), ['out-of-range', 'saturated', 'uncompensated']);
});
