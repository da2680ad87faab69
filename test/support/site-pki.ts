/** A site's certificates for tests: every file a box, a broker and a renewal service would have. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseKey } from '../../daemons/core/pki/facts.ts';
import { issue, makeAuthority, makeKey } from '../../daemons/core/pki/issue.ts';

export const dayMs = 86_400_000;

export interface SitePki {
  /** Holds ca.key and ca.crt. */
  readonly folder: string;
  readonly authority: string;
  /** An identity folder of a box: device.key, device.crt, ca.crt. Days relative to now. */
  device(folder: string, name: string, days?: readonly [number, number]): Promise<string>;
  /** A folder with server.key, server.crt and ca.crt. */
  server(folder: string, hosts?: readonly string[], days?: readonly [number, number]): Promise<string>;
}

const around = ([from, until]: readonly [number, number]) => ({
  fromMs: Date.now() + from * dayMs,
  untilMs: Date.now() + until * dayMs,
});

export async function sitePki(folder: string, site = 'north'): Promise<SitePki> {
  const keyPem = makeKey();
  const key = parseKey(keyPem, 'ca.key');
  const authority = await makeAuthority(site, key, around([-1000, 7000]));
  put(folder, 'ca.key', keyPem);
  put(folder, 'ca.crt', authority);
  const lay = async (to: string, name: string, hosts: readonly string[] | null, days: readonly [number, number]) => {
    const pem = makeKey();
    const subject = { name, key: parseKey(pem, name), ...(hosts ? { hosts } : {}) };
    const kind = hosts ? 'server' : 'device';
    put(to, `${kind}.key`, pem);
    put(to, `${kind}.crt`, await issue({ certificate: authority, key }, subject, around(days)));
    put(to, 'ca.crt', authority);
    return to;
  };
  return {
    folder,
    authority,
    device: (to, name, days = [-1, 100]) => lay(to, name, null, days),
    server: (to, hosts = ['localhost', '127.0.0.1'], days = [-1, 100]) => lay(to, hosts[0] ?? 'server', hosts, days),
  };
}

export function put(folder: string, name: string, text: string): void {
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, name);
  writeFileSync(file, text);
  chmodSync(file, name.endsWith('.key') ? 0o600 : 0o644);
}
