/** What is done at the box: its key is made here and never leaves. Each gives the lines that a person reads. */
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { createFile, replaceFile } from '../../core/adapters/durable-file.ts';
import { identityIn } from '../../core/adapters/identity.files.ts';
import { renewOver } from '../../core/adapters/renewal.https.ts';
import { keyHashOf } from '../../core/evidence/key-hash.ts';
import { dueMs, isDue } from '../../core/pki/due.ts';
import { certificatesIn, factsOf, parseKey } from '../../core/pki/facts.ts';
import { makeKey, makeRequest } from '../../core/pki/issue.ts';
import { Fault } from '../../core/ports/fault.ts';
import { namePattern } from '../../core/wire/topics.ts';
import { layAuthority, readText } from './authority.ts';
import { fingerprint, until } from './words.ts';

const folderOf = (state: string): string => path.join(state, 'identity');

/**
 * Writes a request for the centre to sign, with the key that is there, or a new one. A new key beside an old one waits
 * until its certificate is installed: the box stays connected meanwhile.
 */
export async function request(state: string, name: string, newKey: boolean): Promise<readonly string[]> {
  if (!namePattern.test(name))
    throw new Fault(
      'config',
      `${JSON.stringify(name)}: must be small letters, digits and hyphens, 1 to 32 of them, as in firmware-configs/devices`,
    );
  const { files } = identityIn(folderOf(state));
  const file = newKey && existsSync(files.key) ? files.nextKey : files.key;
  if (newKey) await rm(files.nextKey, { force: true });
  if (!existsSync(file)) await createFile(file, makeKey(), 0o600);
  const key = parseKey(readText(file), file);
  const out = path.join(folderOf(state), 'device.csr');
  await replaceFile(out, await makeRequest(name, key), 0o644);
  return [
    `${out}: carry it to the centre, for example on a stick; it holds no secret`,
    `key ${fingerprint(keyHashOf(key))}: must be what fieldpost pki sign says there`,
    'at the centre: fieldpost pki sign device.csr --authority <folder> --out device.crt',
  ];
}

/** Puts the signed answer in its place; a ca.crt that is there already is replaced only when asked. */
export async function install(state: string, answer: string, replaceAuthority: boolean): Promise<readonly string[]> {
  const [certificate, authority] = certificatesIn(readText(answer));
  if (!certificate) throw new Fault('config', `${answer}: holds no certificate; must be what fieldpost pki sign wrote`);
  const store = identityIn(folderOf(state));
  if (authority) {
    const text = `${authority}\n`;
    if (replaceAuthority && existsSync(store.files.authority)) await replaceFile(store.files.authority, text, 0o644);
    else await layOrExplain(store.files.authority, text);
  }
  await store.install(`${certificate}\n`);
  return [`${store.files.certificate}: ${until(store.read().facts)}; the uplink takes it up at its next attempt`];
}

async function layOrExplain(file: string, text: string): Promise<void> {
  if (existsSync(file) && certificatesIn(readText(file)).includes(text.trim())) return;
  if (existsSync(file))
    throw new Fault(
      'refused',
      `${file}: is of another authority than the answer; a box that moves to another site: --replace-authority`,
    );
  await layAuthority(file, text);
}

/** The same as the uplink does by itself, now. */
export async function renewThere(state: string, service: string): Promise<readonly string[]> {
  const store = identityIn(folderOf(state));
  const answer = await renewOver(service, store, Date.now)();
  if (answer.outcome !== 'issued') throw new Fault('refused', answer.reason);
  await store.install(answer.certificate);
  return [`${store.files.certificate}: ${until(store.read().facts)}`];
}

/** One line a certificate, and whether any of them is due. */
export function show(
  folders: readonly string[],
  nowMs: number,
): { readonly lines: readonly string[]; readonly due: boolean } {
  const found = folders.flatMap((folder) =>
    ['ca.crt', 'device.crt', 'server.crt']
      .map((name) => path.join(folder, name))
      .filter((file) => existsSync(file))
      .flatMap((file) => certificatesIn(readText(file)).map((pem) => ({ file, facts: factsOf(pem, file) }))),
  );
  if (found.length === 0) throw new Fault('config', `${folders.join(', ')}: no ca.crt, device.crt or server.crt there`);
  return {
    lines: found.map(({ file, facts }) => {
      const state =
        facts.untilMs < nowMs
          ? 'EXPIRED'
          : isDue(facts, nowMs)
            ? 'renew now'
            : `renew from ${new Date(dueMs(facts)).toISOString().slice(0, 10)}`;
      return `${file}: ${until(facts)}; ${state}; key ${fingerprint(facts.keyHash)}`;
    }),
    due: found.some(({ facts }) => isDue(facts, nowMs)),
  };
}
