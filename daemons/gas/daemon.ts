/**
 * The gas daemon: sample -> quality -> compensate -> calibrate -> keep -> window -> features -> infer -> detect -> alert
 * -> keep. This file is the composition root: it names the adapters and lays the line, top to bottom.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { openCalibrations } from '../core/adapters/calibrations.lowdb.ts';
import { readFeed } from '../core/adapters/feed.unix.ts';
import { openI2cLinux } from '../core/adapters/i2c.linux.ts';
import { connectI2cTcp } from '../core/adapters/i2c.tcp.ts';
import { openLiteRt } from '../core/adapters/infer.litert.ts';
import { serveLines } from '../core/adapters/lines.unix.ts';
import { openSerialLinux } from '../core/adapters/serial.linux.ts';
import { connectSerialTcp } from '../core/adapters/serial.tcp.ts';
import { openSigner } from '../core/adapters/signer.pem.ts';
import { openSpool } from '../core/adapters/spool.sqlite.ts';
import { openStorageKey } from '../core/adapters/storage-key.tpm.ts';
import { wearCounters } from '../core/adapters/wear.linux.ts';
import { flagClock } from '../core/clock/bound.ts';
import { type Board, type Box, readConfig } from '../core/config/box.ts';
import { parseValue } from '../core/config/parse.ts';
import type { Running } from '../core/daemon/running.ts';
import { type ActiveModel, activate } from '../core/model/activate.ts';
import { inForceFolder } from '../core/model/places.ts';
import { type Fault, isFault } from '../core/ports/fault.ts';
import { longestRequest } from '../core/procedure/link.ts';
import { spoolSection } from '../core/spool/section.ts';
import { watchWear } from '../core/wear/watch.ts';
import { openAftermath } from './aftermath.ts';
import { type GasSection, gasSection } from './config.ts';
import { controlClient } from './control.ts';
import { plan } from './conversions.ts';
import { inForceOf, lineStateEvent } from './in-force.ts';
import { flagInhibited, type Inhibition } from './inhibit.ts';
import { filedIn, keep, logAlerts, logged, logLines, nullOfFault, putOnFile } from './keeping.ts';
import { type Buses, lazyDriver } from './lazy-driver.ts';
import { gasLine as layLine } from './line.ts';
import { feedSensorOf } from './locating/feed-channels.ts';
import { keptLocating } from './locating/frozen.ts';
import { recall, remembered } from './memory.ts';
import { activateOrLastGood, activationOf, orNone } from './model-in-force.ts';
import { cylindersOf, gasesFile } from './procedures/gases.ts';
import { readAll } from './read-all.ts';
import { recordEvents } from './record-event.ts';
import { eventsTo } from './say-event.ts';
import { modelRefusedEvent, sensorEvent, uncalibratedEvent, unservedEvent, unsignedEvent } from './sensor-event.ts';
import { technicianWorkbench, tick } from './technician.ts';

export interface GasConfig {
  readonly box: Box;
  /** The box's state folder: spool/ and calibrations.json live in it. */
  readonly state: string;
  readonly models: string;
  /** The socket of the box's own feed. */
  readonly feed: string;
}

