/** `fieldpost replay`: the gas line on a capture. The same folder gives the same envelopes, at any speed. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { openCalibrations } from '../../core/adapters/calibrations.lowdb.ts';
import { replayI2c } from '../../core/adapters/i2c.replay.ts';
import { replaySerial } from '../../core/adapters/serial.replay.ts';
import { parseCapture } from '../../core/capture/capture.ts';
import { replayClock } from '../../core/capture/player.ts';
import { type Box, loadBox, type Sensor } from '../../core/config/box.ts';
import { parseValue } from '../../core/config/parse.ts';
import type { Driver } from '../../core/driver.ts';
import { sample } from '../../core/flow/sample.ts';
import type { ActiveModel } from '../../core/model/activate.ts';
import { Fault } from '../../core/ports/fault.ts';
import type { Item } from '../../core/ports/spool.ts';
import { link, noTail, originOf, pack, type Tail } from '../../core/spool/link.ts';
import { type Stream, streams } from '../../core/values/envelope.ts';
import type { Measurement } from '../../core/values/measurement.ts';
import type { Reading } from '../../core/values/reading.ts';
import type { Conversion } from '../../gas/calibrate.ts';
import { type GasSection, gasSection } from '../../gas/config.ts';
import { plan } from '../../gas/conversions.ts';
import { loadModel } from '../../gas/daemon.ts';
import { lazyDriver } from '../../gas/lazy-driver.ts';
import { type Advance, gasLine } from '../../gas/line.ts';
import { sensorEvent, uncalibratedEvent } from '../../gas/sensor-event.ts';

/** One envelope of the replay, and when it was made, in ns of the recorded box's monotonic clock. */
export interface Replayed {
  readonly stream: Stream;
  readonly atNs: number;
  readonly text: string;
}

/** One look at one sensor, and the events that it brought about. */
interface Look {
  readonly readings: readonly Reading[];
  readonly events: readonly Item[];
}

/**
 * Runs the capture in `folder` through the drivers and the line of its own configuration, never slower than the machine.
 * Errors: Fault `config` naming the file and the place when the folder is no capture.
 */
export async function* replay(folder: string, models: string): AsyncGenerator<Replayed> {
  const { box, section, sources, conversions, uncalibrated } = await opened(folder);
  const { board, device } = box;
  const line = gasLine({
    device: device.device,
    where: device.where ? { ...device.where, source: 'surveyed' } : null,
    section,
    board,
    conversions,
    model: await loadModel(section, board, models),
  });

  const envelopes = linker(device.device);
  let state = line.fresh();
  let begun = false;
  for await (const { readings, events } of inOrder(sources.map(({ looks }) => looks))) {
    const at = readings[0]?.at;
    if (at && !begun) {
      begun = true;
      for (const name of uncalibrated)
        yield* envelopes([{ stream: 'event', at, body: { ...uncalibratedEvent(name), at } }]);
    }
    yield* envelopes(events);
    const step = line.advance(state, readings);
    state = step.state;
    const { alerts, events: states, telemetry } = step.finding;
    yield* envelopes([
      ...telemetry,
      ...states,
      ...alerts.map((body) => ({ stream: 'alert' as const, at: body.at, body })),
    ]);
  }
  yield* envelopes(line.drain(state).telemetry);
}

interface Opened {
  readonly box: Box;
  readonly section: GasSection;
  readonly sources: readonly Source[];
  readonly conversions: readonly Conversion[];
  readonly uncalibrated: readonly string[];
}

async function opened(folder: string): Promise<Opened> {
  const box = loadBox(path.join(folder, 'config'), deviceOf(folder));
  const { board } = box;
  const section = parseValue(`${box.files.profile} gas`, box.profile.gas ?? {}, gasSection);
  const recorded = board.sensors.filter(({ id }) => existsSync(fileOf(folder, id)));
  if (recorded.length === 0)
    throw new Fault('config', `${path.join(folder, 'sensors')}: holds no capture of a sensor of ${box.files.board}`);
  const sources = recorded.map((one) => looksOf(folder, one, box, one.periodMs ?? section.samplePeriodMs));
  const calibrations = await openCalibrations(path.join(folder, 'calibrations.json'));
  const drivers = new Map(sources.map(({ id, driver }) => [id, driver]));
  return { box, section, sources, ...plan(board, drivers, calibrations) };
}

/** What the gas line measures on a capture, look by look, before anything is judged. */
export interface Measured {
  readonly box: Box;
  readonly section: GasSection;
  readonly looks: AsyncGenerator<readonly Measurement[]>;
}

