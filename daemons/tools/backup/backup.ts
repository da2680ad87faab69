/** `fieldpost backup` and `fieldpost restore`: the centre's database, its authority and its keys, in one file that a passphrase opens. */
import { execFile } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
} from 'node:fs';
import { mkdir, open, rename } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { DatabaseSync } from 'node:sqlite';
import { isPostgresUrl } from '../../core/adapters/postgres.url.ts';
import { openSealed, sealFile } from '../../core/adapters/sealed-file.ts';
import { Fault } from '../../core/ports/fault.ts';
import { type Entry, read, type Source, written } from './parts.ts';

export interface BackupAsked {
  /** The central store: a file, or postgres://. Absent: none. */
  readonly records?: string;
  /** Each under its own name: the authority, keys of releases, identities of brokers and programs. */
  readonly folders: readonly string[];
  readonly passphrase: string;
}

const dumpName = 'records.pgdump';
const recordsName = 'records.db';
/** A dump of some hundred gigabytes takes hours. */
const dumpMs = 24 * 3_600_000;

/** Lines for a person. Errors: Fault `config` for what was named wrongly, `refused` for what the disk or a program refuses. */
export async function backup(out: string, { records, folders, passphrase }: BackupAsked): Promise<readonly string[]> {
  checkPassphrase(passphrase);
  if (existsSync(out)) throw new Fault('refused', `${out}: is there already and is never overwritten`);
  const names = folders.map((folder) => path.basename(path.resolve(folder)));
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined)
    throw new Fault('config', `--folder: two folders are called ${twice}; each needs a name of its own`);
  if (records === undefined && folders.length === 0)
    throw new Fault('config', 'nothing to back up: give --records or --folder');
  // Beside the backup: a database may be larger than what fits elsewhere, and this place is for secrets.
  const work = mkdtempSync(path.join(path.dirname(path.resolve(out)), '.backup-'));
  try {
    const sources: Source[] = [];
    for (const [i, folder] of folders.entries()) sources.push(...filesOf(folder, names[i] ?? '', work));
    if (records !== undefined) sources.push(await snapshotOf(records, work), ...sealKeyBeside(records));
    await sealFile(`${out}.part`, passphrase, written(sources)).catch((error: unknown) => {
      rmSync(`${out}.part`, { force: true });
      throw error;
    });
    await rename(`${out}.part`, out);
    const bytes = sources.reduce((sum, { size }) => sum + size, 0);
    return [
      `${out}: ${sources.length} files, ${bytes} bytes; opened by its passphrase alone: keep that elsewhere`,
      'without it nothing of this can be had again, and with it anybody can be this site',
    ];
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

export interface RestoreAsked {
  /** A new folder; every folder of the backup under its name, and records.db. */
  readonly into: string;
  /** postgres:// of an empty database, for a backup of one. */
  readonly records?: string;
  readonly passphrase: string;
}

/** Errors: as `backup`; nothing that is there is ever overwritten, and a backup that is not whole leaves nothing. */
export async function restore(file: string, { into, records, passphrase }: RestoreAsked): Promise<readonly string[]> {
  if (existsSync(into))
    throw new Fault('refused', `${into}: is there already and is never overwritten; name a new folder`);
  const work = `${into}.part`;
  rmSync(work, { recursive: true, force: true });
  await mkdir(work, { recursive: true, mode: 0o700 });
  try {
    const found: Entry[] = [];
    await read(openSealed(file, passphrase), async (entry) => {
      found.push(entry);
      const where = path.join(work, entry.path);
      await mkdir(path.dirname(where), { recursive: true, mode: 0o700 });
      const handle = await open(where, 'wx', entry.mode);
      return {
        write: async (bytes) => void (await handle.writeFile(bytes)),
        end: async () => {
          await handle.sync();
          await handle.close();
        },
      };
    });
    const isDump = found.some((one) => one.path === dumpName);
    if (isDump && records === undefined)
      throw new Fault(
        'config',
        `${file}: holds a PostgreSQL database; --records postgres://... names an empty one for it`,
      );
    if (isDump && records !== undefined)
      await onDatabase('pg_restore', records, [
        '--exit-on-error',
        '--no-owner',
        '--single-transaction',
        path.join(work, dumpName),
      ]);
    rmSync(path.join(work, dumpName), { force: true });
    await rename(work, into);
    return [
      `${into}: ${found.length} files${isDump ? ', and the database in its place' : ''}`,
      'what the centre confirmed to boxes after this backup was made is gone: the ledger finds the gaps and names them',
      'what was denied since must be denied again: brokers keep their own list meanwhile, and fieldpost pki tend says what is missing',
    ];
  } catch (error) {
    rmSync(work, { recursive: true, force: true });
    throw error;
  }
}

function checkPassphrase(passphrase: string): void {
  if (passphrase.length >= 12) return;
  throw new Fault('config', 'the passphrase is shorter than 12 characters; five words drawn by dice are a good one');
}

/** A passphrase from the first line of a file that nobody else reads. Errors: Fault `config`. */
export function passphraseIn(file: string): string {
  try {
    if ((statSync(file).mode & 0o077) !== 0)
      throw new Fault('config', `${file}: others can read it; must be of mode 0600 (chmod 600)`);
    return readFileSync(file, 'utf8').split('\n')[0] ?? '';
  } catch (error) {
    if (error instanceof Fault) throw error;
    throw new Fault('config', `${file}: cannot be read (${(error as NodeJS.ErrnoException).code})`, error);
  }
}

function filesOf(folder: string, name: string, work: string): readonly Source[] {
  if (!existsSync(folder)) throw new Fault('config', `${folder}: is not there`);
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((one) => one.isFile() && !/-(wal|shm)$/.test(one.name))
    .map((one) => path.join(one.parentPath, one.name))
    .toSorted()
    .map((file): Source => {
      const { mode } = statSync(file);
      const from = isSqlite(file) ? sqliteCopy(file, work) : file;
      return {
        path: path.join(name, path.relative(folder, file)),
        mode: mode & 0o777,
        size: statSync(from).size,
        from,
      };
    });
}

/** The first words of every SQLite file (https://sqlite.org/fileformat.html, 1.3.1). */
function isSqlite(file: string): boolean {
  const start = Buffer.alloc(15);
  const fd = openSync(file, 'r');
  readSync(fd, start, 0, start.length, 0);
  closeSync(fd);
  return start.toString('latin1') === 'SQLite format 3';
}

/** As it stands at one moment, with what is in its log; whoever writes to it goes on meanwhile. */
function sqliteCopy(file: string, work: string): string {
  const copy = path.join(work, `${readdirSync(work).length}.db`);
  const db = new DatabaseSync(file, { readOnly: true, timeout: 30_000 });
  try {
    db.prepare('VACUUM INTO ?').run(copy);
  } catch (error) {
    throw new Fault('refused', `${file}: cannot be copied (${(error as Error).message})`, error);
  } finally {
    db.close();
  }
  return copy;
}

async function snapshotOf(records: string, work: string): Promise<Source> {
  if (!isPostgresUrl(records)) {
    if (!existsSync(records)) throw new Fault('config', `${records}: is not there`);
    const from = sqliteCopy(records, work);
    return { path: recordsName, mode: 0o600, size: statSync(from).size, from };
  }
  const from = path.join(work, dumpName);
  await onDatabase('pg_dump', records, ['--format=custom', '--no-owner', '--no-privileges', `--file=${from}`]);
  return { path: dumpName, mode: 0o600, size: statSync(from).size, from };
}

/** The key of seals that a console made beside a SQLite store lies beside it again; one of PostgreSQL lies in a folder that is named. */
function sealKeyBeside(records: string): readonly Source[] {
  const from = `${records}.key`;
  if (isPostgresUrl(records) || !existsSync(from)) return [];
  return [{ path: `${recordsName}.key`, mode: 0o600, size: statSync(from).size, from }];
}

/**
 * A program of PostgreSQL on a database. The password of the address goes by its environment: arguments are seen by everybody on
 * the machine. Errors: Fault with the program's own words.
 */
function onDatabase(program: string, url: string, args: readonly string[]): Promise<void> {
  const [, before = '', password = '', after = ''] = /^(\w+:\/\/[^:@/?]*):([^@]*)(@.*)$/.exec(url) ?? [];
  const address = before === '' ? url : before + after;
  const env = password === '' ? process.env : { ...process.env, PGPASSWORD: decodeURIComponent(password) };
  return new Promise((resolve, reject) => {
    const words = [`--dbname=${address}`, ...args];
    execFile(program, words, { env, timeout: dumpMs, maxBuffer: 10_000_000 }, (error, _out, err) => {
      if (!error) return resolve();
      const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
      const why = missing
        ? 'is not there: install postgresql-client, of the version of the server or newer'
        : err.trim().slice(0, 2000);
      reject(new Fault(missing ? 'config' : 'refused', `${program}: ${why}`));
    });
  });
}