/** Runs until `ctx.signal` aborts, then drains what was read into the spool. */
export async function gasLine({ box, state, models, feed }: GasConfig, ctx: Running): Promise<void> {
  const { board, device } = box;
  const section = parseValue(`${box.files.profile} gas`, box.profile.gas ?? {}, gasSection);
  const storageKey = await openStorageKey({ folder: path.join(state, 'identity'), tcti: board.tpm?.tcti });
  const spool = await openSpool({
    master: storageKey.key,
    path: path.join(state, 'spool', 'gas.db'),
    device: device.device,
    telemetryHoldMs: section.telemetry.holdMs,
    section: parseValue(`${box.files.profile} spool`, box.profile.spool ?? {}, spoolSection),
    log: ctx.log,
    signing: { keyFile: path.join(state, 'identity', 'device.key'), everyMs: section.evidence.sealEveryMs },
  });
  const { signer } = openSigner(path.join(state, 'identity', 'device.key'));
  const file = path.join(state, 'calibrations.json');
  const calibrations = await openCalibrations(file, { device: device.device, signer });
  const say = eventsTo(spool, ctx);
  if (storageKey.state === 'locked')
    await say({ type: 'storage-key-locked', severity: 'error', message: storageKey.message, detail: {} });
  for (const note of calibrations.notes)
    await say({ type: 'storage-mended', severity: 'warning', message: note, detail: {} });
  for (const said of recordEvents(file, calibrations)) await say(said);
  if (spool.unsigned !== null) await say(unsignedEvent(spool.unsigned));

  const deaf = ctx.clock.onNews?.((news) => void say(news));
  const buses = openBuses(board);
  const sensors = board.sensors.map((one) => ({ one, driver: lazyDriver(one, buses, ctx.clock) }));
  const opened = new Map(sensors.map(({ one, driver }) => [one.id, driver]));
  const { conversions, uncalibrated } = plan(board, opened, calibrations);
  for (const name of uncalibrated) await say(uncalibratedEvent(name));

  const model = await orNone(
    (onRefused) => loadModel(section, board, models, onRefused),
    (fault, standIn) => say(modelRefusedEvent(section, fault, standIn)),
  );
  const certificate = readIfThere(path.join(state, 'identity', 'device.crt'));
  const deciding = { box, section, model, calibrations, identity: { certificate, publicKey: spool.publicKey } };
  let inForce = inForceOf(deciding);
  const laid = {
    device: device.device,
    where: device.where ? ({ ...device.where, source: 'surveyed' } as const) : null,
    section,
    board,
    model,
  };
  let line = layLine({ ...laid, conversions, inForce: inForce.refs });
  const begun = ctx.clock.now();
  let memory = await recall(spool, line.fresh(`${begun.boot.slice(0, 8)}.${begun.monoNs.toString(36)}`), board);
  let [filed, onFile] = putOnFile(spool, await filedIn(spool), inForce, {
    state: { ...lineStateEvent(memory, inForce.refs), at: begun },
    before: [],
  });
  await onFile;
  const aftermath = await openAftermath({ board, calibrations, spool });
  /** Answers what is new in the records: an open alert that was marked makes the line's memory another, which goes on file. */
  const answer = async (): Promise<void> => {
    const at = ctx.clock.now();
    const answered = aftermath.answer(memory.alert, at);
    if (!answered) return;
    for (const { severity, message, detail } of answered.said)
      ctx.log[logged(severity)](message, { parts: detail.part });
    const marked = answered.open !== memory.alert;
    const before = marked ? line.drain(memory).telemetry : [];
    memory = { ...memory, alert: answered.open };
    const stated = { ...lineStateEvent(memory, inForce.refs), at };
    const items = [...before, ...answered.items, ...(marked ? [{ stream: 'event' as const, at, body: stated }] : [])];
    await spool.append(items, { ...answered.state, alert: memory.alert });
  };
  await answer();

  const workbench = technicianWorkbench(
    {
      box,
      section,
      drivers: opened,
      calibrations,
      gases: () => cylindersOf(readConfig(path.join(state, 'gases.yaml'), gasesFile)),
      left: ((await spool.recall('inhibitions')) ?? []) as readonly Inhibition[],
      sampling: () => memory.sampling,
      exposed: () => aftermath.exposed(),
      tell: (event, inhibitions) => void say(event, { inhibitions }),
      adopt: () => {
        // Without a pause: what was read before it is kept as the old calibration gave it, and what comes after as the new.
        const before = line.drain(memory).telemetry;
        const other = plan(board, opened, calibrations).conversions;
        inForce = inForceOf(deciding);
        line = layLine({ ...laid, conversions: other, inForce: inForce.refs });
        memory = line.reconverted(memory, other);
        const stated = { ...lineStateEvent(memory, inForce.refs), at: ctx.clock.now() };
        [filed, onFile] = putOnFile(spool, filed, inForce, { state: stated, before });
        ctx.log.info('another calibration is in force', { calibrations: inForce.refs.calibrations });
      },
    },
    ctx,
  );
  const control = await serveLines(path.join(state, 'control.sock'), controlLimits, (connection) =>
    controlClient(workbench, connection.send),
  ).catch(async (error: unknown) => {
    // Without a technician's link a box measures and alarms as ever.
    if (!isFault(error)) throw error;
    await say(unservedEvent(error));
    return null;
  });
  void tick(workbench, ctx);

  const told = openFeedSensor(section, feed, ctx);
  const readings = readAll(
    {
      sensors,
      feed: told.driver,
      periodMs: section.samplePeriodMs,
      simulated: board.simulated,
      onChange: (one, fault) => void say(sensorEvent(one, fault)),
    },
    ctx,
  );

  ctx.log.info('measuring', { sensors: board.sensors.length, model: model?.ref.name ?? null, spool: spool.id });
  const wearOf = watchWear({
    daemon: 'gas',
    counters: wearCounters(path.join(state, 'spool')),
    budget: box.profile.wear,
    storage: board.storage,
    holdMs: section.telemetry.holdMs,
  });
  let healthDueMs = 0;
  for await (const batch of readings) {
    const flagged = flagInhibited(flagClock(batch), workbench.inhibitions());
    const result = line.advance(memory, flagged);
    memory = result.state;
    const { alerts } = result.finding;
    const more = aftermath.look(result.finding, result.measurements);
    const stateOf = () => ({ ...remembered(memory), ...more, ...keptLocating(memory.locating, alerts) });
    logAlerts(alerts, await keep(spool, result.finding, stateOf), ctx);
    await answer();
    logLines(result.finding, ctx);
    workbench.look(flagged, result.measurements);
    ctx.progress();
    const now = ctx.clock.now();
    if (now.monoNs / 1e6 >= healthDueMs) {
      healthDueMs = now.monoNs / 1e6 + section.healthEveryMs;
      const wear = wearOf(now.monoNs / 1e6);
      if (wear.holdMs !== null) spool.holdTelemetry(wear.holdMs);
      if (wear.news) await say(wear.news);
      await say(
        {
          type: 'health',
          severity: 'info',
          message: 'gas is measuring',
          detail: {
            depth: await spool.depth().catch(nullOfFault),
            memory: spool.held(),
            rssMb: Math.round(process.memoryUsage().rss / 1e6),
            wear: wear.detail,
          },
        },
        { wear: { ...wear.detail, atMs: now.wallMs }, ...aftermath.doses() },
      );
    }
  }
  await control?.close();
  told.close();
  await keep(spool, line.drain(memory), () => ({ ...remembered(memory), ...aftermath.doses() }));
  deaf?.();
  await spool.close();
  await Promise.all([...buses.i2c.values(), ...buses.serial.values()].map((port) => port.close()));
}

