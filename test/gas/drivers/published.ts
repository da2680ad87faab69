/**
 * One published vector or more of every driver: bytes, or a line, as a datasheet, a manual or a standard prints them, and the
 * values that it says they mean. What is collected in sensing.md 2.2 has been computed there again.
 */
import { bme68xTrim } from '../../../daemons/core/codecs/bme68x.ts';
import { lineTemplate } from '../../../daemons/core/codecs/line-template.ts';
import { readResponse } from '../../../daemons/core/codecs/modbus-rtu.ts';
import { tcpReadResponse } from '../../../daemons/core/codecs/modbus-tcp.ts';
import { nmeaSentence } from '../../../daemons/core/codecs/nmea.ts';
import { winsenFrames } from '../../../daemons/core/codecs/winsen.ts';
import type { Sample } from '../../../daemons/core/driver.ts';
import { decode as ads1115 } from '../../../daemons/gas/drivers/ads1115.ts';
import { analogCell, decode as decodeCell } from '../../../daemons/gas/drivers/analog-cell.ts';
import { asciiLine, decode as decodeLine } from '../../../daemons/gas/drivers/ascii-line.ts';
import { decode as bme68x } from '../../../daemons/gas/drivers/bme68x.ts';
import { decode as bme280 } from '../../../daemons/gas/drivers/bme280.ts';
import { currentLoop, decode as decodeLoop } from '../../../daemons/gas/drivers/current-loop.ts';
import { decode as decodeRegisters, modbusAnalyzer } from '../../../daemons/gas/drivers/modbus-analyzer.ts';
import { decode as decodeGps, nmeaGps } from '../../../daemons/gas/drivers/nmea-gps.ts';
import { decode as scd4x } from '../../../daemons/gas/drivers/scd4x.ts';
import { decode as decodeS8 } from '../../../daemons/gas/drivers/senseair-s8.ts';
import { decode as sgp4x } from '../../../daemons/gas/drivers/sgp4x.ts';
import { decode as sht4x } from '../../../daemons/gas/drivers/sht4x.ts';
import { decode as decodeWind, wind } from '../../../daemons/gas/drivers/wind.ts';
import { decode as decodeWinsen, winsen } from '../../../daemons/gas/drivers/winsen.ts';

export interface Published {
  readonly part: string;
  /** The document; a section or table of it only where that edition was looked at. */
  readonly source: string;
  readonly decode: () => readonly Sample[] | null;
  readonly values: readonly (number | null)[];
  /** The rounding of the document, in the unit of the value. */
  readonly within: number;
}

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
const gga = '$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47';
const register = { table: 'holding', type: 'u16', unit: '1', range: [0, 1000] };
const registers = modbusAnalyzer.config.parse({
  unit: 1,
  channels: [0, 1, 2].map((at) => ({ ...register, name: `r${at}`, register: 107 + at })),
}).channels;
const co2 = winsen.config.parse({
  ...{ mode: 'ask', channel: 'co2', unit: 'ppm', scale: 1, range: [0, 5000], warmUpS: 0 },
});
const altitude = asciiLine.config.parse({
  pattern: 'GPGGA,{},{},N,{},E,1,{satellites},{hdop},{altitude},M,{}',
  check: 'xor',
  channels: ['satellites', 'hdop', 'altitude'].map((name) => ({ name, unit: '1', range: [0, 9000] })),
});
const loops = currentLoop.config.parse({
  address: 72,
  loops: [{ name: 'x', input: 'a0', fullScaleMv: 4096, shuntOhm: 100, unit: '%', at4mA: 0, at20mA: 100 }],
}).loops;
const cells = analogCell.config.parse({
  address: 72,
  cells: [
    {
      ...{ kind: 'working-auxiliary', name: 'co', unit: 'ppb', range: [-100, 5000], working: 'a0', auxiliary: 'a1' },
      ...{ fullScaleMv: 1024, weElectronicMv: 300, aeElectronicMv: 300, weZeroMv: 0, aeZeroMv: 1, mvPerUnit: 1 },
      ...{ algorithm: 1, factors: [0.7, 0.7, 0.7, 0.7, 1, 3, 3.5, 4, 4.5] },
    },
  ],
}).cells;
const bmpTrim = {
  ...{ t: [27504, 26435, -1000], h: [] },
  p: [36477, -10685, 3024, 2855, 140, -7, 15500, -14600, 6000],
};