/** Errors: Fault `config` naming the file and the place when the folder is no capture. */
export async function measured(folder: string): Promise<Measured> {
  const { box, section, sources, conversions } = await opened(folder);
  const line = gasLine({ device: box.device.device, where: null, section, board: box.board, conversions, model: null });
  const looks = async function* (): AsyncGenerator<readonly Measurement[]> {
    let state = line.fresh();
    for await (const { readings } of inOrder(sources.map((one) => one.looks))) {
      const step = line.advance(state, readings);
      state = step.state;
      yield step.measurements;
    }
  };
  return { box, section, looks: looks() };
}

/** What the gas line makes of a capture, look by look: its memory, every score, and what it raised. */
export interface Judged {
  readonly box: Box;
  readonly section: GasSection;
  readonly model: ActiveModel | null;
  readonly advances: AsyncGenerator<Advance>;
}

/** Errors: Fault `config` naming the file and the place when the folder is no capture; `refused` for the model. */
export async function judged(folder: string, models: string): Promise<Judged> {
  const { box, section, sources, conversions } = await opened(folder);
  const { device, board } = box;
  const model = await loadModel(section, board, models);
  const line = gasLine({ device: device.device, where: null, section, board, conversions, model });
  const advances = async function* (): AsyncGenerator<Advance> {
    let state = line.fresh();
    for await (const { readings } of inOrder(sources.map(({ looks }) => looks))) {
      const step = line.advance(state, readings);
      state = step.state;
      yield step;
    }
  };
  return { box, section, model, advances: advances() };
}

const fileOf = (folder: string, sensor: string): string => path.join(folder, 'sensors', `${sensor}.jsonl`);

function deviceOf(folder: string): string {
  const devices = path.join(folder, 'config', 'devices');
  const names = existsSync(devices) ? readdirSync(devices).filter((name) => name.endsWith('.yaml')) : [];
  const [name] = names;
  if (names.length === 1 && name) return path.basename(name, '.yaml');
  throw new Fault(
    'config',
    `${devices}: holds ${names.length} devices; a capture is of one (fieldpost record makes it)`,
  );
}

interface Source {
  readonly id: string;
  readonly driver: Driver;
  readonly looks: AsyncGenerator<Look>;
}

/** The sensor's looks as they were recorded, by its own driver. */
function looksOf(folder: string, one: Sensor, { board }: Box, periodMs: number): Source {
  const file = fileOf(folder, one.id);
  const capture = parseCapture(file, readFileSync(file, 'utf8'));
  const { header } = capture;
  const [bus, serial] = [replayI2c(capture), replaySerial(capture)];
  const port = header.port === 'i2c' ? bus : serial;
  const clock = replayClock(capture, port);
  const driver = lazyDriver(one, { i2c: new Map([[one.port, bus]]), serial: new Map([[one.port, serial]]) }, clock);
  const stop = new AbortController();
  const looks = async function* (): AsyncGenerator<Look> {
    let events: Item[] = [];
    for await (const readings of sample({
      sensor: one.id,
      driver,
      periodMs,
      clock,
      signal: stop.signal,
      always: board.simulated || header.simulated === true ? ['simulated'] : [],
      onChange: (fault) => {
        const at = clock.now();
        events.push({ stream: 'event', at, body: { ...sensorEvent(one, fault), at } });
      },
    })) {
      if (port.ended()) stop.abort();
      yield { readings, events };
      events = [];
    }
  };
  return { id: one.id, driver, looks: looks() };
}

/** Joins the looks of all sensors by the time they were taken. */
async function* inOrder(sources: readonly AsyncGenerator<Look>[]): AsyncGenerator<Look> {
  const next = async (source: AsyncGenerator<Look>): Promise<Look | null> => (await source.next()).value ?? null;
  const heads = await Promise.all(sources.map(next));
  const timeOf = (look: Look | null | undefined): number => look?.readings[0]?.at.monoNs ?? Number.POSITIVE_INFINITY;
  for (;;) {
    let first = -1;
    heads.forEach((look, i) => {
      if (look && (first < 0 || timeOf(look) < timeOf(heads[first]))) first = i;
    });
    const [look, source] = [heads[first], sources[first]];
    if (!look || !source) return;
    yield look;
    heads[first] = await next(source);
  }
}

/** A replay must say the same twice. */
const noSalt = '0'.repeat(32);

/** Puts items into envelopes as a spool would; a replay has one spool of its own, named `replay`. */
function linker(device: string): (items: readonly Item[]) => Replayed[] {
  const origin = originOf(device, 'replay');
  const tails = new Map<Stream, Tail>(streams.map((stream) => [stream, noTail]));
  return (items) =>
    items.map((item) => {
      const [tail, { text }] = link(tails.get(item.stream) ?? noTail, pack(item), origin, noSalt);
      tails.set(item.stream, tail);
      return { stream: item.stream, atNs: item.at.monoNs, text };
    });
}
