/** Analog gas cells on an ADS1115: PIDs, and electrochemical cells with two, three or four electrodes (AAN 803). */
import * as z from 'zod';
import { onDemand } from '../../core/config/on-demand.ts';
import type { Channel, DriverModule, Sample } from '../../core/driver.ts';
import { type Flag, joinFlags } from '../../core/values/flags.ts';
import { type AirClimate, busClimate, busClimateShape } from '../bus-climate.ts';
import { gasPpm, ionizes, isobutylenePpm, threeElectrode, workingAuxiliary } from '../cells.ts';
import { addressShape, answers, convert, fullScaleShape, type Input, inputNames, rateShape } from './ads1115.ts';

const common = {
  name: z.string().regex(/^[a-z0-9-]{1,32}$/),
  unit: z.string().min(1).max(16),
  range: z.tuple([z.number(), z.number()]).describe('possible values in that unit; others are flagged'),
  fullScaleMv: fullScaleShape.describe('full scale in millivolts of its inputs'),
};
const input = z.enum(inputNames);
const nonzero = z.number().refine((value) => value !== 0, 'must not be 0');
const cell = () =>
  z.discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('pid'),
      ...common,
      input,
      offsetMv: z.number().describe('in clean air'),
      mvPerPpm: z.number().positive().describe('sensitivity to isobutylene'),
      lampEv: z.number().positive().describe('photon energy of the lamp in eV'),
      ionizationEv: z.number().positive().optional().describe("the gas's, in eV: above the lamp it is invisible"),
      factor: z
        .strictObject({ value: z.number().positive(), source: z.string().min(1).max(128) })
        .describe('response factor of the gas to isobutylene, and the table that it is from'),
      mostHumidity: z.number().min(0).max(100).default(90).describe('% from which water dims the lamp'),
    }),
    z.strictObject({
      kind: z.literal('three-electrode'),
      ...common,
      input,
      zeroMv: z.number().describe('in clean air'),
      mvPerUnit: nonzero,
    }),
    z.strictObject({
      kind: z.literal('working-auxiliary'),
      ...common,
      working: input,
      auxiliary: input,
      weElectronicMv: z.number(),
      aeElectronicMv: z.number(),
      weZeroMv: z.number(),
      aeZeroMv: nonzero,
      mvPerUnit: nonzero,
      algorithm: z.literal([1, 2, 3, 4]).describe('of AAN 803, as the cell asks for'),
      factors: z.array(z.number()).length(9).describe("at -30 to 50 C in steps of 10, from the cell's own sheet"),
    }),
  ]);
type Cell = z.infer<ReturnType<typeof cell>>;

const config = onDemand(() =>
  z.strictObject({
    address: addressShape,
    rate: rateShape,
    climate: busClimateShape,
    cells: z
      .array(
        cell().refine(
          (one) => one.kind !== 'pid' || one.ionizationEv === undefined || ionizes(one.lampEv, one.ionizationEv),
          {
            message: 'the lamp does not ionize this gas: it would read as clean air',
            path: ['ionizationEv'],
          },
        ),
      )
      .min(1)
      .max(8),
  }),
);
type Config = z.infer<typeof config>;

/** Millivolts of a cell's inputs, in the order of `inputsOf`, to a value. `climate` is null while it is not known. */
export function decode(one: Cell, millivolts: readonly number[], climate: AirClimate | null): Sample {
  const [first = 0, second = 0] = millivolts;
  const { value, flags } = meaning(one, first, second, climate);
  const outside: readonly Flag[] = value < one.range[0] || value > one.range[1] ? ['out-of-range'] : [];
  return { channel: one.name, value, flags: joinFlags(flags, outside) };
}

/** AAN 803 at the temperature that its tables are centred on, where nothing is known of the air. */
const unknownC = 20;

function meaning(
  one: Cell,
  first: number,
  second: number,
  climate: AirClimate | null,
): { value: number; flags: readonly Flag[] } {
  if (one.kind === 'three-electrode') return { value: threeElectrode(first, one), flags: [] };
  if (one.kind === 'pid') {
    const wet = climate === null || climate.relativePercent > one.mostHumidity;
    return { value: gasPpm(isobutylenePpm(first, one), one.factor.value), flags: wet ? ['uncompensated'] : [] };
  }
  const { value, outside } = workingAuxiliary(first, second, climate?.temperatureC ?? unknownC, one);
  return { value, flags: climate === null ? ['uncompensated'] : outside ? ['extrapolated'] : [] };
}

const inputsOf = (one: Cell): Input[] =>
  one.kind === 'working-auxiliary' ? [one.working, one.auxiliary] : [one.input];

const channels = ({ cells }: Config): Channel[] =>
  cells.map((one) => {
    const perUnit = one.kind === 'pid' ? one.mvPerPpm / one.factor.value : one.mvPerUnit;
    return {
      name: one.name,
      unit: one.unit,
      range: one.range,
      resolution: Math.abs(one.fullScaleMv / 32768 / perUnit),
    };
  });

export const analogCell: DriverModule<'i2c', Config> = {
  part: 'analog-cell',
  port: 'i2c',
  config,
  channels,
  open: async (bus, options, clock) => {
    const { address, rate, cells, climate } = options;
    const climateNow = await busClimate(bus, climate, clock);
    return {
      channels: channels(options),
      read: async () => {
        const around = await climateNow();
        const samples: Sample[] = [];
        for (const one of cells) {
          const found: Sample[] = [];
          for (const each of inputsOf(one))
            found.push(await convert(bus, clock, each, { address, rate, fullScaleMv: one.fullScaleMv }));
          const sample = decode(
            one,
            found.map(({ value }) => value ?? 0),
            around,
          );
          samples.push({
            ...sample,
            flags: found.reduce((flags, { flags: more }) => joinFlags(flags, more), sample.flags),
          });
        }
        return samples;
      },
    };
  },
  presence: { seats: [], identify: answers },
};