/** Wind and pose as the box's feed tells them; no driver where nothing asks for them. */
function openFeedSensor({ plume }: GasSection, socket: string, { clock }: Running) {
  if (!plume) return { driver: null, close: () => {} };
  const { driver, events } = feedSensorOf(clock);
  return { driver, close: readFeed(socket, clock.now().boot, events).close };
}

const controlLimits = { longest: longestRequest, mostClients: 16 };

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return null;
  }
}

/** The profile's model in force, or null when it names none. With `onRefused` an earlier one stands in. Errors: Fault `refused`. */
export async function loadModel(
  section: GasSection,
  board: Board,
  models: string,
  onRefused?: (fault: Fault) => void,
): Promise<ActiveModel | null> {
  if (!section.model) return null;
  const shipped = path.join(models, section.model.folder);
  const activation = activationOf({ ...section, model: section.model }, board, await openLiteRt());
  if (!onRefused) return activate({ ...activation, folder: inForceFolder(shipped) });
  return (await activateOrLastGood({ ...activation, folder: shipped }, onRefused)).model;
}

/** Opens every port of the board; a part that is not there is noticed when it is read. */
export function openBuses({ ports }: Board): Buses {
  const address = (tcp: string): { host: string; port: number } => {
    const at = tcp.lastIndexOf(':');
    return { host: tcp.slice(0, at), port: Number(tcp.slice(at + 1)) };
  };
  return {
    i2c: new Map(
      Object.entries(ports.i2c).map(([name, one]) => [
        name,
        'tcp' in one ? connectI2cTcp(address(one.tcp)) : openI2cLinux(one),
      ]),
    ),
    serial: new Map(
      Object.entries(ports.serial).map(([name, one]) => [
        name,
        'tcp' in one ? connectSerialTcp(address(one.tcp)) : openSerialLinux(one),
      ]),
    ),
  };
}
