/**
 * The dock daemon: mavlink | gpio | i2c -> state machine and interlocks -> outputs and events; pose, wind and time -> feed.
 * This file is the composition root: it names the adapters and joins what is sensed to the pure line.
 */
import { statfs } from 'node:fs/promises';
import path from 'node:path';
import { openBoxCalibrations } from '../core/adapters/calibrations.box.ts';
import { serveFeed } from '../core/adapters/feed.unix.ts';
import { openGpioChardev } from '../core/adapters/gpio.chardev.ts';
import { openGpioOnoff } from '../core/adapters/gpio.onoff.ts';
import { openI2cLinux } from '../core/adapters/i2c.linux.ts';
import { connectI2cTcp } from '../core/adapters/i2c.tcp.ts';
import { serveLines } from '../core/adapters/lines.unix.ts';
import { hostPortOf, openLinkOf } from '../core/adapters/link.port.ts';
import { readMavlinkKey } from '../core/adapters/mavlink-key.files.ts';
import { openSpool } from '../core/adapters/spool.sqlite.ts';
import { someSpool } from '../core/adapters/spools.folder.ts';
import { openStorageKey } from '../core/adapters/storage-key.tpm.ts';
import type { Box } from '../core/config/box.ts';
import { parseValue } from '../core/config/parse.ts';
import type { Running } from '../core/daemon/running.ts';
import { noTrack, type Position, trackStep } from '../core/feed/pieces.ts';
import type { Told } from '../core/feed/take.ts';
import { Fault } from '../core/ports/fault.ts';
import type { I2c } from '../core/ports/i2c.ts';
import { spoolSection } from '../core/spool/section.ts';
import { gustOf, pulsed, stillCups } from './anemometer.ts';
import { type Approval, openApproval } from './approval.ts';
import { dockSection, dockWiring } from './config.ts';
import { answered, longestRequest } from './control.ts';
import { keepClimate } from './keep-climate.ts';
import { keepLines } from './keep-lines.ts';
import { keepSupply } from './keep-supply.ts';
import { advance, freshLine, type LineInput, type LineSaid, type LineState, outputsOf } from './line.ts';
import { payloadAgeH } from './payload.ts';
import { readiness } from './readiness.ts';
import { type DockEvent, eventOf, readinessEvent } from './said.ts';
import { openSorties } from './sortie/desk.ts';
import { flies, isAirborne, unheard } from './vehicle.ts';
import { openVehicleLink, peerText } from './vehicle-link.ts';

export interface DockConfig {
  readonly box: Box;
  readonly state: string;
  /** The socket on which the box's feed is served. */
  readonly feed: string;
}

