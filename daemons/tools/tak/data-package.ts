/** `fieldpost tak-package`: a file by which a TAK client knows its server and has its certificate. */
import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { replaceFile } from '../../core/adapters/durable-file.ts';
import { identityIn } from '../../core/adapters/identity.files.ts';
import { manifestText, packageFiles, preferencesText } from '../../core/cot/data-package.ts';
import { Fault } from '../../core/ports/fault.ts';

export interface TakPackageOptions {
  /** host:port of the TAK server. */
  readonly server: string;
  /** Folder of device.key, device.crt and ca.crt: what `fieldpost pki device` makes. */
  readonly identity: string;
  /** A new file. */
  readonly out: string;
}

/** Letters that a person can read off a screen and type with gloves: 90 bits of chance. */
const letters = 'abcdefghjkmnpqrstuvwxyz23456789';
const password = (): string => Array.from(randomBytes(18), (byte) => letters[byte % letters.length]).join('');

/** What was made, in lines for the person: the only place where the passwords are shown. Errors: Fault `config`, `absent`. */
export async function takPackage({ server, identity, out }: TakPackageOptions): Promise<readonly string[]> {
  const { host, port } = addressIn(server);
  if (existsSync(out)) throw new Fault('config', `--out ${out} is there already; must be a new file. Nothing was made`);
  const own = identityIn(identity).read();
  const { files } = identityIn(identity);
  const [trustPassword, clientPassword] = [password(), password()];
  const name = path.basename(out).replace(/\.[^.]*$/, '');
  const [trust, client] = await Promise.all([
    pkcs12(['-nokeys', '-in', files.authority, '-name', 'ca'], trustPassword),
    pkcs12(
      ['-inkey', files.key, '-in', files.certificate, '-certfile', files.authority, '-name', name],
      clientPassword,
    ),
  ]);
  const preferences = preferencesText({ host, port, name: `Fieldpost ${host}`, trustPassword, clientPassword });
  const uid = createHash('sha256').update(`${server} ${own.certificate}`).digest('hex').slice(0, 32);
  const { manifest, ...held } = packageFiles;
  const { zipSync, strToU8 } = await import('fflate');
  const zip = zipSync({
    [manifest]: strToU8(manifestText(uid, name, Object.values(held))),
    [held.preferences]: strToU8(preferences),
    [held.trust]: trust,
    [held.client]: client,
  });
  await replaceFile(out, Buffer.from(zip), 0o600);
  return [
    `${out}: for one client of ${host}:${port}, until ${new Date(own.facts.untilMs).toISOString().slice(0, 10)}`,
    `password of its key: ${clientPassword}`,
    `password of the authority's certificate: ${trustPassword}`,
    'Shown once, and in the package too: whoever has the file is that client. Bring it like a key, and delete it when it was imported.',
  ];
}

function addressIn(server: string): { readonly host: string; readonly port: number } {
  const [, name, other, text] = /^(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9.-]+)):(\d{1,5})$/.exec(server) ?? [];
  const port = Number(text);
  const host = name ?? other;
  if (host === undefined || port < 1 || port > 65_535)
    throw new Fault('config', `--server ${server}: must be HOST:PORT, such as tak.example:8089`);
  return { host, port };
}

const run = promisify(execFile);

/**
 * By openssl: PKCS #12 with the older ciphers, which every Android that ATAK runs on reads, and which keep a password's secret no longer than
 * the package itself does. The password goes by the environment: arguments are seen by all users of a machine.
 */
async function pkcs12(what: readonly string[], secret: string): Promise<Uint8Array> {
  const older = ['-keypbe', 'PBE-SHA1-3DES', '-certpbe', 'PBE-SHA1-3DES', '-macalg', 'sha1'];
  try {
    const { stdout } = await run('openssl', ['pkcs12', '-export', ...what, ...older, '-passout', 'env:SECRET'], {
      ...{ encoding: 'buffer', env: { PATH: process.env.PATH ?? '', SECRET: secret }, timeout: 20_000 },
    });
    return stdout;
  } catch (error) {
    const { code, stderr } = error as { code?: string | number; stderr?: Buffer };
    if (code === 'ENOENT')
      throw new Fault('absent', 'openssl is not on this machine; apt-get install openssl. Nothing was made', error);
    throw new Fault(
      'config',
      `openssl makes no PKCS #12 of it: ${String(stderr ?? error).split('\n')[0]}. Nothing was made`,
      error,
    );
  }
}
