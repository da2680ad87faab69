/** What is done at the centre, where the authority's key is. Each gives the lines that a person reads. */
import { createPublicKey } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createAuthority, openAuthority } from '../../core/adapters/authority.files.ts';
import { claimsIn } from '../../core/adapters/claims.files.ts';
import { createFile, replaceFile } from '../../core/adapters/durable-file.ts';
import { keyHashOf } from '../../core/evidence/key-hash.ts';
import { factsOf, parseKey } from '../../core/pki/facts.ts';
import { makeKey, readRequest } from '../../core/pki/issue.ts';
import { programName } from '../../core/pki/program-name.ts';
import { Fault } from '../../core/ports/fault.ts';
import { namePattern } from '../../core/wire/topics.ts';
import { fingerprint, until } from './words.ts';

export async function init(folder: string, site: string, days: number): Promise<readonly string[]> {
  checkName(site);
  await createAuthority(folder, site, days);
  const { certificate } = openAuthority(folder);
  return [
    `${path.join(folder, 'ca.crt')}: ${until(factsOf(certificate, 'ca.crt'))}; every box and server of ${site} gets it`,
    `${path.join(folder, 'ca.key')}: whoever has it can be any box: keep this folder on one machine and a copy of it in a safe`,
  ];
}

/** Signs the request that a box made. The answer holds the site's ca.crt too: one file goes back. */
export async function sign(authority: string, request: string, out: string, days: number): Promise<readonly string[]> {
  const site = openAuthority(authority);
  const { name, key } = await readRequest(readText(request));
  if (programName.test(name))
    throw new Fault(
      'refused',
      `${request}: asks for the name ${name}, which belongs to a program of the centre; a box needs another name`,
    );
  const publicKey = key.export({ type: 'spki', format: 'pem' }) as string;
  const certificate = await site.issue({ name, publicKey }, days);
  await createFile(out, certificate + site.certificate, 0o644);
  return [
    `${out}: ${until(factsOf(certificate, out))}`,
    `key ${fingerprint(keyHashOf(key))}: must be what fieldpost pki request said at the box`,
    `on the box: fieldpost pki install ${path.basename(out)} --state <folder>`,
  ];
}

export interface Making {
  readonly authority: string;
  readonly out: string;
  readonly days: number;
}

/** An identity folder for a program of the centre, or for a bench: the key is made here. */
export async function device(name: string, { authority, out, days }: Making): Promise<readonly string[]> {
  checkName(name);
  return lay({ name, kind: 'device' }, { authority, out, days });
}

/** A folder with server.key, server.crt and ca.crt for a broker or the renewal service. */
export async function server(hosts: readonly string[], making: Making): Promise<readonly string[]> {
  const [name] = hosts;
  if (name === undefined)
    throw new Fault('config', '--host: is missing; must be a name or address that clients connect to');
  return lay({ name, kind: 'server', hosts }, making);
}

async function lay(
  who: { readonly name: string; readonly kind: 'device' | 'server'; readonly hosts?: readonly string[] },
  { authority, out, days }: Making,
): Promise<readonly string[]> {
  const site = openAuthority(authority);
  const files = { key: path.join(out, `${who.kind}.key`), certificate: path.join(out, `${who.kind}.crt`) };
  const pem = makeKey();
  await createFile(files.key, pem, 0o600);
  const certificate = await site.issue({ ...who, publicKey: publicHalf(pem, files.key) }, days);
  await createFile(files.certificate, certificate, 0o644);
  await layAuthority(path.join(out, 'ca.crt'), site.certificate);
  return [
    `${files.certificate}: ${until(factsOf(certificate, files.certificate))}`,
    `${files.key}: of mode 0600; it stays where it is used`,
  ];
}

/** The next certificate for a folder at the centre, for the same key and the same names. */
export async function renewHere(folder: string, authority: string, days: number): Promise<readonly string[]> {
  const site = openAuthority(authority);
  const kind = ['server', 'device'].find((one) => existsSync(path.join(folder, `${one}.crt`)));
  if (!kind) throw new Fault('config', `${folder}: holds no server.crt and no device.crt; nothing to renew`);
  const file = path.join(folder, `${kind}.crt`);
  const keyFile = path.join(folder, `${kind}.key`);
  const { name, hosts } = factsOf(readText(file), file);
  const publicKey = publicHalf(readText(keyFile), keyFile);
  const certificate = await site.issue({ name, publicKey, ...(kind === 'server' ? { hosts } : {}) }, days);
  await replaceFile(file, certificate, 0o644);
  return [
    `${file}: ${until(factsOf(certificate, file))}; the one before is ${file}.last-good`,
    'a broker takes it up when it is reloaded',
  ];
}

export async function deny(authority: string, name: string, why: string): Promise<readonly string[]> {
  const count = await openAuthority(authority).deny(name, why);
  const tokens = await claimsIn(authority).withdraw(name, Date.now(), { but: null });
  const withdrawn = tokens > 0 ? [`${name}: ${tokens} of its tokens withdrawn; none gets it back`] : [];
  if (count === 0) return [`${name}: no certificate that is not denied already`, ...withdrawn];
  return [
    `${name}: ${count} certificates are denied; the renewal service knows it at once`,
    ...withdrawn,
    'a broker with fieldpost pki tend cuts its session within a minute',
    `any other: copy ${path.join(authority, 'denied.crl')} to it and restart it; until then the box stays connected`,
  ];
}

export async function approve(authority: string, name: string, days: number): Promise<readonly string[]> {
  checkName(name);
  await openAuthority(authority).approve(name, days);
  return [
    `${name}: its expired certificate may be renewed for ${days} days; the box asks again by itself within ten minutes`,
  ];
}

const publicHalf = (pem: string, file: string): string =>
  createPublicKey(parseKey(pem, file)).export({ type: 'spki', format: 'pem' }) as string;

/** The same ca.crt may be there from before; another one is never overwritten. */
export async function layAuthority(file: string, certificate: string): Promise<void> {
  if (existsSync(file) && readText(file) === certificate) return;
  await createFile(file, certificate, 0o644);
}

function checkName(name: string): void {
  if (!namePattern.test(name))
    throw new Fault('config', `${JSON.stringify(name)}: must be small letters, digits and hyphens, 1 to 32 of them`);
}

export function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new Fault('config', `${file}: cannot be read (${(error as NodeJS.ErrnoException).code})`, error);
  }
}
