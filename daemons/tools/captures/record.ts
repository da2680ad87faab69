/** `fieldpost record`: what passes between the drivers of a box and their ports, with its time, as a folder. */
import { createWriteStream, existsSync, type WriteStream } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { recordI2c } from '../../core/adapters/i2c.record.ts';
import { recordSerial } from '../../core/adapters/serial.record.ts';
import type { Recorded } from '../../core/capture/recorder.ts';
import type { Box, Sensor } from '../../core/config/box.ts';
import { parseValue } from '../../core/config/parse.ts';
import type { Running } from '../../core/daemon/running.ts';
import { sample } from '../../core/flow/sample.ts';
import { Fault } from '../../core/ports/fault.ts';
import { gasSection } from '../../gas/config.ts';
import { openBuses } from '../../gas/daemon.ts';
import { driverOf } from '../../gas/drivers.ts';
import { type Buses, closeBuses, lazyDriver } from '../../gas/lazy-driver.ts';

export interface RecordOptions {
  readonly box: Box;
  /** The box's state folder: its calibrations go into the capture. */
  readonly state: string;
  /** A new folder. */
  readonly out: string;
  /** Ids; every sensor of the board if empty. */
  readonly sensors: readonly string[];
  readonly forS?: number;
}

/**
 * Reads the sensors as the gas daemon does and writes every operation down, until `forS` is over or `ctx.signal` aborts.
 * The folder holds sensors/ID.jsonl, the configuration, and the calibrations: all that `replay` needs. The ports must be
 * free: stop the gas daemon first. Errors: Fault `config` for an unknown sensor or a folder that is there already.
 */
export async function record({ box, state, out, sensors, forS }: RecordOptions, ctx: Running): Promise<void> {
  const { board } = box;
  const unknown = sensors.filter((id) => !board.sensors.some((one) => one.id === id));
  if (unknown.length > 0)
    throw new Fault(
      'config',
      `--sensor ${unknown.join(', ')}: not on board ${board.board}; known: ${board.sensors.map(({ id }) => id).join(', ')}`,
    );
  if (existsSync(out)) throw new Fault('config', `--out ${out}: is there already; a capture is never written over`);
  await layFolder(box, state, out);

  const section = parseValue(`${box.files.profile} gas`, box.profile.gas ?? {}, gasSection);
  const limits = forS === undefined ? [] : [AbortSignal.timeout(forS * 1000)];
  const signal = AbortSignal.any([ctx.signal, ...limits]);
  const buses = openBuses(board, ctx);
  const asked = board.sensors.filter(({ id }) => sensors.length === 0 || sensors.includes(id));
  // A line has no operations to write down.
  const chosen = asked.filter(({ id, part }) => driverOf(part, `sensor ${id}`).port !== 'gpio');
  if (chosen.length < asked.length)
    ctx.log.warn('sensors on GPIO lines are not recorded', { recorded: chosen.length, of: asked.length });
  ctx.log.info('recording', { sensors: chosen.map(({ id }) => id), out });
  await Promise.all(
    chosen.map(async (one) => {
      const file = createWriteStream(path.join(out, 'sensors', `${one.id}.jsonl`));
      const tapped = tap(one, buses, file, board.simulated, ctx);
      let looks = 0;
      let gaps = 0;
      for await (const batch of sample({
        sensor: one.id,
        driver: lazyDriver(one, tapped, ctx.clock),
        periodMs: one.periodMs ?? section.samplePeriodMs,
        clock: ctx.clock,
        signal,
        always: [],
        onChange: (fault) => fault && ctx.log.warn(fault.message, { sensor: one.id }),
      })) {
        looks += 1;
        gaps += batch.filter(({ value }) => value === null).length;
        ctx.progress();
      }
      await new Promise<void>((resolve, reject) =>
        file.end((error?: Error | null) => (error ? reject(error) : resolve())),
      );
      ctx.log.info('recorded', { sensor: one.id, looks, gaps });
    }),
  );
  await closeBuses(buses);
}

/** The sensor's own port with a recorder around it. */
function tap(one: Sensor, { i2c, serial }: Buses, file: WriteStream, simulated: boolean, { clock }: Running): Buses {
  const what: Recorded = { part: one.part, sensor: one.id, options: one.options, simulated };
  const sink = (line: string): void => void file.write(`${line}\n`);
  const [bus, line] = [i2c.get(one.port), serial.get(one.port)];
  return {
    i2c: new Map(bus ? [[one.port, recordI2c(bus, what, sink, clock)]] : []),
    serial: new Map(line ? [[one.port, recordSerial(line, what, sink, clock)]] : []),
  };
}

async function layFolder({ files }: Box, state: string, out: string): Promise<void> {
  for (const [kind, file] of [
    ['devices', files.device],
    ['boards', files.board],
    ['profiles', files.profile],
  ] as const) {
    await mkdir(path.join(out, 'config', kind), { recursive: true });
    await copyFile(file, path.join(out, 'config', kind, path.basename(file)));
  }
  await mkdir(path.join(out, 'sensors'));
  const calibrations = path.join(state, 'calibrations.json');
  if (existsSync(calibrations)) await copyFile(calibrations, path.join(out, 'calibrations.json'));
}
