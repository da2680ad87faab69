/** A PostgreSQL cluster of its own in a temporary folder, on a unix socket and nothing else; never the system's. */
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import pg from 'pg';
import { findProgram } from './needs.ts';
import { type Program, startProgram } from './process.ts';

export interface Postgres {
  /** Address of a database; made when it is not there yet. */
  database(name: string): Promise<string>;
  /** Address of an empty schema in one database: as good as a database, and made in milliseconds. */
  space(name: string): Promise<string>;
  /** Rows of a query on a database. */
  query(name: string, sql: string): Promise<Record<string, unknown>[]>;
  /** kill -9 of the whole server, or a fast shutdown; then `start` goes on with the same data. */
  stop(signal: 'SIGKILL' | 'SIGINT'): Promise<void>;
  start(): Promise<void>;
  /** Stops it and removes the folder. */
  close(): Promise<void>;
}

export interface PostgresOptions {
  /** Off for suites that only kill processes: the page cache outlives those. On for figures. */
  readonly durable?: boolean;
  readonly settings?: Readonly<Record<string, string>>;
}

export async function startPostgres({ durable = false, settings = {} }: PostgresOptions = {}): Promise<Postgres> {
  const initdb = findProgram('initdb');
  if (!initdb) throw new Error('no postgresql');
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fp-pg-'));
  // The server refuses to run as root.
  const user = process.getuid?.() === 0 ? 'postgres' : undefined;
  if (user) {
    const id = (flag: string): number => Number(spawnSync('id', [flag, user], { encoding: 'utf8' }).stdout);
    chownSync(folder, id('-u'), id('-g'));
  }
  chmodSync(folder, 0o755);
  const data = path.join(folder, 'data');
  const made = startProgram(
    initdb,
    ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'],
    user,
  );
  await new Promise((resolve) => made.child.on('close', resolve));
  if (made.child.exitCode !== 0) throw new Error(`initdb: ${made.output()}`);

  const urlOf = (name: string): string => `postgres://postgres@/${name}?host=${encodeURIComponent(folder)}`;
  const options = Object.entries({
    listen_addresses: '',
    unix_socket_directories: folder,
    max_connections: '300',
    shared_buffers: '64MB',
    ...(durable ? {} : { fsync: 'off' }),
    ...settings,
  }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  let server: Program | null = null;

  const query = async (name: string, sql: string): Promise<Record<string, unknown>[]> => {
    const client = new pg.Client({ connectionString: urlOf(name) });
    // An idle connection that the server cuts is no error of ours.
    client.on('error', () => {});
    await client.connect();
    try {
      return (await client.query(sql)).rows as Record<string, unknown>[];
    } finally {
      await client.end();
    }
  };
  const isUp = () =>
    query('postgres', 'SELECT 1').then(
      () => true,
      () => false,
    );
  const start = async (): Promise<void> => {
    for (;;) {
      server = startProgram(path.join(path.dirname(initdb), 'postgres'), ['-D', data, ...options], user);
      const { child } = server;
      while (child.exitCode === null && !(await isUp())) await new Promise((resolve) => setTimeout(resolve, 30));
      if (child.exitCode === null) return;
      // Children of a killed server hold its shared memory for a moment.
      if (!/still in use|lock file/.test(server.output())) throw new Error(`postgres: ${server.output()}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  const stop = async (signal: 'SIGKILL' | 'SIGINT'): Promise<void> => {
    const one = server;
    server = null;
    await one?.end(signal);
  };
  await start();
  const known = new Set<string>();
  return {
    database: async (name) => {
      if (!known.has(name)) await query('postgres', `CREATE DATABASE "${name}"`);
      known.add(name);
      return urlOf(name);
    },
    space: async (name) => {
      await query('postgres', `CREATE SCHEMA ${name}`);
      return `${urlOf('postgres')}&options=-csearch_path%3D${name}`;
    },
    query,
    stop,
    start,
    close: async () => {
      await stop('SIGINT');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
