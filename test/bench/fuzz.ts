/**
 * Frames that are nearly right, for every driver: a sound frame of each, what may happen to it on a line, and what its
 * decoder must then do. A frame with a check may give its own values or none; one without a check, any values.
 */

import { bme68xTrim } from '../../daemons/core/codecs/bme68x.ts';
import { bme280Trim } from '../../daemons/core/codecs/bme280.ts';
import { lineTemplate } from '../../daemons/core/codecs/line-template.ts';
import { readRequest, readResponse } from '../../daemons/core/codecs/modbus-rtu.ts';
import { tcpReadRequest, tcpReadResponse } from '../../daemons/core/codecs/modbus-tcp.ts';
import { nmeaSentence } from '../../daemons/core/codecs/nmea.ts';
import { winsenFrames } from '../../daemons/core/codecs/winsen.ts';
import type { Sample } from '../../daemons/core/driver.ts';
import { isFault } from '../../daemons/core/ports/fault.ts';
import { decode as ads1115 } from '../../daemons/gas/drivers/ads1115.ts';
import { analogCell, decode as decodeCell } from '../../daemons/gas/drivers/analog-cell.ts';
import { asciiLine, decode as decodeLine } from '../../daemons/gas/drivers/ascii-line.ts';
import { decode as bme68x } from '../../daemons/gas/drivers/bme68x.ts';
import { decode as bme280 } from '../../daemons/gas/drivers/bme280.ts';
import { currentLoop, decode as decodeLoop } from '../../daemons/gas/drivers/current-loop.ts';
import { decode as decodeRegisters, modbusAnalyzer } from '../../daemons/gas/drivers/modbus-analyzer.ts';
import { decode as decodeGps, nmeaGps } from '../../daemons/gas/drivers/nmea-gps.ts';
import { decode as scd4x } from '../../daemons/gas/drivers/scd4x.ts';
import { decode as decodeS8 } from '../../daemons/gas/drivers/senseair-s8.ts';
import { decode as sgp4x } from '../../daemons/gas/drivers/sgp4x.ts';
import { decode as sht4x } from '../../daemons/gas/drivers/sht4x.ts';
import { decode as decodeWind, wind } from '../../daemons/gas/drivers/wind.ts';
import { decode as decodeWinsen, winsen } from '../../daemons/gas/drivers/winsen.ts';
import { modbusServer, modbusTcpServer } from '../../daemons/tools/simulate/devices/modbus.ts';
import { senseairS8 } from '../../daemons/tools/simulate/devices/senseair-s8.ts';
import { nmeaLine } from '../../daemons/tools/simulate/devices/talkers.ts';

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
const text = (frame: Uint8Array): string => Buffer.from(frame).toString('latin1');
const ascii = (line: string): Uint8Array => Uint8Array.from(Buffer.from(line, 'latin1'));

export interface Target {
  readonly part: string;
  readonly frame: Uint8Array;
  /** What the driver makes of it; null for no frame at all. Errors: Fault. */
  readonly decode: (frame: Uint8Array) => readonly Sample[] | null;
  /** Whether its check finds every single flipped bit and every cut: then no other value may come out. */
  readonly checked: boolean;
}

const one = { name: 'x', register: 0, table: 'input', type: 'u16', unit: 'ppm', range: [0, 60_000] };
const [map] = modbusAnalyzer.config.parse({ unit: 7, channels: [one] }).channels;
const asked = { unit: 7, table: 'input', count: 1 } as const;
const registers = (found: readonly number[] | null): Sample[] | null =>
  found && map ? [decodeRegisters(map, found)] : null;
