/** The renewal service at the centre: a box shows its present certificate, expired or not, and gets the next one. */
import { readFileSync } from 'node:fs';
import type { Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { openAuthority } from '../core/adapters/authority.files.ts';
import { claimsIn } from '../core/adapters/claims.files.ts';
import type { Running } from '../core/daemon/running.ts';
import { Fault } from '../core/ports/fault.ts';
import { boxFilesIn } from './box-files.ts';
import { buildEnrol } from './server.ts';

export interface EnrolConfig {
  /** Folder that fieldpost pki init made. */
  readonly authority: string;
  /** Folder with server.key and server.crt. */
  readonly identity: string;
  readonly host: string;
  readonly port: number;
  /** Days after its end that a certificate is still renewed without a person. */
  readonly graceDays: number;
  /** Life of what is issued, in days. */
  readonly days: number;
  /** Folder with devices/, boards/ and profiles/ that new boxes get their files from; null: they bring their own. */
  readonly config: string | null;
  /** What fieldpost release init made: `public` of it is shown to boxes; without it no artefacts are. */
  readonly fleet?: string | null;
}

const lookMs = 5000;

export async function enrolLine(config: EnrolConfig, ctx: Running): Promise<void> {
  const { host, port, graceDays, days } = config;
  let tls = readServer(config.identity);
  const app = await buildEnrol({
    authority: openAuthority(config.authority),
    claims: claimsIn(config.authority),
    filesOf: boxFilesIn(config.config),
    ...(config.fleet ? { fleet: path.join(config.fleet, 'public') } : {}),
    tls,
    graceMs: graceDays * 86_400_000,
    days,
    clock: ctx.clock,
    log: ctx.log,
  });
  try {
    await app.listen({ host, port });
  } catch (error) {
    throw new Fault(
      'refused',
      `${host}:${port}: ${(error as NodeJS.ErrnoException).code}; choose another address`,
      error,
    );
  }
  ctx.log.info('listening', { port: (app.server.address() as AddressInfo).port });
  while (!ctx.signal.aborted) {
    ctx.progress();
    await ctx.clock.sleep(lookMs, 'enrol', ctx.signal);
    // Its own certificate is renewed by hand and taken up without a restart: boxes that wait cannot be told.
    tls = takeUp(app.server as unknown as Server, tls, config.identity, ctx);
  }
  await app.close();
}

type ServerTls = ReturnType<typeof readServer>;

function takeUp(server: Server, present: ServerTls, folder: string, ctx: Running): ServerTls {
  try {
    const next = readServer(folder);
    if (next.cert === present.cert) return present;
    server.setSecureContext(next);
    ctx.log.info('the next certificate of this service is in use');
    return next;
  } catch (error) {
    // Half copied, perhaps: the present one serves on.
    ctx.log.error('the certificate of this service cannot be taken up', { reason: (error as Error).message });
    return present;
  }
}

function readServer(folder: string): { readonly key: string; readonly cert: string } {
  const read = (name: string): string => {
    const file = path.join(folder, name);
    try {
      return readFileSync(file, 'utf8');
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      throw new Fault('config', `${file}: cannot be read (${code}); fieldpost pki server makes it`, error);
    }
  };
  return { key: read('server.key'), cert: read('server.crt') };
}
