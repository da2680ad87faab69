/**
 * `fieldpost pki tend`: beside a broker or a program of the centre, renews its certificate before it ends and brings the newest list of
 * denied certificates. A broker is restarted for a new list, not reloaded: a session that lives, and a TLS session that is
 * resumed with a ticket, are not held against a list that was merely read again.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { askOver } from '../../core/adapters/ask.https.ts';
import { openAuthority } from '../../core/adapters/authority.files.ts';
import { replaceFile } from '../../core/adapters/durable-file.ts';
import { identityIn } from '../../core/adapters/identity.files.ts';
import { renewOver } from '../../core/adapters/renewal.https.ts';
import type { Running } from '../../core/daemon/running.ts';
import { isDue } from '../../core/pki/due.ts';
import { certificatesIn, factsOf } from '../../core/pki/facts.ts';
import { isNews, readRevocations } from '../../core/pki/revocations.ts';
import { Fault, isFault } from '../../core/ports/fault.ts';
import { deniedPath } from '../../core/wire/claim.ts';
import { readText, renewHere } from './authority.ts';

export interface TendConfig {
  /** Each with server.crt or device.crt and ca.crt; that of a broker with denied.crl too. */
  readonly folders: readonly string[];
  /** The authority's folder, where it is on this machine, or https://host:port of fieldpost enrol. */
  readonly from: { readonly authority: string } | { readonly service: string };
  /** Shell command after which a broker has taken up what changed; null: a person does it. */
  readonly restart: string | null;
  readonly everyMs: number;
  /** Life of what is renewed from the authority's folder. */
  readonly days: number;
}

interface Source {
  revocations(folder: string): Promise<string>;
  /** Renews what is due there. Errors: Fault. */
  renew(folder: string, kind: Kind): Promise<void>;
}

const kinds = ['server', 'device'] as const;
type Kind = (typeof kinds)[number];

const commandMs = 120_000;

export async function tendLine(config: TendConfig, ctx: Running): Promise<void> {
  const { folders, everyMs } = config;
  const source = 'service' in config.from ? over(config.from.service) : at(config.from.authority, config.days);
  const said = new Map<string, string>();
  /** A fault is logged when it comes and when it is another one, and once when it is over. */
  const guarded = async (what: string, work: () => Promise<void>): Promise<void> => {
    const reason = await work().then(
      () => null,
      (error: unknown) => {
        if (!isFault(error)) throw error;
        return error.message;
      },
    );
    if (reason === (said.get(what) ?? null)) return;
    if (reason === null) {
      said.delete(what);
      ctx.log.info(`${what}: goes on`);
      return;
    }
    said.set(what, reason);
    ctx.log.error(`${what}: comes to nothing; it is tried again`, { reason });
  };
  ctx.log.info('tending', { folders: folders.join(', '), everyS: everyMs / 1000 });
  while (!ctx.signal.aborted) {
    for (const folder of folders) {
      await guarded(`deny list in ${folder}`, () => freshenList(folder, source, ctx));
      await guarded(`certificate in ${folder}`, () => renewDue(folder, source, ctx));
      await guarded(`restart for ${folder}`, () => restart(folder, config.restart, ctx));
      ctx.progress();
    }
    await ctx.clock.sleep(everyMs, 'tend', ctx.signal);
  }
}

const markOf = (folder: string): string => path.join(folder, 'restart-due');

/** Before what changes, so that an end of this program in between forgets no restart. */
const mark = (folder: string, why: string): Promise<void> => writeFile(markOf(folder), `${why}\n`);

async function freshenList(folder: string, source: Source, { log }: Running): Promise<void> {
  const file = path.join(folder, 'denied.crl');
  if (!existsSync(file)) return;
  const text = await source.revocations(folder);
  const authority = readText(path.join(folder, 'ca.crt'));
  const next = readRevocations(text, authority, 'the list of the centre');
  const present = presentIn(file, authority);
  if (!isNews(present, next, 'the list of the centre')) return;
  const count = next.length - (present?.length ?? 0);
  await mark(folder, `${count} more certificates are denied`);
  await replaceFile(file, text, 0o644);
  log.warn('more certificates are denied', { file, count });
}

/** Null where what lies there is no list: it was cut short, and the broker did not start with it. */
function presentIn(file: string, authority: string): readonly string[] | null {
  try {
    return readRevocations(readText(file), authority, file);
  } catch (error) {
    if (!isFault(error)) throw error;
    return null;
  }
}

async function renewDue(folder: string, source: Source, { log }: Running): Promise<void> {
  for (const kind of kinds) {
    const file = path.join(folder, `${kind}.crt`);
    if (!existsSync(file) || !isDue(factsOf(readText(file), file), Date.now())) continue;
    // A program of the centre reads its own at each connection; a broker at its start.
    if (kind === 'server') await mark(folder, 'the certificate was renewed');
    await source.renew(folder, kind);
    log.info('certificate renewed', { file, until: new Date(factsOf(readText(file), file).untilMs).toISOString() });
  }
}

async function restart(folder: string, command: string | null, { log }: Running): Promise<void> {
  const file = markOf(folder);
  if (!existsSync(file)) return;
  const why = readText(file).trim();
  if (command === null)
    throw new Fault('config', `${why}, and no --restart was given: restart what uses ${folder}, then remove ${file}`);
  await new Promise<void>((resolve, reject) => {
    execFile('/bin/sh', ['-c', command], { timeout: commandMs }, (error, _out, err) => {
      if (error) reject(new Fault('refused', `${command}: ${error.message.trim()} ${err.trim()}`.trim(), error));
      else resolve();
    });
  });
  await rm(file, { force: true });
  log.info('restarted', { command, why });
}

const at = (folder: string, days: number): Source => ({
  revocations: async () => openAuthority(folder).revocations(),
  renew: async (identity) => void (await renewHere(identity, folder, days)),
});

const over = (service: string): Source => ({
  revocations: async (folder) => {
    const file = path.join(folder, 'ca.crt');
    const authority = readText(file);
    const facts = certificatesIn(authority).map((pem) => factsOf(pem, file));
    const { status, text } = await askOver({
      ...{ peer: `the renewal service ${service}`, url: new URL(deniedPath, service), authority, body: null },
      parties: () => ({ nowMs: Date.now(), own: null, authority: { file, facts } }),
    });
    if (status === 200) return text;
    throw new Fault('absent', `the renewal service ${service}: answered ${status}; is this fieldpost enrol?`);
  },
  renew: async (folder, kind) => {
    if (kind === 'server')
      throw new Fault(
        'config',
        `${path.join(folder, 'server.crt')}: is due, and servers are renewed where the authority is: fieldpost pki renew, or tend with --authority there`,
      );
    const store = identityIn(folder);
    const answer = await renewOver(service, store)();
    if (answer.outcome !== 'issued') throw new Fault('refused', answer.reason);
    await store.install(answer.certificate);
  },
});
