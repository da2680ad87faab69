/** The simulated serial parts of the captures: what each says, with which options it is read, and what is wrong in each case. */
import { floatRegisters, modbusServer, modbusTcpServer } from '../../daemons/tools/simulate/devices/modbus.ts';
import { senseairS8 } from '../../daemons/tools/simulate/devices/senseair-s8.ts';
import { answerer, gillLine, gpsBurst, nmeaLine, talker } from '../../daemons/tools/simulate/devices/talkers.ts';
import { winsenModule } from '../../daemons/tools/simulate/devices/winsen.ts';

export interface SerialDevice {
  receive(bytes: Uint8Array): Uint8Array[];
  /** What it says by itself each second. */
  tick?(): Uint8Array | null;
}

export interface SerialCase {
  readonly options: Readonly<Record<string, unknown>>;
  /** null is an unplugged line. */
  readonly device: (() => SerialDevice) | null;
  /** What becomes of the bytes that it says. */
  readonly spoil?: (bytes: Uint8Array) => Uint8Array;
  readonly periodMs?: number;
}
type Cases = Readonly<Record<string, SerialCase>>;

const truth = { ammonia: 17.25, tenths: 123, co2: 640 };
const flipAt =
  (at: number) =>
  (bytes: Uint8Array): Uint8Array =>
    Uint8Array.from(bytes, (byte, i) => (i === at ? byte ^ 0x10 : byte));
const flip = flipAt(4);
/** Normal, corrupt and absent of a device that answers alike in all three. */
const three = (options: SerialCase['options'], device: () => SerialDevice): Cases => ({
  normal: { options, device },
  corrupt: { options, device, spoil: flip },
  absent: { options, device: null },
});

const analyzer = {
  unit: 7,
  timeoutMs: 500,
  channels: [
    { name: 'ammonia', register: 0, table: 'input', type: 'f32', unit: 'ppm', range: [-5, 500] },
    { name: 'cell-temperature', register: 2, table: 'input', type: 'i16', scale: 0.1, unit: 'C', range: [-40, 85] },
  ],
};
const registers = (_table: string, address: number): number | null =>
  [...floatRegisters(truth.ammonia), 234][address] ?? null;

/** An analyzer that refuses its first requests as busy (exception 6) while it warms up. */
function busyAtFirst(): SerialDevice {
  let requests = 0;
  return { receive: modbusServer({ unit: 7, register: registers, busy: () => ++requests <= 1 }) };
}

const asked = {
  mode: 'ask',
  channel: 'ammonia',
  unit: 'ppm',
  scale: 0.1,
  range: [0, 100],
  warmUpS: 3,
  timeoutMs: 1000,
};
const s8 = { warmUpS: 0 };
const co2 =
  (meterStatus = 0) =>
  (): SerialDevice => ({
    receive: senseairS8({ co2: () => truth.co2, meterStatus: () => meterStatus, baselineHours: 180 }).receive,
  });
const ascii = {
  pattern: 'NH3 {ammonia} ppm flow {flow}',
  ask: 'R1\r\n',
  gaps: ['----'],
  timeoutMs: 1500,
  channels: [
    { name: 'ammonia', unit: 'ppm', range: [-5, 500], resolution: 0.01 },
    { name: 'flow', unit: 'l/min', range: [0, 2] },
  ],
};
const place = { lat: 43.4501, lon: -79.25, altitudeM: 812.4, quality: 1 };

export const serialParts: Readonly<Record<string, Cases>> = {
  'modbus-analyzer': {
    ...three(analyzer, () => ({ receive: modbusServer({ unit: 7, register: registers }) })),
    'warming-up': { options: analyzer, device: busyAtFirst },
    tcp: {
      options: { ...analyzer, framing: 'tcp' },
      device: () => ({ receive: modbusTcpServer({ unit: 7, register: registers }) }),
    },
  },
  'senseair-s8': {
    ...three(s8, co2()),
    'warming-up': { options: { warmUpS: 3 }, device: co2() },
    fault: { options: s8, device: co2(0x10) },
  },
  'ascii-line': {
    normal: { options: ascii, device: () => answerer('R1\r\n', () => 'NH3  17.25 ppm   flow 0.512') },
    'by-itself': {
      options: { ...ascii, ask: undefined },
      device: () => talker(() => Uint8Array.from(Buffer.from('ppm flow 0.5\r\nNH3 17.25 ppm flow 0.512\r\n'))),
    },
    'warming-up': { options: ascii, device: () => answerer('R1\r\n', () => 'NH3 ---- ppm flow 0.512') },
    corrupt: { options: ascii, device: () => answerer('R1\r\n', () => 'NH3 17.25 ppm flow 0.512'), spoil: flip },
    absent: { options: ascii, device: null },
  },
  'nmea-gps': {
    ...three({}, () => talker(() => gpsBurst(place))),
    corrupt: { options: {}, device: () => talker(() => gpsBurst(place)), spoil: flipAt(100), periodMs: 1000 },
    'warming-up': { options: {}, device: () => talker(() => gpsBurst({ ...place, quality: 0 })) },
  },
  wind: {
    ...three({ protocol: 'gill-polar', northDeg: 10, timeoutMs: 2200 }, () =>
      talker(() => gillLine('Q,229,002.74,M,00,')),
    ),
    'nmea-mwv': { options: { protocol: 'nmea-mwv' }, device: () => talker(() => nmeaLine('WIMWV,229,R,005.33,N,A')) },
    'warming-up': { options: { protocol: 'nmea-mwv' }, device: () => talker(() => nmeaLine('WIMWV,,R,,N,V')) },
    fault: { options: { protocol: 'gill-polar' }, device: () => talker(() => gillLine('Q,,,M,04,')) },
  },
  winsen: {
    ...three(asked, () => winsenModule(() => truth.tenths)),
    'warming-up': { options: { ...asked, warmUpS: 60 }, device: () => winsenModule(() => truth.tenths) },
    active: {
      options: { ...asked, mode: 'active', kind: 2, timeoutMs: 1500 },
      device: () => winsenModule(() => truth.tenths),
    },
    'another-gas': {
      options: { ...asked, mode: 'active', kind: 4, timeoutMs: 1500 },
      device: () => winsenModule(() => truth.tenths),
    },
  },
};
