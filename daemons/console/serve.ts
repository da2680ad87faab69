import { readFileSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import type { Running } from '../core/daemon/running.ts';
import { type Dwellings, openDwellings } from '../core/desk/dwellings.ts';
import { usualPolicy } from '../core/desk/policy.ts';
import { layerLimits, readDwellings } from '../core/desk/read-dwellings.ts';
import type { Archive } from '../core/ports/archive.ts';
import type { DeskStore } from '../core/ports/desk.ts';
import { Fault } from '../core/ports/fault.ts';
import type { Records } from '../core/ports/records.ts';
import type { Access } from './access/gate.ts';
import { type ConsoleConfig, reachOf, requireReach } from './config.ts';
import { openDrillWatch } from './desk/drill-watch.ts';
import { openTicking } from './desk/ticking.ts';
import { openFeed } from './feed.ts';
import type { Commanding } from './flight-routes.ts';
import type { Bundles } from './history/verification.ts';
import { findMaps } from './maps.ts';
import { buildServer, type ServerParts } from './server.ts';
import { openStreams } from './streams.ts';
import type { Page } from './web/build.ts';

export interface ServedFrom {
  readonly records: Records;
  readonly archive: Archive;
  readonly access: Access;
  readonly desk: DeskStore;
  /** Collects what answers for an alert. */
  readonly bundles?: Bundles | undefined;
  /** A typeface for reports. */
  readonly font: () => Uint8Array;
  readonly commanding?: Commanding | undefined;
  readonly devices?: ServerParts['devices'];
}

/** What operators look at, and what patrols look at. */
export interface Pages {
  readonly page: Page;
  readonly patrol: Page;
}

/**
 * Serves the page on a store that is open, until `ctx.signal` aborts. Logs `listening` with the address once the first
 * read of the store is done. Errors: Fault `config` (host, map), `refused` (the port is taken).
 */
export async function serveConsole(
  config: ConsoleConfig,
  { records, archive, desk, font, bundles, access, commanding, devices }: ServedFrom,
  { page, patrol }: Pages,
  ctx: Running,
): Promise<void> {
  requireReach(config);
  const maps = config.map === undefined ? [] : await findMaps(config.map);
  const layer = config.dwellings === undefined ? null : await loadDwellings(config.dwellings);
  const feed = openFeed(records);
  const streams = openStreams(feed, page.build, ctx.clock);
  const drills = openDrillWatch(desk, streams);
  const app = await buildServer({
    records,
    archive,
    access,
    desk,
    reach: reachOf(config),
    tls: config.tls && { cert: pemAt('--cert', config.tls.cert), key: pemAt('--key', config.tls.key) },
    font,
    bundles,
    layered: layer !== null,
    commanding,
    devices,
    feed,
    streams,
    drills,
    page,
    patrol,
    radio: config.radio,
    maps,
    clock: ctx.clock,
    log: ctx.log,
  });
  await Promise.all([feed.refresh(), drills.look()]);
  const url = await app.listen({ host: config.host, port: config.port }).catch((error: Error) => {
    throw new Fault('refused', `console cannot listen on ${config.host}:${config.port}: ${error.message}`, error);
  });
  ctx.log.info('listening', { url, maps: maps.length, dwellings: layer?.size ?? 0 });
  const ticking = openTicking({
    records,
    desk,
    layer,
    policy: config.desk ?? usualPolicy,
    nowMs: () => ctx.clock.now().wallMs,
  });
  try {
    await Promise.all([feed.follow(ctx), ticking.follow(ctx), streams.beat(ctx.signal), drills.follow(ctx)]);
  } finally {
    await app.close();
  }
}

const pemAt = (option: string, file: string): Buffer => {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new Fault('config', `${option} ${file}: ${(error as Error).message}; must be a PEM file`, error);
  }
};

/** Errors: Fault `config` for a file that cannot be read, is too large, or is no such layer. */
async function loadDwellings(file: string): Promise<Dwellings> {
  const fail = (why: string): never => {
    throw new Fault('config', `--dwellings ${file}: ${why}; nothing was started`);
  };
  const { size } = await stat(file).catch((error: Error) => fail(error.message));
  if (size > layerLimits.bytes) fail(`is ${size} bytes; must be at most ${layerLimits.bytes}`);
  return openDwellings(readDwellings(file, await readFile(file, 'utf8')));
}