export const published: readonly Published[] = [
  {
    part: 'ads1115',
    source: 'TI SBAS444, data format: 7FFFh is FS (2^15 - 1)/2^15; 8000h is -FS',
    decode: () => [ads1115('a0', bytes('7fff'), 4096), ads1115('a0', bytes('8000'), 4096)],
    values: [4095.875, -4096],
    within: 0,
  },
  {
    part: 'sht4x',
    source: 'SHT4x datasheet, with the temperature word of the SCD4x datasheet: 25 C; RH word 0 is held to 0 %',
    decode: () => sht4x(bytes('6667a2 000081')),
    values: [25.003, 0],
    within: 0.001,
  },
  {
    part: 'sgp4x',
    source: 'SGP40 datasheet V1.0, table 10: the words 8000h (CRC A2h) and 6666h (CRC 93h)',
    decode: () => sgp4x(bytes('8000a2 666693'), 'sgp41'),
    values: [0x8000, 0x6666],
    within: 0,
  },
  {
    part: 'scd4x',
    source: 'SCD4x datasheet, the example of read_measurement: 500 ppm, 25 C, 37 %',
    decode: () => scd4x(bytes('01f433 6667a2 5eb93c')),
    values: [500, 25, 37],
    within: 0.01,
  },
  {
    part: 'bme280',
    source: 'BST-BMP280-DS001, the worked example: adc_T 519888, adc_P 415148 are 25.08 C, 100653.27 Pa',
    decode: () => bme280(bytes('655ac0 7eed00'), bmpTrim, 'bmp280'),
    values: [25.08, 100653.27],
    within: 0.05,
  },
  {
    part: 'bme68x',
    source: 'BST-BME688-DS000: 1e6 * 2^18 >> range / (4096 + 3 (adc - 512)) ohm, range 7 at adc 512',
    decode: () => {
      const field = new Uint8Array(17);
      field.set([0x80, 0x37], 15);
      return bme68x(field, bme68xTrim(new Uint8Array(42)), 'bme688').slice(3);
    },
    values: [500_000],
    within: 0,
  },
  {
    part: 'current-loop',
    source: 'NAMUR NE 43: 3.6 mA and 21 mA are failures; 12 mA is the middle of the span',
    decode: () => loops.flatMap((one) => [360, 1200, 2100].map((millivolts) => decodeLoop(one, millivolts))),
    values: [null, 50, null],
    within: 1e-9,
  },
  {
    part: 'analog-cell',
    source: 'Alphasense AAN 803-04, algorithm 1 with the CO-B4 factors 1 at 10 C and 3 at 20 C',
    decode: () =>
      cells.flatMap((one) =>
        [10, 20].map((temperatureC) => decodeCell(one, [400, 310], { temperatureC, relativePercent: 40 })),
      ),
    values: [90, 70],
    within: 1e-9,
  },
  {
    part: 'modbus-analyzer',
    source: 'MODBUS Application Protocol V1.1b3, Read Holding Registers: registers 107 to 109 hold 555, 0 and 100',
    decode: () => {
      const found = tcpReadResponse(bytes('0001 0000 0009 01 03 06 022b 0000 0064'), 1, {
        unit: 1,
        table: 'holding',
        count: 3,
      });
      return found && registers.map((map, i) => decodeRegisters(map, found.slice(i, i + 2)));
    },
    values: [555, 0, 100],
    within: 0,
  },
  {
    part: 'senseair-s8',
    source: 'Senseair S8 TDE2067: FE 04 02 01 90 AC D8 is 400 ppm',
    decode: () => {
      const found = readResponse(bytes('fe04020190acd8'), { unit: 254, table: 'input', count: 1 });
      return found && [decodeS8([0, 0, 0, ...found], { fullScalePpm: 2000 })];
    },
    values: [400],
    within: 0,
  },
  {
    part: 'winsen',
    source: 'MH-Z19B manual V1.6: FF 86 02 20 00 00 00 00 58 is 544 ppm',
    decode: () => winsenFrames(bytes('ff8602200000000058')).frames.map((frame) => decodeWinsen(frame, co2, true)),
    values: [544],
    within: 0,
  },
  {
    part: 'ascii-line',
    source: 'NMEA 0183, the GGA example: checksum 47, 8 satellites, HDOP 0.9, 545.4 m',
    decode: () => decodeLine(gga, lineTemplate(altitude.pattern), altitude),
    values: [8, 0.9, 545.4],
    within: 0,
  },
  {
    part: 'nmea-gps',
    source: 'NMEA 0183, the GGA example: 48 deg 07.038 min N, 11 deg 31 min E, 545.4 m, HDOP 0.9, 8 satellites',
    decode: () => decodeGps(nmeaSentence(gga), nmeaGps.config.parse({})),
    values: [48.12, -2700, 11.52, -3333.3, 545.4, 0.9, 8],
    within: 0.05,
  },
  {
    part: 'wind',
    source: 'Gill WindSonic 1405-PS-0019 issue 28, 9.1: Q,229,002.74,M,00, with the check 16',
    decode: () => decodeWind('\x02Q,229,002.74,M,00,\x0316', wind.config.parse({ protocol: 'gill-polar' })),
    values: [2.74, 229],
    within: 0,
  },
];
