import { createPublicKey, type KeyObject } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { keyHashOf } from '../evidence/key-hash.ts';
import { factsOf, parseKey } from '../pki/facts.ts';
import { type Authority, issue, makeAuthority, makeKey, makeRevocations } from '../pki/issue.ts';
import type { SiteAuthority } from '../ports/authority.ts';
import { Fault } from '../ports/fault.ts';
import { createFile, replaceFile } from './durable-file.ts';

const dayMs = 86_400_000;

/** An authority kept in a folder: ca.key (0600), ca.crt, issued.jsonl, denied.txt, approved.txt and denied.crl. */
export interface AuthorityFolder extends SiteAuthority {
  /** Lets a lapsed certificate of this name be renewed for so many days. */
  approve(name: string, days: number): Promise<void>;
}

/** Makes the authority of a site. Errors: Fault `refused` where there is one already; a key is never overwritten. */
export async function createAuthority(folder: string, site: string, days: number): Promise<void> {
  const pem = makeKey();
  const nowMs = Date.now();
  const certificate = await makeAuthority(site, parseKey(pem, 'ca.key'), {
    fromMs: nowMs - dayMs,
    untilMs: nowMs + days * dayMs,
  });
  await createFile(path.join(folder, 'ca.key'), pem, 0o600);
  await createFile(path.join(folder, 'ca.crt'), certificate, 0o644);
  const { key } = openKey(folder);
  await createFile(path.join(folder, 'denied.crl'), await makeRevocations({ certificate, key }, [], nowMs), 0o644);
}

/** Errors: Fault `config` when the folder holds no authority, or others can read its key. */
export function openAuthority(folder: string): AuthorityFolder {
  const authority = openKey(folder);
  const file = (name: string): string => path.join(folder, name);
  const denied = (): readonly string[] => lines(file('denied.txt')).map(([serial = '']) => serial);
  return {
    certificate: authority.certificate,
    issue: async ({ name, publicKey, hosts }, days) => {
      const nowMs = Date.now();
      // A box's clock may be a little behind: it must not think that its certificate is of tomorrow.
      const validity = { fromMs: nowMs - dayMs, untilMs: nowMs + days * dayMs };
      const subject = { name, key: createPublicKey(publicKey), ...(hosts ? { hosts } : {}) };
      const certificate = await issue(authority, subject, validity);
      const { serial, untilMs } = factsOf(certificate, 'issued');
      await addLine(
        file('issued.jsonl'),
        JSON.stringify({ serial, name, until: new Date(untilMs).toISOString(), at: new Date(nowMs).toISOString() }),
      );
      return certificate;
    },
    isDenied: (serial) => denied().includes(serial),
    revocations: () => mustRead(file('denied.crl')),
    approvedUntil: (name) => {
      const until = lines(file('approved.txt'))
        .filter(([who]) => who === name)
        .map(([, when = '']) => Date.parse(when));
      const latest = Math.max(...until.filter(Number.isFinite));
      return Number.isFinite(latest) ? latest : null;
    },
    live: (name, nowMs) => {
      const gone = denied();
      return issuedTo(file('issued.jsonl'), name).filter(
        ({ serial, untilMs }) => !gone.includes(serial) && !(untilMs < nowMs),
      ).length;
    },
    deny: async (name, why) => {
      const gone = denied();
      const serials = issuedTo(file('issued.jsonl'), name)
        .map(({ serial }) => serial)
        .filter((serial) => !gone.includes(serial));
      const at = new Date().toISOString();
      for (const serial of serials)
        await addLine(file('denied.txt'), `${serial} ${name} ${at} ${why.replace(/\s+/g, ' ')}`);
      await replaceFile(file('denied.crl'), await makeRevocations(authority, denied(), Date.now()), 0o644);
      return serials.length;
    },
    approve: (name, days) =>
      addLine(file('approved.txt'), `${name} ${new Date(Date.now() + days * dayMs).toISOString()}`),
  };
}

function openKey(folder: string): Authority {
  const files = { key: path.join(folder, 'ca.key'), certificate: path.join(folder, 'ca.crt') };
  const [pem, certificate] = [files.key, files.certificate].map(mustRead) as [string, string];
  if ((statSync(files.key).mode & 0o077) !== 0)
    throw new Fault(
      'config',
      `${files.key}: others can read it; must be of mode 0600 (chmod 600): it can make a certificate for anybody`,
    );
  const key: KeyObject = parseKey(pem, files.key);
  if (keyHashOf(key) !== factsOf(certificate, files.certificate).keyHash)
    throw new Fault('config', `${files.certificate}: does not belong to ${files.key}`);
  return { certificate, key };
}

function mustRead(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Fault(
      'config',
      `${file}: cannot be read (${code}); a site's authority is made by fieldpost pki init`,
      error,
    );
  }
}

/** The words of each line; a file that is not there has none. */
function lines(file: string): readonly (readonly string[])[] {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line.trim() !== '' && !line.startsWith('#'))
      .map((line) => line.trim().split(/\s+/));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new Fault('config', `${file}: cannot be read (${(error as NodeJS.ErrnoException).code})`, error);
  }
}

/** `untilMs` is NaN where an old line does not say it. */
function issuedTo(file: string, name: string): readonly { readonly serial: string; readonly untilMs: number }[] {
  return lines(file).flatMap((words) => {
    try {
      const entry = JSON.parse(words.join(' ')) as { serial?: string; name?: string; until?: string };
      return entry.name === name && entry.serial
        ? [{ serial: entry.serial, untilMs: Date.parse(entry.until ?? '') }]
        : [];
    } catch {
      // A torn last line after a power cut: its certificate was never given out.
      return [];
    }
  });
}

/** Appends a line and flushes it. Errors: Fault `refused`. */
export async function addLine(file: string, text: string, mode = 0o644): Promise<void> {
  try {
    const handle = await open(file, 'a', mode);
    try {
      await handle.writeFile(`${text}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw new Fault(
      'refused',
      `${file}: cannot be written (${(error as NodeJS.ErrnoException).code}); nothing was issued or changed`,
      error,
    );
  }
}
