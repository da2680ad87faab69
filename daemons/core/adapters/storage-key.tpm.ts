/**
 * The key that encrypts what a box keeps, sealed by its TPM 2.0: the card alone does not tell it. Through tpm2-tools,
 * Debian's command line of the TCG's own stack; the secret goes through pipes only and is never on the disk unsealed.
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { link, mkdir, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import * as z from 'zod';
import { Fault, isFault } from '../ports/fault.ts';
import { masterKeyBytes } from '../spool/cipher.ts';

/** The kernel's resource manager: several daemons may ask at once. */
const device = '/dev/tpmrm0';
const patienceMs = 20_000;

/** What became of the key. Without one the box works on, and `message` says what that means and what to do. */
export type StorageKey =
  | { readonly state: 'sealed'; readonly key: Uint8Array; readonly message: string }
  | { readonly state: 'no-tpm' | 'locked'; readonly key: null; readonly message: string };

export interface TpmOptions {
  /** Folder of the sealed key, `identity` in the box's state. */
  readonly folder: string;
  /** How tpm2-tools reach the TPM, for example `device:/dev/tpmrm0`; that device where it exists if absent. */
  readonly tcti?: string | undefined;
}

const shape = z.strictObject({ v: z.literal(1), public: z.base64(), private: z.base64() });
type SealedKey = z.infer<typeof shape>;

/** Unseals the box's storage key; makes and seals one at the first start of a box with a TPM. Never throws for the world. */
export async function openStorageKey({ folder, tcti }: TpmOptions): Promise<StorageKey> {
  const file = path.join(folder, 'storage-key.json');
  const reach = tcti ?? (existsSync(device) ? `device:${device}` : null);
  if (reach === null && !existsSync(file))
    return {
      state: 'no-tpm',
      key: null,
      message: 'this box has no TPM: what it keeps is not encrypted, and whoever has its card can read it',
    };
  try {
    if (reach === null) throw new Fault('absent', `the TPM (${device}) is gone`);
    const sealed = (await readSealed(file)) ?? (await makeSealed(file, reach));
    const key = await unseal(sealed, reach);
    return {
      state: 'sealed',
      key,
      message: `what the box keeps is encrypted; the key is sealed by its TPM in ${file}`,
    };
  } catch (error) {
    if (!isFault(error)) throw error;
    return {
      state: 'locked',
      key: null,
      message: `${error.message}; what was encrypted stays as it is and cannot be delivered until this TPM answers with ${file}; what is kept from here on is not encrypted`,
    };
  }
}

async function readSealed(file: string): Promise<SealedKey | null> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new Fault('refused', `${file}: cannot be read (${(error as Error).message})`, error);
  }
  try {
    return shape.parse(JSON.parse(text));
  } catch (error) {
    throw new Fault('refused', `${file}: is not a sealed key; put the box's own copy back`, error);
  }
}

/** Makes a key. When another daemon of the box was quicker, its key stands. */
async function makeSealed(file: string, reach: string): Promise<SealedKey> {
  const made = await inParent(reach, async (folder, tool) => {
    const [pub, priv] = [path.join(folder, 'public'), path.join(folder, 'private')];
    await tool('tpm2_create', ['-C', 'parent', '-i', '-', '-u', pub, '-r', priv], randomBytes(masterKeyBytes));
    const base64 = async (name: string): Promise<string> => (await readFile(name)).toString('base64');
    return { v: 1 as const, public: await base64(pub), private: await base64(priv) };
  });
  const next = `${file}.${process.pid}`;
  try {
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    const handle = await open(next, 'w', 0o600);
    await handle.writeFile(`${JSON.stringify(made)}\n`);
    await handle.sync();
    await handle.close();
    await link(next, file);
    return made;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST')
      throw new Fault('refused', `${file}: cannot be written (${(error as Error).message})`, error);
    return (await readSealed(file)) ?? made;
  } finally {
    await rm(next, { force: true });
  }
}

const unseal = (sealed: SealedKey, reach: string): Promise<Uint8Array> =>
  inParent(reach, async (folder, tool) => {
    const [pub, priv] = [path.join(folder, 'public'), path.join(folder, 'private')];
    await writeFile(pub, Buffer.from(sealed.public, 'base64'));
    await writeFile(priv, Buffer.from(sealed.private, 'base64'));
    await tool('tpm2_load', ['-Q', '-C', 'parent', '-u', pub, '-r', priv, '-c', 'key']);
    const key = await tool('tpm2_unseal', ['-Q', '-c', 'key']);
    if (key.length !== masterKeyBytes)
      throw new Fault('refused', `the TPM gave a key of ${key.length} bytes; must be ${masterKeyBytes}`);
    return new Uint8Array(key);
  });

type Tool = (name: string, args: readonly string[], input?: Uint8Array) => Promise<Buffer>;

/**
 * Runs `work` with the storage parent loaded: the same primary key each time, as the TPM derives it from its own seed.
 * Objects are flushed before each command, because a TPM without a resource manager has room for three.
 */
async function inParent<T>(reach: string, work: (folder: string, tool: Tool) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'fieldpost-tpm-'));
  const tool: Tool = async (name, args, input) => {
    const out = await run(reach, folder, { name, args, ...(input ? { input } : {}) });
    await run(reach, folder, { name: 'tpm2_flushcontext', args: ['-t'] });
    return out;
  };
  try {
    await tool('tpm2_createprimary', ['-Q', '-C', 'o', '-g', 'sha256', '-G', 'ecc256:aes128cfb', '-c', 'parent']);
    return await work(folder, tool);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Command {
  readonly name: string;
  readonly args: readonly string[];
  readonly input?: Uint8Array;
}

function run(reach: string, cwd: string, { name, args, input }: Command): Promise<Buffer> {
  const child = spawn(name, args, {
    cwd,
    env: { ...process.env, TPM2TOOLS_TCTI: reach },
    stdio: 'pipe',
    timeout: patienceMs,
  });
  const [out, said]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (bytes: Buffer) => out.push(bytes));
  child.stderr.on('data', (bytes: Buffer) => said.push(bytes));
  // A program that ended before it read its input says why by its exit code.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.on('error', (error) =>
      reject(new Fault('absent', `${name} cannot be run (Debian: apt-get install tpm2-tools)`, error)),
    );
    child.on('close', (code) => {
      if (code === 0) return resolve(Buffer.concat(out));
      const last = Buffer.concat(said).toString('utf8').trim().split('\n').at(-1) ?? '';
      return reject(new Fault('refused', `the TPM at ${reach} refused ${name}: ${last || `code ${code}`}`));
    });
  });
}
