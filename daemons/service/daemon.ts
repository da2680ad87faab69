/** `fieldpost local-page`: the technician's wizard and the patrol's alerts as pages for a phone on the box's own link. */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import { followAlerts } from '../core/adapters/alerts.spools.ts';
import { connectControl } from '../core/adapters/control.unix.ts';
import { askLine } from '../core/adapters/lines.unix.ts';
import { spoolHost } from '../core/adapters/spool.sqlite.calls.ts';
import { openSpool, openSpoolReader } from '../core/adapters/spool.sqlite.ts';
import { openStorageKey } from '../core/adapters/storage-key.tpm.ts';
import type { Box } from '../core/config/box.ts';
import { parseValue } from '../core/config/parse.ts';
import type { Running } from '../core/daemon/running.ts';
import { Fault } from '../core/ports/fault.ts';
import type { Log } from '../core/ports/log.ts';
import { longestPreviewReply } from '../core/procedure/preview-link.ts';
import { spoolSection } from '../core/spool/section.ts';
import { doorkeeper, pairing, patrolPairing, patrolSessions } from './pairing.ts';
import { openPatrolDesk, type PatrolAtBox } from './patrol/desk.ts';
import { buildPlain } from './patrol/plain.ts';
import type { PatrolParts } from './patrol/routes.ts';
import type { Direct } from './patrol/shown.ts';
import { openPhone, type Phone } from './phone.ts';
import { cameraBehind } from './preview.ts';
import { buildLocalPage } from './server.ts';
import { keptSessions, openSessions } from './sessions.ts';
import { buildPage } from './web/build.ts';

export interface LocalPageConfig {
  /** The box's state folder: the control link and the pairing code are in it. */
  readonly state: string;
  /** Folder with server.key and server.crt, by the organisation's authority: fieldpost pki server. */
  readonly identity: string;
  readonly host: string;
  readonly port: number;
  /** Which box this is: with it, patrols are served too, as its `direct` says. */
  readonly box?: Box | undefined;
  /** Plain HTTP for phones that do not trust the organisation's authority: a page without places. */
  readonly plainPort?: number | undefined;
}

const beatMs = 3000;
/** Spools say when something was appended; this is the net under it. */
const lookMs = 1000;
const own = 'local-page.db';
/** Codes end by the machine's own clock, however wrong: `fieldpost pair`, which makes them, has no other. */
const systemMs = (): number => Date.now();

/** Errors: Fault `config` without a certificate, `refused` when the port is taken. */
export async function localPageLine(config: LocalPageConfig, ctx: Running): Promise<void> {
  const { clock, signal, log, progress } = ctx;
  const { state, identity, host, port, plainPort } = config;
  const nowMs = (): number => clock.now().monoNs / 1e6;
  const phones = new Map<string, Phone>();
  const file = path.join(state, 'pairing.json');
  const patrols = config.box ? await servePatrols(config.box, state, ctx) : null;
  const app = buildLocalPage({
    tls: { key: readText(identity, 'server.key'), cert: readText(identity, 'server.crt') },
    page: await buildPage(),
    door: doorkeeper({
      nowMs: systemMs,
      sessions: openSessions({ lastsMs: nowMs }),
      read: () => readJson(file, pairing),
      forget: () => rmSync(file, { force: true }),
    }),
    phone: (token) => {
      const known = phones.get(token);
      if (known) return known;
      const connect = (onReply: Parameters<typeof connectControl>[1]['onReply'], onClose: () => void) =>
        connectControl(path.join(state, 'control.sock'), { onReply, onClose });
      const phone = openPhone({ nowMs, connect });
      phones.set(token, phone);
      return phone;
    },
    camera: cameraBehind((line) => askLine(path.join(state, 'camera.sock'), line, longestPreviewReply)),
    patrol: patrols?.parts,
    log,
  });
  const plain = plainPort === undefined || !patrols ? null : buildPlain(patrols.plain);
  if (plain) log.info('listening in plain', { port: await listenAt(plain, host, plainPort ?? 0) });
  log.info('listening', { port: await listenAt(app, host, port) });
  while (!signal.aborted) {
    progress();
    for (const phone of phones.values()) phone.tick();
    await Promise.all([patrols?.look(), clock.sleep(patrols ? lookMs : beatMs, 'phones', signal)]);
  }
  for (const phone of phones.values()) phone.close();
  await app.close();
  await plain?.close();
  await patrols?.close();
}