const trim280 = bme280Trim(bytes(`706b4367 18fc 7d8e43d6 d00b270b 8c00 f9ff8c3cf8c67017 4b 6101 00 15 04 00 1e`));
const trim68x = bme68xTrim(Uint8Array.from({ length: 42 }, (_, i) => (i * 37) & 0x7f));
const module = winsen.config.parse({
  ...{ mode: 'ask', channel: 'co2', unit: 'ppm', scale: 1, range: [0, 5000], warmUpS: 0 },
});
const analyzer = asciiLine.config.parse({
  ...{ pattern: 'CO {co} ppm', check: 'xor', channels: [{ name: 'co', unit: 'ppm', range: [0, 500] }] },
});
const template = lineTemplate(analyzer.pattern);
const [loop] = currentLoop.config.parse({
  address: 72,
  loops: [{ name: 'x', input: 'a0', fullScaleMv: 4096, shuntOhm: 100, unit: 'ppm', at4mA: 0, at20mA: 100 }],
}).loops;
const [cell] = analogCell.config.parse({
  address: 72,
  cells: [
    {
      ...{ kind: 'three-electrode', name: 'x', unit: 'ppm', range: [0, 100], input: 'a0', fullScaleMv: 2048 },
      ...{ zeroMv: 1500, mvPerUnit: 2 },
    },
  ],
}).cells;
const mwv = wind.config.parse({ protocol: 'nmea-mwv' });
const anyHdop = nmeaGps.config.parse({});
const gill = wind.config.parse({ protocol: 'gill-polar' });
const millivolts = (frame: Uint8Array): number => ads1115('a0', frame, 4096).value ?? 0;

const first = (frames: readonly Uint8Array[]): Uint8Array => frames[0] ?? new Uint8Array(0);
const server = { unit: 7, register: () => 648 };
const rtu = first(modbusServer(server)(readRequest(7, 'input', 0, 1)));
const tcp = first(modbusTcpServer(server)(tcpReadRequest(5, { ...asked, start: 0 })));
const sensor = senseairS8({ co2: () => 648, meterStatus: () => 0, baselineHours: 0 });
const s8Frame = first(sensor.receive(readRequest(254, 'input', 0, 4)));
const line = (frame: Uint8Array): Uint8Array => ascii(text(frame).trimEnd());

/** Parts whose frames have a check. */
const checked: readonly Omit<Target, 'checked'>[] = [
  { part: 'sht4x', frame: bytes('6667a2 5eb93c'), decode: sht4x },
  { part: 'sgp4x', frame: bytes('8000a2 666693'), decode: (frame) => sgp4x(frame, 'sgp41') },
  { part: 'scd4x', frame: bytes('01f433 6667a2 5eb93c'), decode: scd4x },
  { part: 'modbus-analyzer', frame: rtu, decode: (frame) => registers(readResponse(frame, asked)) },
  {
    part: 'senseair-s8',
    frame: s8Frame,
    decode: (frame) => {
      const found = readResponse(frame, { unit: 254, table: 'input', count: 4 });
      return found && [decodeS8(found, { fullScalePpm: 10_000 })];
    },
  },
  {
    part: 'winsen',
    frame: bytes('ff8602200000000058'),
    decode: (frame) => {
      const found = winsenFrames(frame).frames.find((each) => each[1] === 0x86);
      return found ? [decodeWinsen(found, module, true)] : null;
    },
  },
  {
    part: 'ascii-line',
    frame: line(nmeaLine('CO 12.5 ppm')),
    decode: (frame) => decodeLine(text(frame), template, analyzer),
  },
  {
    part: 'nmea-gps',
    frame: ascii('$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47'),
    decode: (frame) => decodeGps(nmeaSentence(text(frame)), anyHdop),
  },
  {
    part: 'wind (gill)',
    frame: ascii('\x02Q,229,002.74,M,00,\x0316'),
    decode: (frame) => decodeWind(text(frame), gill),
  },
  {
    part: 'wind (mwv)',
    frame: line(nmeaLine('IIMWV,120,R,002.10,M,A')),
    decode: (frame) => decodeWind(text(frame), mwv),
  },
];

