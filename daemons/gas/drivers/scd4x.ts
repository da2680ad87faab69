/** Sensirion SCD40 and SCD41, carbon dioxide, temperature and relative humidity (datasheet SCD4x, version 1.4). */
import * as z from 'zod';
import { sensirionCommand, serialOf, words } from '../../core/codecs/sensirion.ts';
import { onDemand } from '../../core/config/on-demand.ts';
import type { Channel, DriverModule, Sample } from '../../core/driver.ts';
import { untilReady } from '../../core/flow/until-ready.ts';
import type { Clock } from '../../core/ports/clock.ts';
import { Fault } from '../../core/ports/fault.ts';
import type { I2c } from '../../core/ports/i2c.ts';
import { joinFlags } from '../../core/values/flags.ts';

const address = 0x62;
/** Table 9: commands, with the time in ms that the part needs for each. */
const stop = { code: 0x3f86, waitMs: 500 };
const start = 0x21b1;
const selfCalibration = { code: 0x2416, waitMs: 1 };
const ambientPressure = { code: 0xe000, waitMs: 1 };
const ready = 0xe4b8;
const readMeasurement = 0xec05;
/** 3.9.2: three words; only a part that does not measure tells it. */
const serialNumber = 0x3682;
const answerMs = 2;
/** A timer may end a little early: a part that is asked too soon gives no answer. */
const marginMs = 2;
/** A value every 5 s (3.5); one that does not come in a period and a half does not come. */
const patienceMs = 7500;
const pollMs = 100;
/** 3.8.2: the part is ready when any of the lower eleven bits is set. */
const readyBits = 0x07ff;

const config = onDemand(() =>
  z.strictObject({
    pressureHpa: z
      .int()
      .min(700)
      .max(1200)
      .optional()
      .describe('air pressure of the place in hPa; 1013 and flagged uncompensated if absent'),
    warmUpS: z.int().min(0).max(3600).describe('seconds after opening before a value counts'),
  }),
);
type Config = z.infer<typeof config>;

const channels: readonly Channel[] = [
  { name: 'co2', unit: 'ppm', range: [0, 40_000], resolution: 1 },
  { name: 'temperature', unit: 'C', range: [-10, 60], resolution: 175 / 65535 },
  { name: 'humidity', unit: '%', range: [0, 100], resolution: 100 / 65535 },
];

/** Nine bytes (3.5.2): CO2 in ppm as it stands, T = -45 + 175 w/65535 in C, RH = 100 w/65535 in %. */
export function decode(bytes: Uint8Array): Sample[] {
  const [co2 = 0, t = 0, rh = 0] = words(bytes, 3);
  const values = [co2, -45 + (175 * t) / 65535, (100 * rh) / 65535];
  return channels.map(({ name, range: [low, high] }, i) => {
    const value = values[i] ?? 0;
    return { channel: name, value, flags: value < low || value > high ? ['out-of-range'] : [] };
  });
}

async function tell(bus: I2c, clock: Clock, { code, waitMs }: typeof stop, ...args: number[]): Promise<void> {
  await bus.write(address, sensirionCommand(code, ...args));
  await clock.sleep(waitMs + marginMs, 'scd4x command');
}

async function ask(bus: I2c, clock: Clock, code: number, count: number): Promise<Uint8Array> {
  await bus.write(address, sensirionCommand(code));
  await clock.sleep(answerMs, 'scd4x answer');
  return bus.read(address, count * 3);
}

/** Errors: Fault `timeout` when the part measures nothing: it was reset and does not run. */
async function measured(bus: I2c, clock: Clock): Promise<void> {
  const how = { withinMs: patienceMs, everyMs: pollMs, what: 'scd4x measurement' };
  const done = await untilReady(clock, how, async () =>
    ((words(await ask(bus, clock, ready, 1), 1)[0] ?? 0) & readyBits) === 0 ? null : true,
  );
  if (done === null) throw new Fault('timeout', `SCD4x: no measurement within ${patienceMs} ms; it is started again`);
}

export const scd4x: DriverModule<'i2c', Config> = {
  part: 'scd4x',
  port: 'i2c',
  config,
  channels: () => channels,
  open: async (bus, { pressureHpa, warmUpS }, clock) => {
    // A part that runs takes no settings (3.5.3), and one that was left running by a process before this runs.
    await tell(bus, clock, stop);
    // The part's own baseline takes its lowest week for fresh air: a steady source would be learned away.
    await tell(bus, clock, selfCalibration, 0);
    if (pressureHpa !== undefined) await tell(bus, clock, ambientPressure, pressureHpa);
    await bus.write(address, sensirionCommand(start));
    const warmNs = clock.now().monoNs + warmUpS * 1e9;
    return {
      channels,
      read: async () => {
        await measured(bus, clock);
        const samples = decode(await ask(bus, clock, readMeasurement, 3));
        const cold = clock.now().monoNs < warmNs ? (['warming-up'] as const) : [];
        const blind = pressureHpa === undefined ? (['uncompensated'] as const) : [];
        return samples.map((one) => ({
          ...one,
          flags: joinFlags(joinFlags(one.flags, cold), one.channel === 'co2' ? blind : []),
        }));
      },
    };
  },
  presence: {
    seats: [{ warmUpS: 60 }],
    // Who asks is who will start it: no daemon reads it meanwhile.
    identify: async (bus, _options, clock) => {
      await tell(bus, clock, stop);
      return serialOf(await ask(bus, clock, serialNumber, 3));
    },
  },
};
