import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { Fault } from '../ports/fault.ts';
import { sortieSection } from '../sortie/section.ts';
import { wearSection } from '../wear/budget.ts';
import { storageSection } from '../wear/life.ts';
import { alarmSection } from './alarm.ts';
import { cameraSection } from './camera.ts';
import { compensation } from './compensation.ts';
import { onDemand } from './on-demand.ts';
import { parseYaml } from './parse.ts';
import { pairSection, qualitySection, t90Section } from './quality.ts';
import { checkReferences } from './references.ts';
import { samplingSection } from './sampling.ts';

/** Names that travel in topics: a dot would drop the connection at NATS. */
export const name = z
  .string()
  .regex(/^[a-z0-9-]{1,32}$/)
  .describe('small letters, digits and hyphens, 1 to 32 of them');

const hostPort = z
  .string()
  .regex(/^[^\s:]+:\d{1,5}$/)
  .describe('host:port, for example 127.0.0.1:4001');

/** An I2C bus: the kernel's (`/dev/i2c-N`), or a simulated one over TCP. */
export const i2cPort = onDemand(() =>
  z.union([
    z.strictObject({ bus: z.int().min(0).max(255).describe('N of /dev/i2c-N') }),
    z.strictObject({ tcp: hostPort }),
  ]),
);

/** A serial line: a device by path, or an RS-232/485 server over TCP. */
export const serialPort = onDemand(() =>
  z.union([
    z.strictObject({
      path: z.string().startsWith('/').describe('the device, best by its stable name in /dev/serial/by-id'),
      baudRate: z.int().min(300).max(4_000_000).default(9600),
      parity: z.enum(['none', 'even', 'odd']).default('none'),
      stopBits: z.union([z.literal(1), z.literal(2)]).default(1),
    }),
    z.strictObject({ tcp: hostPort }),
  ]),
);

/** MAVLink over UDP: as a ground station, or towards an address that is known. */
export const udpPort = onDemand(() =>
  z.union([
    z.strictObject({ listen: hostPort.describe('where drones send to, by custom 0.0.0.0:14550') }),
    z.strictObject({ connect: hostPort.describe('where a drone listens; nothing is taken from any other address') }),
  ]),
);

export const device = onDemand(() =>
  z.strictObject({
    device: name,
    site: name,
    board: name.describe('a file in boards/, without .yaml'),
    profile: name.describe('a file in profiles/, without .yaml'),
    where: z
      .strictObject({
        lat: z.number().min(-90).max(90).describe('degrees north, WGS 84'),
        lon: z.number().min(-180).max(180).describe('degrees east, WGS 84'),
        ceM: z.number().positive().max(100_000).describe('metres around it that hold the true place nine times in ten'),
      })
      .describe('the surveyed place of a fixed post')
      .optional(),
    direct: z
      .enum(['off', 'safety', 'all'])
      .optional()
      .describe(
        "what a patrol is shown at the box itself, where the centre is away: nothing; the place of the crew's danger alone; regions of all alerts, where nobody lives near; safety if absent",
      ),
  }),
);

export const sensor = onDemand(() =>
  z.strictObject({
    id: name,
    part: name.describe('a part that fieldpost has a driver for'),
    serial: z.string().min(1).max(64).describe('the serial number on the part: calibrations belong to it'),
    port: name.describe('a port named under ports, or gpio'),
    periodMs: z
      .int()
      .min(20)
      .max(3_600_000)
      .optional()
      .describe("milliseconds between readings; the profile's if absent"),
    stuckAfter: z
      .union([z.literal(false), z.int().min(2)])
      .optional()
      .describe("identical raw values in a row that mean a stuck sensor; 30 of a converter's own codes if absent"),
    quality: qualitySection.prefault({}).describe('how its values are judged'),
    t90: t90Section.optional().describe('response: seconds to 90 % of a step of gas, at the sensor and at the inlet'),
    options: z.record(z.string(), z.unknown()).default({}).describe("the part's own options"),
  }),
);

/** One metal-oxide element behind a divider: what turns millivolts into Rs/R0. */
export const element = onDemand(() =>
  z.strictObject({
    quantity: name,
    part: z
      .string()
      .min(1)
      .max(64)
      .describe('the element that is soldered, as its datasheet names it: a model made for other parts is refused'),
    channel: z
      .string()
      .regex(/^[a-z0-9-]+\/[a-z0-9-]+$/)
      .describe('sensor/channel, for example mox-a/a0'),
    loadOhm: z.number().positive().describe('load resistor in ohm'),
    supplyMv: z.number().positive().describe('supply of the divider in millivolts'),
    r0Ohm: z.number().positive().describe('resistance in clean air at 20 C and 10 g/m3'),
    perDegree: z.number().describe('ln(Rs) per kelvin, around 20 C'),
    perLnHumidity: z.number().describe('ln(Rs) per ln(absolute humidity / 10 g/m3)'),
  }),
);

