/**
 * The gas daemon: sample -> quality -> compensate -> calibrate -> keep -> window -> features -> infer -> detect -> alert
 * -> keep. This file is the composition root: it names the adapters and lays the line, top to bottom.
 */
import path from 'node:path';
import { openCalibrations } from '../core/adapters/calibrations.lowdb.ts';
import { noGate, openCaptureGate } from '../core/adapters/capture-gate.feed.ts';
import { readFeed } from '../core/adapters/feed.unix.ts';
import { openGpioChardev } from '../core/adapters/gpio.chardev.ts';
import { connectGpioTcp } from '../core/adapters/gpio.tcp.ts';
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
import { hostAndPort } from '../core/config/host-port.ts';
import { parseValue } from '../core/config/parse.ts';
import type { Running } from '../core/daemon/running.ts';
import { type ActiveModel, activate } from '../core/model/activate.ts';
import { inForceFolder } from '../core/model/places.ts';
import { type Fault, isFault } from '../core/ports/fault.ts';
import type { Gpio } from '../core/ports/gpio.ts';
import { spoolSection } from '../core/spool/section.ts';
import { watchWear } from '../core/wear/watch.ts';
import { openAftermath } from './aftermath.ts';
import { postAlarm } from './alarm/post-alarm.ts';
import { captured, ownChannels } from './captured.ts';
import { certificateIn } from './certificate.ts';
import { type GasSection, gasSection } from './config.ts';
import { controlClient, controlLimits } from './control.ts';
import { plan } from './conversions.ts';
import { crewRevised } from './crew/crew.ts';
import { orAtFault } from './gpio-at-fault.ts';
import { health } from './health.ts';
import { inForceOf, lineStateEvent } from './in-force.ts';
import { flagInhibited, type Inhibition } from './inhibit.ts';
import { filedIn, keep, logAlerts, logged, logLines, putOnFile } from './keeping.ts';
import { type Buses, closeBuses, lazyDrivers } from './lazy-driver.ts';
import { gasLine as layLine } from './line.ts';
import { feedSensorOf } from './locating/feed-channels.ts';
import { keptLocating } from './locating/frozen.ts';
import { recall, remembered } from './memory.ts';
import { activateOrLastGood, activationOf, orNone } from './model-in-force.ts';
import { passageDesk } from './passage/desk.ts';
import { checkPassage } from './passage/section.ts';
import { patience } from './patience.ts';
import { cylindersOf, gasesFile } from './procedures/gases.ts';
import { readAll } from './read-all.ts';
import { eventsTo } from './say-event.ts';
import { modelRefusedEvent, sensorEvent, uncalibratedEvent, unservedEvent } from './sensor-event.ts';
import { startEvents } from './start-events.ts';
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
    // The crew is warned also while the disk hangs.
    holder: board.alarm ? 'thread' : 'loop',
  });
  const { signer } = openSigner(path.join(state, 'identity', 'device.key'));
  const file = path.join(state, 'calibrations.json');
  const calibrations = await openCalibrations(file, { device: device.device, signer });
  const say = eventsTo(spool, ctx);
  for (const said of startEvents({ storageKey, calibrations, file, unsigned: spool.unsigned })) await say(said);

  const deaf = ctx.clock.onNews?.((news) => void say(news));
  const buses = openBuses(board, ctx);
  const sensors = lazyDrivers(board.sensors, buses, ctx);
  const opened = new Map(sensors.map(({ one, driver }) => [one.id, driver]));
  const { conversions, uncalibrated } = plan(board, opened, calibrations);
  for (const name of uncalibrated) await say(uncalibratedEvent(name));

  const model = await orNone(
    (onRefused) => loadModel(section, board, models, onRefused),
    (fault, standIn) => say(modelRefusedEvent(section, fault, standIn)),
  );
  const certificate = certificateIn(state);
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
  const aftermath = await openAftermath({ board, calibrations, spool, zeroShift: box.profile.sortie?.zeroShift ?? {} });
  /** Answers what is new in the records: an open alert that was marked makes the line's memory another, which goes on file. */
  const answer = async (): Promise<void> => {
    const at = ctx.clock.now();
    const answered = aftermath.answer(memory.alert, at);
    if (!answered) return;
    for (const { severity, message, detail } of answered.said)
      ctx.log[logged(severity)](message, { parts: detail.part });
    const crew = crewRevised(memory.crew, answered.revised, 'check-failed');
    const marked = answered.open !== memory.alert || crew !== memory.crew;
    const before = marked ? line.drain(memory).telemetry : [];
    memory = { ...memory, alert: answered.open, crew };
    const stated = { ...lineStateEvent(memory, inForce.refs), at };
    const items = [...before, ...answered.items, ...(marked ? [{ stream: 'event' as const, at, body: stated }] : [])];
    await spool.append(items, { ...answered.state, ...remembered(memory) });
  };
  await answer();

  checkPassage(section.passage, board, box.files.profile);
  const alarm = postAlarm(
    {
      box,
      section,
      gpio: () => openGpio(board, ctx),
      crew: () => memory.crew,
      say,
      obey: (command) => {
        const { state, finding } = line.command(memory, command);
        memory = state;
        const stated = { ...lineStateEvent(memory, inForce.refs), at: command.at };
        const events = [...finding.events, { stream: 'event' as const, at: command.at, body: stated }];
        void keep(spool, { ...finding, events }, () => remembered(memory)).then((kept) =>
          logAlerts(finding.alerts, kept, ctx),
        );
        logLines(finding, ctx);
        return finding.events;
      },
    },
    ctx,
  );
  const passages = passageDesk(await spool.recall('passage-book'), say);
  const workbench = technicianWorkbench(
    {
      ...{ box, section, drivers: opened, calibrations, raised: () => Object.keys(memory.alert) },
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
    controlClient({ workbench, alarm: alarm.desk, passages }, connection.send),
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
      ...{ sensors, feed: told.driver, periodMs: section.samplePeriodMs, simulated: board.simulated },
      onChange: (one, fault) => void say(sensorEvent(one, fault)),
    },
    ctx,
  );

  // What was read up to the gate's shutting waits for no next reading.
  const gate = box.profile.sortie
    ? openCaptureGate(feed, ctx.clock, (said) => {
        void keep(spool, line.drain(memory), () => remembered(memory));
        void say(said);
      })
    : noGate;
  const own = ownChannels(board);

  ctx.log.info('measuring', { sensors: board.sensors.length, model: model?.ref.name ?? null, spool: spool.id });
  const wearOf = watchWear({
    ...{ daemon: 'gas', counters: wearCounters(path.join(state, 'spool')), budget: box.profile.wear },
    ...{ storage: board.storage, holdMs: section.telemetry.holdMs },
  });
  const tellHealth = health({ everyMs: section.healthEveryMs, spool, wearOf, say, doses: aftermath.doses });
  const patiently = patience(longestOnDiskMs);
  for await (const batch of readings) {
    const flagged = captured(flagInhibited(flagClock(batch), workbench.inhibitions()), gate.covers, own);
    const { state: next, finding, measurements } = line.advance(memory, flagged);
    memory = next;
    // Before anything that a disk may keep waiting.
    alarm.drive();
    logLines(finding, ctx);
    const more = { ...aftermath.look(finding, measurements), ...passages.look(finding.events) };
    const { locating } = memory;
    const stated = () => ({ ...remembered(memory), ...more, ...keptLocating(locating, finding.alerts) });
    const kept = keep(spool, finding, stated);
    await patiently(
      (async () => {
        logAlerts(finding.alerts, await kept, ctx);
        await answer();
        await tellHealth(ctx.clock.now());
      })(),
    );
    workbench.look(flagged, measurements);
    ctx.progress();
  }
  await alarm.close();
  await control?.close();
  told.close();
  gate.close();
  await keep(spool, line.drain(memory), () => ({ ...remembered(memory), ...aftermath.doses() }));
  deaf?.();
  await spool.close();
  await closeBuses(buses);
}