/** Parts without one, on a bus or a connection that is trusted to carry bytes. */
const unchecked: readonly Omit<Target, 'checked'>[] = [
  { part: 'ads1115', frame: bytes('4000'), decode: (frame) => [ads1115('a0', frame, 4096)] },
  {
    part: 'current-loop',
    frame: bytes('2580'),
    decode: (frame) => (loop ? [decodeLoop(loop, millivolts(frame))] : null),
  },
  {
    part: 'analog-cell',
    frame: bytes('2ee0'),
    decode: (frame) => (cell ? [decodeCell(cell, [millivolts(frame)], null)] : null),
  },
  { part: 'bme280', frame: bytes('655ac0 7eed00 6a3c'), decode: (frame) => bme280(frame, trim280, 'bme280') },
  {
    part: 'bme68x',
    frame: bytes('8000 655ac0 7eed00 6a3c 000000 0000 8035'),
    decode: (frame) => bme68x(frame, trim68x, 'bme688'),
  },
  { part: 'modbus-analyzer (tcp)', frame: tcp, decode: (frame) => registers(tcpReadResponse(frame, 5, asked)) },
];

export const targets: readonly Target[] = [
  ...checked.map((target) => ({ ...target, checked: true })),
  ...unchecked.map((target) => ({ ...target, checked: false })),
];

export interface Fuzzed {
  readonly frames: number;
  /** Frames with a check that were changed in many places and came out with other values: the check is only so wide. */
  readonly byChance: number;
  /** What went wrong, at most ten of each part, with the frame in hexadecimal. */
  readonly wrong: readonly string[];
}

const values = (samples: readonly Sample[] | null): string =>
  JSON.stringify(samples?.map(({ value }) => value) ?? null);

/** Sends mutated frames of one driver through its decoder. The same seed gives the same frames. */
export function fuzz(target: Target, frames: number, seed: number): Fuzzed {
  const wrong: string[] = [];
  let byChance = 0;
  const sound = values(target.decode(target.frame));
  let state = seed >>> 0 || 1;
  const draw = (below: number): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
  for (let i = 0; i < frames; i++) {
    const { frame, small } = mutated(target.frame, draw);
    const why = judge(target, frame, sound);
    if (why === other && !small) byChance += 1;
    else if (why !== null && wrong.length < 10)
      wrong.push(`${target.part}: ${why}: ${Buffer.from(frame).toString('hex')}`);
  }
  return { frames, byChance, wrong };
}

/** `small`: one bit is another, or the end is missing: what every check finds. */
function mutated(sound: Uint8Array, draw: (below: number) => number): { frame: Uint8Array; small: boolean } {
  const kind = draw(4);
  const at = draw(sound.length);
  if (kind === 0) return { frame: sound.map((byte, i) => (i === at ? byte ^ (1 << draw(8)) : byte)), small: true };
  if (kind === 1) return { frame: sound.slice(0, at), small: true };
  if (kind === 2) {
    const frame = sound.map((byte) => (draw(4) === 0 ? draw(256) : byte));
    return { frame, small: false };
  }
  const more = Uint8Array.from({ length: draw(24) }, () => draw(256));
  return { frame: Uint8Array.of(...sound.subarray(0, at), ...more, ...sound.subarray(at)), small: false };
}

const other = 'a wrong value passed as good';

/** null when all is well. `sound` are the values that may come out of a frame with a check, besides none. */
function judge(target: Target, frame: Uint8Array, sound: string): string | null {
  try {
    const samples = target.decode(frame);
    if (samples?.some(({ value }) => value !== null && !Number.isFinite(value))) return 'a value that is no number';
    if (samples?.some(({ value, flags }) => value === null && flags.length === 0)) return 'a gap without a reason';
    return target.checked && samples !== null && values(samples) !== sound ? other : null;
  } catch (error) {
    return isFault(error) ? null : `a crash: ${String(error)}`;
  }
}