/** What an analyzer's channel claims to be, once calibrated. */
export const quantity = onDemand(() =>
  z.strictObject({
    quantity: name,
    unit: z.string().min(1).max(16),
    channel: z
      .string()
      .regex(/^[a-z0-9-]+\/[a-z0-9-]+$/)
      .describe('sensor/channel, for example nh3/ammonia'),
    factory: z
      .strictObject({ u: z.number().nonnegative().describe("standard uncertainty (k=1) by the part's datasheet") })
      .optional()
      .describe('present: the factory calibration is good enough and no record is asked for'),
    lod: z
      .strictObject({
        value: z.number().positive().describe('in unit; a value below it is shown as <LOD, and kept as it is'),
        source: z.string().min(1).max(200).describe('datasheet, or when and how it was measured'),
      })
      .optional()
      .describe('limit of detection; the larger of this and that of the zero gas of the adjustment in force counts'),
    compensate: compensation
      .optional()
      .describe('what the air does to it; needs the quantities temperature and pressure for it'),
  }),
);

export const board = onDemand(() =>
  z.strictObject({
    board: name,
    simulated: z.boolean().default(false).describe('true marks everything that this board says as simulated'),
    ports: z.strictObject({
      i2c: z.record(name, i2cPort).default({}),
      serial: z.record(name, serialPort).default({}),
      udp: z.record(name, udpPort).optional(),
      gpio: z.strictObject({ tcp: hostPort }).optional().describe("simulated lines; the kernel's GPIO chips if absent"),
    }),
    sensors: z.array(sensor).max(64),
    cameras: z.array(cameraSection).max(8).default([]),
    tpm: z
      .strictObject({ tcti: z.string().min(1).describe('how tpm2-tools reach it, for example device:/dev/tpmrm0') })
      .optional()
      .describe('the TPM 2.0 that seals the storage key; /dev/tpmrm0 where it exists if absent'),
    storage: storageSection
      .prefault({})
      .describe('the card that the state folder is on, for the projection of its life'),
    climate: z
      .strictObject({
        temperature: z.string().describe('sensor/channel in C'),
        humidity: z.string().describe('sensor/channel in %RH'),
      })
      .optional()
      .describe('what compensates the metal-oxide elements'),
    array: z.array(element).max(64).default([]),
    quantities: z.array(quantity).max(64).default([]),
    alarm: alarmSection.optional().describe("what warns the crew at the post itself, by the profile's safety limits"),
    sampling: z.array(samplingSection).max(8).default([]).describe('what carries air from an inlet to sensors'),
    pairs: z.array(pairSection).max(32).default([]).describe('quantities that watch each other'),
    dock: z.record(z.string(), z.unknown()).optional().describe('the lines and parts of a drone dock'),
    dji: z.record(z.string(), z.unknown()).optional().describe('how a DJI dock is reached'),
  }),
);

/** Each daemon parses its own section, strictly. */
export const profile = onDemand(() =>
  z.strictObject({
    profile: name,
    gas: z.record(z.string(), z.unknown()).optional(),
    dock: z.record(z.string(), z.unknown()).optional(),
    dji: z.record(z.string(), z.unknown()).optional(),
    camera: z.record(z.string(), z.unknown()).optional(),
    spool: z.record(z.string(), z.unknown()).optional(),
    uplink: z.record(z.string(), z.unknown()).optional(),
    agent: z.record(z.string(), z.unknown()).optional(),
    sortie: sortieSection
      .optional()
      .describe('present: this box flies, and captures only on a sortie and within its area'),
    wear: wearSection.prefault({}).describe('what the daemons may write to the card'),
  }),
);

export type Device = z.infer<typeof device>;
export type Board = z.infer<typeof board>;
export type Sensor = z.infer<typeof sensor>;
export type Element = z.infer<typeof element>;
export type Quantity = z.infer<typeof quantity>;
export type Profile = z.infer<typeof profile>;

export interface Box {
  readonly device: Device;
  readonly board: Board;
  readonly profile: Profile;
  readonly files: { readonly device: string; readonly board: string; readonly profile: string };
}

/** Reads device, board and profile from a configuration folder. Errors: Fault `config`, every mistake named. */
export function loadBox(folder: string, deviceName: string): Box {
  if (deviceName === '') throw new Fault('config', unnamed(folder));
  const file = path.join(folder, 'devices', `${deviceName}.yaml`);
  const who = readConfig(file, device);
  if (who.device !== deviceName)
    throw new Fault('config', `${file} device: is "${who.device}"; must be "${deviceName}", the name of its file`);
  const files = {
    device: file,
    board: path.join(folder, 'boards', `${who.board}.yaml`),
    profile: path.join(folder, 'profiles', `${who.profile}.yaml`),
  };
  const soldered = readConfig(files.board, board);
  checkReferences(files.board, soldered);
  return { device: who, board: soldered, profile: readConfig(files.profile, profile), files };
}

/** A box that nobody provisioned yet: box.env says DEVICE= and no more. */
const unnamed = (folder: string): string =>
  `no device is named; DEVICE in ${folder}/box.env, or --device, must be the name of a file in ${folder}/devices; fieldpost provision writes both`;

export function readConfig<T>(file: string, schema: z.ZodType<T>): T {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new Fault(
      'config',
      `${file}: cannot be read (${(error as NodeJS.ErrnoException).code}); it must exist`,
      error,
    );
  }
  return parseYaml(file, text, schema);
}
