import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { agentSection } from '../agent/config.ts';
import { cameraProfile } from '../camera/config.ts';
import { board, device, profile, sensor } from '../core/config/box.ts';
import { spoolSection } from '../core/spool/section.ts';
import { djiSection, djiWiring } from '../dji/config.ts';
import { dockSection, dockWiring } from '../dock/config.ts';
import { gasSection } from '../gas/config.ts';
import { drivers } from '../gas/drivers.ts';
import { uplinkSection } from '../uplink/config.ts';

/** A board with each part's own options, and a profile with each daemon's own section: what a technician really writes. */
const whole = {
  device,
  board: board.unwrap().extend({
    dock: dockWiring.optional(),
    dji: djiWiring.optional(),
    sensors: z.array(
      z.union(
        drivers.map((one) => sensor.unwrap().extend({ part: z.literal(one.part), options: one.config })) as unknown as [
          z.ZodType,
          z.ZodType,
          ...z.ZodType[],
        ],
      ),
    ),
  }),
  profile: profile.unwrap().extend({
    spool: spoolSection.optional(),
    gas: gasSection.optional(),
    dock: dockSection.optional(),
    dji: djiSection.optional(),
    camera: cameraProfile.optional(),
    uplink: uplinkSection.optional(),
    agent: agentSection.optional(),
  }),
};

/** The JSON Schema text of each kind of file, by name. */
export const schemas = (): ReadonlyMap<string, string> =>
  new Map(
    Object.entries(whole).map(([name, shape]) => [
      name,
      `${JSON.stringify(z.toJSONSchema(shape, { io: 'input', unrepresentable: 'any', reused: 'ref' }), null, 2)}\n`,
    ]),
  );

export function writeSchemas(folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of schemas()) writeFileSync(path.join(folder, `${name}.json`), text);
}
