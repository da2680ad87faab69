/** 4-20 mA loops through shunts on an ADS1115: any transmitter, with the fault currents of NAMUR NE 43. */
import * as z from 'zod';
import { onDemand } from '../../core/config/on-demand.ts';
import type { Channel, DriverModule, Sample } from '../../core/driver.ts';
import { inTurn } from '../in-turn.ts';
import { addressShape, answers, convert, fullScaleShape, inputNames, rateShape } from './ads1115.ts';

/** NE 43 (2003): a current up to 3.6 or from 21 mA is a failed transmitter; it measures from 3.8 to 20.5 mA. */
const namur = { failLowMa: 3.6, failHighMa: 21, lowMa: 3.8, highMa: 20.5 };

const loop = () =>
  z
    .strictObject({
      name: z.string().regex(/^[a-z0-9-]{1,32}$/),
      input: z.enum(inputNames).describe('the input, or the pair of inputs, across the shunt'),
      fullScaleMv: fullScaleShape.describe('full scale in millivolts of that input'),
      shuntOhm: z.number().min(1).max(1000).describe('measured resistance of the shunt in ohm'),
      unit: z.string().min(1).max(16),
      at4mA: z.number().describe('value at 4 mA, as the transmitter is set'),
      at20mA: z.number().describe('value at 20 mA, as the transmitter is set'),
      failLowMa: z.number().min(0).max(3.8).default(namur.failLowMa).describe('this or less is a fault'),
      failHighMa: z.number().min(20.5).max(25).default(namur.failHighMa).describe('this or more is a fault'),
      inhibit: z
        .array(
          z.strictObject({
            mA: z.number().min(0).max(25),
            toleranceMa: z.number().positive().max(0.5).default(0.1),
            what: z.string().min(1).max(64).describe('what the transmitter says with it, for example "in calibration"'),
          }),
        )
        .max(8)
        .default([])
        .describe('currents by which the transmitter says that it does not measure, by its manual'),
    })
    .superRefine(({ at4mA, at20mA, shuntOhm, fullScaleMv, failHighMa, inhibit }, context) => {
      const issue = (path: string, message: string): void =>
        context.addIssue({ code: 'custom', path: [path], message });
      if (at4mA === at20mA) issue('at20mA', 'is the value at 4 mA; the two must differ');
      if (failHighMa * shuntOhm >= fullScaleMv)
        issue(
          'fullScaleMv',
          `${failHighMa} mA through ${shuntOhm} ohm are ${failHighMa * shuntOhm} mV: a fault would not be seen`,
        );
      inhibit.forEach(({ mA, toleranceMa }) => {
        if (mA + toleranceMa >= namur.lowMa && mA - toleranceMa <= namur.highMa)
          issue('inhibit', `${mA} mA lies in the measuring range of 3.8 to 20.5 mA: it would hide gas`);
      });
    });
type Loop = z.infer<ReturnType<typeof loop>>;

const config = onDemand(() =>
  z.strictObject({
    address: addressShape,
    rate: rateShape,
    loops: z.array(loop()).min(1).max(8),
  }),
);
type Config = z.infer<typeof config>;

/** One loop's millivolts across its shunt to a value. A fault or an inhibited transmitter gives none, whatever its current. */
export function decode(one: Loop, millivolts: number): Sample {
  const mA = millivolts / one.shuntOhm;
  const channel = one.name;
  if (one.inhibit.some((said) => Math.abs(mA - said.mA) <= said.toleranceMa))
    return { channel, value: null, flags: ['inhibited'] };
  if (mA <= one.failLowMa || mA >= one.failHighMa) return { channel, value: null, flags: ['instrument-fault'] };
  const value = one.at4mA + ((mA - 4) / 16) * (one.at20mA - one.at4mA);
  if (mA > namur.highMa) return { channel, value, flags: ['saturated'] };
  return { channel, value, flags: mA < namur.lowMa ? ['out-of-range'] : [] };
}

const channels = ({ loops }: Config): Channel[] =>
  loops.map(({ name, unit, at4mA, at20mA, fullScaleMv, shuntOhm }) => {
    const perMa = (at20mA - at4mA) / 16;
    const ends = [at4mA + (namur.lowMa - 4) * perMa, at4mA + (namur.highMa - 4) * perMa];
    const resolution = Math.abs((fullScaleMv / 32768 / shuntOhm) * perMa);
    return { name, unit, range: [Math.min(...ends), Math.max(...ends)], resolution };
  });

export const currentLoop: DriverModule<'i2c', Config> = {
  part: 'current-loop',
  port: 'i2c',
  config,
  channels,
  open: inTurn({
    channels,
    all: ({ loops }) => loops,
    read: async ({ bus, clock }, one, { address, rate }) => {
      const { value } = await convert(bus, clock, one.input, { address, rate, fullScaleMv: one.fullScaleMv });
      return decode(one, value ?? 0);
    },
  }),
  presence: { seats: [], identify: answers },
};
