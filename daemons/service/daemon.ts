/** `fieldpost local-page`: the technician's wizard as a page for a phone on the box's own link. */
import { readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { connectControl } from '../core/adapters/control.unix.ts';
import { askLine } from '../core/adapters/lines.unix.ts';
import type { Running } from '../core/daemon/running.ts';
import { Fault } from '../core/ports/fault.ts';
import { longestPreviewReply } from '../core/procedure/preview-link.ts';
import { doorkeeper, type Pairing, pairing } from './pairing.ts';
import { openPhone, type Phone } from './phone.ts';
import { cameraBehind } from './preview.ts';
import { buildLocalPage } from './server.ts';
import { buildPage } from './web/build.ts';

export interface LocalPageConfig {
  /** The box's state folder: the control link and the pairing code are in it. */
  readonly state: string;
  /** Folder with server.key and server.crt, by the organisation's authority: fieldpost pki server. */
  readonly identity: string;
  readonly host: string;
  readonly port: number;
}

const beatMs = 3000;

/** Errors: Fault `config` without a certificate, `refused` when the port is taken. */
export async function localPageLine(config: LocalPageConfig, { clock, signal, log, progress }: Running): Promise<void> {
  const { state, identity, host, port } = config;
  const nowMs = (): number => clock.now().monoNs / 1e6;
  const phones = new Map<string, Phone>();
  const file = path.join(state, 'pairing.json');
  const app = buildLocalPage({
    tls: { key: readText(identity, 'server.key'), cert: readText(identity, 'server.crt') },
    page: await buildPage(),
    door: doorkeeper({
      nowMs: () => clock.now().wallMs,
      read: () => readPairing(file),
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
    log,
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
  log.info('listening', { port: (app.server.address() as AddressInfo).port });
  while (!signal.aborted) {
    progress();
    for (const phone of phones.values()) phone.tick();
    await clock.sleep(beatMs, 'phones', signal);
  }
  for (const phone of phones.values()) phone.close();
  await app.close();
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

/** A file that is not there, or not whole, is no code. */
function readPairing(file: string): Pairing | null {
  try {
    return pairing.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data ?? null;
  } catch {
    return null;
  }
}
