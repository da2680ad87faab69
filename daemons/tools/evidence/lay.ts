/** The gas line of a bundle, from its own records. */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { openLiteRt } from '../../core/adapters/infer.litert.ts';
import { readAdjustment } from '../../core/calibration/record-shape.ts';
import { board, device, readConfig } from '../../core/config/box.ts';
import { parseValue } from '../../core/config/parse.ts';
import { configRecord } from '../../core/evidence/verify-content.ts';
import { activate } from '../../core/model/activate.ts';
import { Fault } from '../../core/ports/fault.ts';
import { gasSection } from '../../gas/config.ts';
import { plan } from '../../gas/conversions.ts';
import { driverOf } from '../../gas/drivers.ts';
import { type GasLine, gasLine } from '../../gas/line.ts';
import { activationOf } from '../../gas/model-in-force.ts';

const record = configRecord.extend({ device, board, gas: gasSection });
const engineOf = z.looseObject({
  engine: z.looseObject({ variant: z.string(), threads: z.number(), sha256: z.string() }).nullish(),
});

/** A line and what a replay must know of it. */
export interface Laid {
  /** The records by which it was laid. */
  readonly key: string;
  readonly line: GasLine;
  readonly array: z.infer<typeof board>['array'];
  readonly notes: readonly string[];
}

interface Named {
  readonly config: string;
  readonly calibrations: readonly string[];
}

/**
 * Lays lines as they were laid on the box, from the records that a line state names; each once. Errors: Fault `absent`
 * naming a model or a record that is not there; `config` for a record of another version.
 */
export function layer(texts: ReadonlyMap<string, string>, models: string): (named: Named) => Promise<Laid> {
  const laid = new Map<string, Promise<Laid>>();
  return (named) => {
    const key = [named.config, ...named.calibrations].join();
    const one = laid.get(key) ?? lay(named, texts, models);
    laid.set(key, one);
    return one;
  };
}

async function lay(named: Named, texts: ReadonlyMap<string, string>, models: string): Promise<Laid> {
  const textOf = (sha256: string): string => {
    const text = texts.get(sha256);
    if (text === undefined) throw new Fault('absent', `record ${sha256} is not in the bundle; it decides: no replay`);
    return text;
  };
  const config = parseValue('config-in-force', JSON.parse(textOf(named.config)), record);
  const calibrations = named.calibrations.map((one) => {
    const { record, why } = readAdjustment(JSON.parse(textOf(one)));
    if (record === null) throw new Fault('config', `calibration ${one} of the bundle: ${why}; no replay`);
    return record;
  });
  const channels = new Map(
    config.board.sensors.map(({ id, part, options }) => {
      const bound = driverOf(part, `sensor ${id}`).bind(`sensor ${id} options`, options);
      return [id, { channels: bound.channels, read: () => Promise.reject(new Error('a replay reads no sensor')) }];
    }),
  );
  const { conversions } = plan(config.board, channels, {
    inForce: (sensor, serial, quantity) =>
      calibrations.find((one) => one.sensor === sensor && one.serial === serial && one.quantity === quantity) ?? null,
  });
  const folder = config.model && folderOf(config.model, models);
  const { model: allow } = config.gas;
  const model =
    folder && allow
      ? await activate({
          ...activationOf({ ...config.gas, model: allow }, config.board, await openLiteRt()),
          folder: path.join(models, folder),
        })
      : null;
  const engine = config.model ? engineOf.parse(config.model).engine : null;
  const notes: string[] = [];
  if (engine && (engine.variant !== 'compat' || engine.threads !== 1))
    notes.push(`it was decided by ${engine.variant} on ${engine.threads} threads: the same bytes are not promised`);
  else if (engine && model && engine.sha256 !== model.engine.sha256)
    notes.push('it was decided by another build of the runtime: the same bytes are not promised');
  const { where, device: name } = config.device;
  const line = gasLine({
    device: name,
    where: where ? { ...where, source: 'surveyed' } : null,
    section: config.gas,
    board: config.board,
    conversions,
    model,
  });
  const key = [named.config, ...named.calibrations].join();
  return { key, line, array: config.board.array, notes };
}

/** Of any card; that of a camera's model has other sections than that of a gas model. */
const hashOf = z.looseObject({ sha256: z.string() });

/** The folder of the model with that hash. */
function folderOf({ name, sha256 }: { readonly name: string; readonly sha256: string }, models: string): string {
  const folders = existsSync(models) ? readdirSync(models) : [];
  const found = folders.find((one) => {
    const file = path.join(models, one, 'card.json');
    return existsSync(file) && readConfig(file, hashOf).sha256 === sha256;
  });
  if (found) return found;
  throw new Fault('absent', `model ${name} (sha256 ${sha256}) is not in ${models}; put its folder there to replay`);
}