/** Runs until `ctx.signal` aborts; then motors and charger are off and the lines are given back. */
export async function dockLine({ box, state: folder, feed: socket }: DockConfig, ctx: Running): Promise<void> {
  const { board, profile, files, device } = box;
  const wiring = parseValue(`${files.board} dock`, board.dock ?? {}, dockWiring);
  const section = parseValue(`${files.profile} dock`, profile.dock ?? {}, dockSection);
  const { clock, signal } = ctx;
  const { climate } = wiring;
  const monitorBus = i2cOf(box, 'power', wiring.power.port);
  const airBus = climate ? i2cOf(box, 'climate', climate.port) : null;
  const vehiclePort = wiring.vehicle ? openLinkOf(board.ports, wiring.vehicle.port) : null;
  if (wiring.vehicle && !vehiclePort) throw missing(files, 'vehicle', wiring.vehicle.port);
  const storageKey = await openStorageKey({ folder: path.join(folder, 'identity'), tcti: board.tpm?.tcti });
  const calibrations = await openBoxCalibrations(folder, device.device);
  const spool = await openSpool({
    master: storageKey.key,
    path: path.join(folder, 'spool', 'dock.db'),
    device: device.device,
    telemetryHoldMs: 0,
    section: parseValue(`${files.profile} spool`, profile.spool ?? {}, spoolSection),
    log: ctx.log,
    signing: { keyFile: path.join(folder, 'identity', 'device.key'), everyMs: 60_000 },
    // What moves is watched also while the disk hangs.
    holder: 'thread',
  });
  const say = (event: DockEvent, state: Readonly<Record<string, unknown>> = {}): void => {
    const at = clock.now();
    const level = event.severity === 'warning' ? 'warn' : event.severity;
    if (event.type !== 'health') ctx.log[level](event.message, { type: event.type });
    void spool.append([{ stream: 'event', at, body: { ...event, at } }], state);
  };
  const deaf = clock.onNews?.((news) => say(news));

  const { anemometer } = wiring.inputs;
  let cups = stillCups;
  let line: LineState = freshLine;
  const nowMs = (): number => clock.now().monoNs / 1e6;
  const tell = (input: LineInput): readonly LineSaid[] => {
    const [next, said] = advance(line, input, nowMs(), section);
    line = next;
    // Outputs before words: a full disk holds up no motor that must stop.
    void lines.now?.drive(outputsOf(line.dock, line));
    for (const one of said) say(eventOf(one));
    return said;
  };

  const feed = await serveFeed(socket);
  const sorties = box.profile.sortie
    ? openSorties(
        {
          ...{ section: box.profile.sortie, kept: await spool.recall('sortie'), calibrations },
          flies: () => flies(vehicleLink?.vehicle ?? unheard, nowMs(), section.vehicle.freshMs),
          position: () => position,
          tell: (word) => feed.tell({ boot: clock.now().boot, kind: 'capture', ...word }),
          say: (event, sortie) => say(event, { sortie }),
          some: (look) => someSpool(path.join(folder, 'spool'), storageKey.key, look),
        },
        ctx,
      )
    : null;
  const gpio = wiring.gpio === 'onoff' ? openGpioOnoff(clock) : openGpioChardev(clock);
  const lines = keepLines(
    {
      ...{ gpio, wiring, tell },
      onPulse: (atMs, count) => {
        cups = pulsed(cups, atMs, count);
      },
    },
    ctx,
  );
  let approval: Approval | null = null;
  let wind: { readonly fromDeg: number | null; readonly atMs: number } | null = null;
  let track = noTrack;
  let position: Position | null = null;
  const onTrack = (position: Position | null): void => {
    const [next, pieces] = trackStep(track, position);
    track = next;
    for (const one of pieces) say(one);
  };
  const onTold = (told: Told): void => {
    if (told.kind === 'event') {
      const { type, detail } = told;
      say({
        type: `vehicle-${type}`,
        severity: 'warning',
        message: `the drone: ${type} ${detail}`,
        detail: { ...told },
      });
      return;
    }
    feed.tell({ boot: clock.now().boot, ...told });
    if (told.kind === 'position') position = told;
    // What stands in the dock is where the dock is.
    if (told.kind === 'position' && vehicleLink?.vehicle.armed) onTrack(told);
    if (told.kind !== 'wind') return;
    wind = { fromDeg: told.fromDeg, atMs: nowMs() };
    // Cups in the dock's own air go before what an autopilot at rest makes of it.
    if (!anemometer) tell({ is: 'wind', speedMs: told.speedMs });
  };

  const vehicleLink =
    vehiclePort &&
    openVehicleLink(
      {
        link: vehiclePort.link,
        system: section.vehicle.system,
        key: wiring.vehicle?.signed ? readMavlinkKey(path.join(folder, 'identity', 'mavlink.key')) : null,
        speaksFirst: vehiclePort.speaksFirst,
      },
      ({ told, peers, mission }, vehicle, isNew) => {
        approval?.hear(mission);
        if (isNew) tell({ is: 'drone', airborne: isAirborne(vehicle) });
        if (isNew && !vehicle.armed) onTrack(null);
        for (const one of told) onTold(one);
        for (const one of peers)
          say({ type: `link-${one.is}`, severity: 'warning', message: peerText(one), detail: { ...one } });
      },
      ctx,
    );

  if (section.secondLook && vehicleLink)
    approval = openApproval(
      {
        ...{ device: device.device, section: section.secondLook, drone: section.vehicle.system, say },
        send: vehicleLink.send,
        armed: () => {
          const { heardMs, armed } = vehicleLink.vehicle;
          return heardMs !== null && nowMs() - heardMs <= section.vehicle.freshMs ? armed : null;
        },
        fromDeg: () => (wind && nowMs() - wind.atMs <= section.weather.freshMs ? wind.fromDeg : null),
      },
      ctx,
    );

  const control = await serveLines(
    path.join(folder, 'dock.sock'),
    { longest: longestRequest, mostClients: 8 },
    ({ send }) => ({
      onLine: (text) => {
        const command = (name: Parameters<Parameters<typeof answered>[1]['command']>[0], by: string) =>
          tell({ is: 'command', command: name, by });
        const flight = (said: string) => approval?.command(said) ?? ['no second look is in the profile of this dock'];
        void answered(text, { state: () => line, command, flight, sortie: sorties }).then((answer) =>
          send(JSON.stringify(answer)),
        );
      },
      onClose: () => {},
    }),
  );
  const loops = [
    lines.run(),
    keepSupply({ bus: monitorBus, power: wiring.power, section, tell }, ctx),
    ...(climate && airBus
      ? [keepClimate({ bus: airBus, address: climate.address, withinMs: section.supplyWithinMs, tell }, ctx)]
      : []),
    ...(vehicleLink ? [vehicleLink.run()] : []),
    ...(approval ? [approval.run()] : []),
    watch(),
  ];
  await Promise.all(loops);
  await control.close();
  await feed.close();
  await gpio.close();
  deaf?.();
  await monitorBus.close();
  await airBus?.close();
  await vehiclePort?.link.close();
  await spool.close();

  /** Looks at what takes time, reads outputs back, and tells readiness when it changes. */
  async function watch(): Promise<void> {
    let told = '';
    let healthDueMs = 0;
    while (!signal.aborted) {
      const levels = await lines.now?.readBack();
      tell(levels ? { is: 'read-back', levels } : { is: 'tick' });
      const gust = anemometer && gustOf(cups, nowMs(), { ...anemometer, ...section.weather });
      if (typeof gust === 'number') tell({ is: 'wind', speedMs: gust });
      await sorties?.look();
      const ready = readiness(await known(), section.ready);
      // Ages count up inside the sentences: matters are compared.
      const matters = JSON.stringify(ready.reasons.map(({ matter }) => matter));
      if (matters !== told) say(readinessEvent(ready));
      told = matters;
      if (nowMs() >= healthDueMs) {
        healthDueMs = nowMs() + section.healthEveryMs;
        await calibrations.reload();
        const { volts, amps, dock } = line;
        say({
          type: 'health',
          severity: 'info',
          message: 'the dock is watched',
          detail: { mode: dock.mode, volts, amps, link: vehicleLink?.counts ?? null },
        });
      }
      ctx.progress();
      await clock.sleep(section.lookMs, 'look of the dock', signal);
    }
  }

  async function known(): Promise<Parameters<typeof readiness>[0]> {
    const now = nowMs();
    const aged = <T extends { readonly atMs: number }>(one: T | null) => one && { ...one, ageMs: now - one.atMs };
    const { bavail, bsize } = await statfs(folder);
    const { weather } = line.dock.seen;
    const { wind, rain } = line;
    const vehicle = vehicleLink?.vehicle ?? unheard;
    return {
      battery: aged(vehicle.battery),
      gnss: aged(vehicle.gnss),
      weather: {
        within: weather,
        says: `wind ${wind ? `${wind.speedMs.toFixed(1)} m/s` : 'not heard'}, rain ${rain ?? 'not known'}`,
      },
      dock: line.dock.mode,
      calibrationAgeH: payloadAgeH(calibrations.all(), section.ready.payload, clock.now().wallMs),
      freeMB: (bavail * bsize) / 1e6,
      link: vehicle.heardMs === null ? null : { ageMs: now - vehicle.heardMs },
    };
  }
}

const missing = (files: Box['files'], where: string, port: string): Fault =>
  new Fault('config', `${files.board} dock.${where}.port: "${port}" is not under ports`);
function i2cOf({ board, files }: Box, where: string, port: string): I2c {
  const one = board.ports.i2c[port];
  if (!one) throw missing(files, where, port);
  return 'tcp' in one ? connectI2cTcp(hostPortOf(one.tcp)) : openI2cLinux(one);
}
