/** How a dock is wired (board file, section `dock`), and what it may do (profile, section `dock`). */
import * as z from 'zod';
import { sht4xAddresses } from '../core/codecs/sht4x.ts';

const address = z
  .union([
    z.strictObject({ name: z.string().min(1).max(31).describe("the line's own name, as gpioinfo shows it") }),
    z.strictObject({
      chip: z.string().min(1).max(31).describe("the chip's label, as gpioinfo shows it in brackets"),
      offset: z.int().min(0).max(4095),
    }),
  ])
  .describe('never by the number of a chip, which is another after the next start');

const input = z.strictObject({
  line: address,
  activeLow: z.boolean().default(false).describe('true where the wire is low when the thing is so'),
  bias: z.enum(['as-is', 'disabled', 'pull-up', 'pull-down']).default('as-is'),
  debounceMs: z.int().min(0).max(1000).default(20),
});
const output = z.strictObject({ line: address, activeLow: z.boolean().default(false) });

export const dockWiring = z.strictObject({
  gpio: z.enum(['chardev', 'onoff']).default('chardev').describe('onoff: sysfs, for old kernels only'),
  inputs: z.strictObject({
    atOpen: input.describe('limit switch at the open end'),
    atClosed: input.describe('limit switch at the closed end'),
    stopPressed: input.describe('an auxiliary contact of the emergency stop, which itself cuts the motors by wire'),
    person: input.describe('the key switch at the box'),
    seated: input.describe('the contacts under the feet of the drone'),
    rain: input.optional().describe('a rain detector'),
    anemometer: input
      .extend({
        debounceMs: z.int().min(0).max(20).default(2).describe('pulses of strong wind are 10 ms apart'),
        perHz: z.number().positive().max(10).describe('m/s at one pulse a second, by the data sheet of the cups'),
      })
      .optional()
      .describe("cups that close a contact: their wind goes before the drone's own estimate"),
  }),
  outputs: z.strictObject({
    opens: output.describe('the motor, towards open'),
    closes: output.describe('the motor, towards closed'),
    charger: output,
    light: output.optional().describe('on while the hatch moves or stands open'),
    heater: output
      .optional()
      .describe(
        'by the rule of the profile; fed beside the supply that is measured, with a thermal cut-out of its own',
      ),
  }),
  power: z
    .strictObject({
      port: z.string().describe('an I2C port named under ports'),
      part: z.enum(['ina226', 'ina219']),
      address: z.int().min(0x40).max(0x4f),
      shuntMilliohm: z.number().positive().max(1000),
    })
    .describe('what measures voltage and current of the supply of the motors'),
  climate: z
    .strictObject({
      port: z.string().describe('an I2C port named under ports'),
      part: z.literal('sht4x'),
      address: z.literal([...sht4xAddresses]).describe('68, 69 or 70 (0x44 to 0x46) by the part number'),
    })
    .optional()
    .describe('what measures temperature and humidity within the dock'),
  vehicle: z
    .strictObject({
      port: z.string().describe('a serial or udp port named under ports: MAVLink'),
      signed: z
        .boolean()
        .default(false)
        .describe(
          'true: only what is signed with the key of STATE/identity/mavlink.key counts, and what is sent is signed',
        ),
    })
    .optional(),
});
export type DockWiring = z.infer<typeof dockWiring>;

const ms = (low: number, high: number) => z.int().min(low).max(high);

const corner = z.strictObject({ lat: z.number().min(-90).max(90), lon: z.number().min(-180).max(180) });
const metres = (most: number) => z.number().positive().max(most);

/** What a second look may be: see `second-look.ts`. */
const secondLook = z.strictObject({
  signers: z
    .array(z.string().max(2000))
    .min(1)
    .max(8)
    .describe('public keys (PEM, P-256) of the centre: who may ask for a flight, approve and reject it'),
  autopilot: z.enum(['ardupilot', 'px4']).describe('ArduPilot keeps its home in item 0 of a mission'),
  limits: z.strictObject({
    fence: z.array(corner).min(3).max(100).describe('corners in order; nothing is flown outside'),
    minAltM: metres(500),
    maxAltM: metres(500),
    marginM: z.number().min(0).max(1000).describe('distance kept from the fence'),
  }),
  shape: z.strictObject({
    altM: metres(500).describe('above the place of take-off'),
    speedMs: metres(30),
    widthM: metres(2000).describe('length of a transect, across the wind'),
    stepM: metres(1000).describe('from one transect to the next, upwind'),
    transects: z.int().min(2).max(50),
  }),
  validMs: z
    .int()
    .min(10_000)
    .max(3_600_000)
    .default(900_000)
    .describe('a proposal that nobody decided on for so long is over: the wind is another'),
});

const celsius = z.number().min(-40).max(60);
const percent = z.number().min(0).max(100);
/** See `heater.ts`. */
const heater = z
  .strictObject({
    onBelowC: celsius,
    offAboveC: celsius,
    onAbovePercent: percent.describe('relative humidity from which water may stand on drone and contacts'),
    offBelowPercent: percent,
    mostC: celsius.default(35).describe('never on above it, however damp'),
  })
  .refine(({ onBelowC, offAboveC }) => onBelowC < offAboveC, 'offAboveC must be above onBelowC')
  .refine(
    ({ onAbovePercent, offBelowPercent }) => offBelowPercent < onAbovePercent,
    'offBelowPercent must be below onAbovePercent',
  );

export const dockSection = z.strictObject({
  motor: z.strictObject({
    travelMs: ms(100, 600_000).describe('longest time from end to end'),
    maxA: z.number().positive().max(100).describe('current that the motor draws at the most while it runs'),
    inrushMs: ms(0, 10_000).describe('how long it may draw more, at its start or otherwise'),
    restA: z.number().positive().max(100).describe('with motor and charger off nothing draws more than this'),
    minV: z.number().positive().max(100).describe('below it the supply counts as lost'),
  }),
  weather: z.strictObject({
    maxWindMs: z.number().positive().max(60),
    freshMs: ms(1000, 600_000).default(60_000).describe('older wind is not known wind'),
    stillMs: ms(10_000, 86_400_000)
      .default(600_000)
      .describe('cups that stand still for so long may be iced or cut off: their wind is not known'),
  }),
  vehicle: z
    .strictObject({
      system: z.int().min(1).max(255).default(1).describe('the MAVLink system that lives in this dock'),
      freshMs: ms(500, 60_000)
        .default(5000)
        .describe('a drone that was not heard for so long is not known to fly or not'),
    })
    .prefault({}),
  ready: z.strictObject({
    batteryPercent: z.number().min(0).max(100),
    uHorizontalM: z.number().positive().max(1000),
    freshMs: ms(500, 600_000).default(10_000),
    calibrationAgeH: z.number().positive().max(10_000),
    payload: z
      .array(z.string().min(1).max(64))
      .max(16)
      .default([])
      .describe('serial numbers of what the drone carries: their records in STATE/calibrations.json count'),
    freeMB: z.number().min(0),
  }),
  heater: heater.optional().describe('absent: it is never on'),
  secondLook: secondLook.optional().describe('absent: no flight is ever proposed'),
  supplyWithinMs: ms(50, 60_000)
    .default(500)
    .describe('a power monitor that takes longer to answer is one that does not'),
  lookMs: ms(20, 1000).default(100).describe('how often the supply is measured and outputs are read back'),
  healthEveryMs: ms(1000, 3_600_000).default(60_000),
});
export type DockSection = z.infer<typeof dockSection>;