/** Wind and pose as the box's feed tells them; no driver where nothing asks for them: no source is looked for, and nothing claimed. */
function openFeedSensor({ plume, rules }: GasSection, socket: string, { clock }: Running) {
  if (!plume && !rules.some(({ principle }) => principle)) return { driver: null, close: () => {} };
  const { driver, events } = feedSensorOf(clock);
  return { driver, close: readFeed(socket, clock.now().boot, events).close };
}

/** A disk that takes longer is not waited for: see patience.ts. */
const longestOnDiskMs = 2000;

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

/** The GPIO lines of the box. Errors: Fault where this machine has none. */
const openGpio = ({ ports }: Board, { clock }: Pick<Running, 'clock'>): Gpio =>
  ports.gpio ? connectGpioTcp(hostAndPort(ports.gpio.tcp), clock) : openGpioChardev(clock);

/** Opens every port of the board; a part that is not there is noticed when it is read. */
export function openBuses(board: Board, ctx: Pick<Running, 'clock'>): Buses {
  const { ports, sensors } = board;
  return {
    ...(sensors.some(({ port }) => port === 'gpio') ? { gpio: orAtFault(() => openGpio(board, ctx)) } : {}),
    i2c: new Map(
      Object.entries(ports.i2c).map(([name, one]) => [
        name,
        'tcp' in one ? connectI2cTcp(hostAndPort(one.tcp)) : openI2cLinux(one),
      ]),
    ),
    serial: new Map(
      Object.entries(ports.serial).map(([name, one]) => [
        name,
        'tcp' in one ? connectSerialTcp(hostAndPort(one.tcp)) : openSerialLinux(one),
      ]),
    ),
  };
}