/** The port it got. */
async function listenAt(app: FastifyInstance, host: string, port: number): Promise<number> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Fault('refused', `${host}:${port}: ${code}; choose another address`, error);
  }
  return (app.server.address() as AddressInfo).port;
}

const directOf = ({ device }: Box): Direct => device.direct ?? 'safety';

interface Patrols {
  readonly parts: PatrolParts;
  readonly plain: Parameters<typeof buildPlain>[0];
  look(): Promise<void>;
  close(): Promise<void>;
}

/** The box's own alerts, from its spools, and a spool of this daemon's own for what patrols say of them. */
async function servePatrols(box: Box, state: string, ctx: Running): Promise<Patrols | null> {
  const direct = directOf(box);
  if (direct === 'off') return null;
  const { device, board, profile, files } = box;
  const { clock, log } = ctx;
  const { key: master } = await openStorageKey({ folder: path.join(state, 'identity'), tcti: board.tpm?.tcti });
  const folder = path.join(state, 'spool');
  // One thread for all files: nothing is measured here.
  const host = spoolHost();
  const spool = await openSpool({
    ...{ master, path: path.join(folder, own), device: device.device, telemetryHoldMs: 0, log, host },
    section: { ...parseValue(`${files.profile} spool`, profile.spool ?? {}, spoolSection), reserveMegabytes: 0 },
    signing: { keyFile: path.join(state, 'identity', 'device.key'), everyMs: 60_000 },
  });
  const deaf = clock.onNews?.((news) => {
    const at = clock.now();
    void spool.append([{ stream: 'event', at, body: { ...news, at } }]);
  });
  const { where = null } = device;
  const { simulated } = board;
  const desk: PatrolAtBox = await openPatrolDesk({ spool, clock, log, direct, box: where, simulated });
  const alerts = followAlerts({
    ...{ folder, own, log, onAlert: desk.note, onNews: () => void look() },
    nowMs: () => clock.now().wallMs,
    open: (file) => openSpoolReader(file, master, host),
  });
  let looking: Promise<void> | null = null;
  const look = (): Promise<void> => {
    looking ??= alerts
      .look()
      .then(desk.keep)
      .finally(() => {
        looking = null;
      });
    return looking;
  };
  const [file, entered] = ['pairing-patrol.json', patrolSessions].map((name) => path.join(state, name)) as [
    string,
    string,
  ];
  const door = doorkeeper({
    nowMs: systemMs,
    sessions: openSessions({
      lastsMs: () => clock.now().monoNs / 1e6,
      file: {
        systemMs,
        read: () => readJson(entered, keptSessions(patrolPairing)) ?? [],
        write: (all) => writeJson(entered, all, log),
      },
    }),
    read: () => readJson(file, patrolPairing),
    forget: () => rmSync(file, { force: true }),
  });
  return {
    parts: { door, desk, device: device.device, direct, clock },
    plain: { device: device.device, simulated, alerts: desk.bare },
    look,
    close: async () => {
      deaf?.();
      await looking;
      await alerts.close();
      await spool.close();
      await host.close();
    },
  };
}

function readText(folder: string, name: string): string {
  const file = path.join(folder, name);
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Fault('config', `${file}: cannot be read (${code}); fieldpost pki server makes it`, error);
  }
}

/** A file that is not there, or not whole, says nothing. */
function readJson<T>(file: string, shape: z.ZodType<T>): T | null {
  try {
    return shape.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data ?? null;
  } catch {
    return null;
  }
}

/** Whole or not at all; false where the disk refuses. */
function writeJson(file: string, value: unknown, log: Log): boolean {
  try {
    writeFileSync(`${file}.new`, JSON.stringify(value), { mode: 0o600 });
    renameSync(`${file}.new`, file);
    return true;
  } catch (error) {
    log.warn('sessions are in memory alone: the disk refuses', { file, reason: (error as Error).message });
    return false;
  }
}
