/** Connections to PostgreSQL: a pool that comes back by itself, transactions, notifications, and errors as Faults. */
import pg from 'pg';
import { backoff } from '../flow/backoff.ts';
import { Fault, isFault } from '../ports/fault.ts';

export type Row = Readonly<Record<string, unknown>>;
/** `name` makes it a prepared statement, for what runs often. */
export interface Query {
  readonly name?: string;
  readonly text: string;
  readonly values?: readonly unknown[];
}
export interface Answer {
  readonly rows: readonly Row[];
  /** Rows written. */
  readonly count: number;
}
export type Ask = (query: Query | string) => Promise<Answer>;

/** Errors of every call: Fault as `faultOf` gives it. */
export interface Postgres {
  /** The address without its password. */
  readonly name: string;
  readonly ask: Ask;
  /** Commits what `work` did when it resolves, and nothing of it when it throws. */
  transaction<T>(work: (ask: Ask) => Promise<T>): Promise<T>;
  /** Calls `listener` at every NOTIFY on the channel, and after the connection was lost, when some may have been missed. */
  listen(channel: string, listener: () => void): () => void;
  close(): Promise<void>;
}

const patienceMs = 30_000;
const connectMs = 5000;
const retry = { firstMs: 200, mostMs: 5000 };
const mostConnections = 6;

/** An address that may be shown: passwords stay out of logs. */
export const withoutPassword = (url: string): string =>
  url.replace(/^(\w+:\/\/[^:@/?]*):.*@/, '$1@').replace(/([?&](?:ssl)?password=)[^&]*/g, '$1...');

/** `idleInTransactionMs`: the server ends a session whose client stopped in the middle of a transaction, and its locks. */
export function connectPostgres(url: string, { idleInTransactionMs = patienceMs } = {}): Postgres {
  const name = withoutPassword(url);
  const settings: pg.ClientConfig = {
    connectionString: url,
    connectionTimeoutMillis: connectMs,
    keepAlive: true,
    statement_timeout: patienceMs,
    // A server that is gone without a word is found out by this one.
    query_timeout: patienceMs + connectMs,
    idle_in_transaction_session_timeout: idleInTransactionMs,
    application_name: 'fieldpost',
    // Compiling takes longer (half a second, seen) than any statement of ours runs that the planner holds to be dear. An address with
    // options of its own says for itself.
    options: '-c jit=off',
  };
  const pool = new pg.Pool({ ...settings, max: mostConnections });
  // A connection that dies while nobody uses it: the next who asks is told.
  pool.on('error', () => {});
  // The same between two statements of a transaction.
  pool.on('connect', (client) => void client.on('error', () => {}));
  const listening = new Set<() => Promise<void>>();

  const askOn =
    (client: pg.Pool | pg.PoolClient): Ask =>
    async (query) => {
      const { rows, rowCount } = await client.query<Record<string, unknown>>(
        typeof query === 'string' ? query : { ...query, values: [...(query.values ?? [])] },
      );
      return { rows, count: rowCount ?? 0 };
    };

  const transaction = async <T>(work: (ask: Ask) => Promise<T>): Promise<T> => {
    const client = await pool.connect();
    const ask = askOn(client);
    try {
      await ask('BEGIN');
      const result = await work(ask);
      await ask('COMMIT');
      client.release();
      return result;
    } catch (error) {
      // A connection that cannot roll back is of no use to the next one.
      const sound = await ask('ROLLBACK').then(
        () => true,
        () => false,
      );
      client.release(!sound);
      throw error;
    }
  };
  const told = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      throw faultOf(error, name);
    }
  };

  const listen = (channel: string, listener: () => void): (() => void) => {
    let client: pg.Client | null = null;
    let timer: NodeJS.Timeout | undefined;
    let over = false;
    const delays = backoff(retry, Math.random);
    const connect = (): void => {
      const one = new pg.Client(settings);
      client = one;
      const lost = (): void => {
        if (client !== one) return;
        client = null;
        one.end().catch(() => {});
        if (!over) timer = setTimeout(connect, delays.next().value);
      };
      one.on('error', lost);
      one.on('end', lost);
      one.on('notification', listener);
      one
        .connect()
        .then(() => one.query(`LISTEN ${channel}`))
        .then(listener, lost);
    };
    connect();
    const stop = async (): Promise<void> => {
      over = true;
      listening.delete(stop);
      clearTimeout(timer);
      const one = client;
      client = null;
      await one?.end().catch(() => {});
    };
    listening.add(stop);
    return () => void stop();
  };

  return {
    name,
    ask: (query) => told(askOn(pool)(query)),
    transaction: (work) => told(transaction(work)),
    listen,
    close: async () => {
      await Promise.all([...listening].map((stop) => stop()));
      await pool.end();
    },
  };
}

/** SQLSTATE classes (PostgreSQL manual, appendix A) that pass: connection, resources, operator's word, system, rollback, locks. */
const passing = /^(08|53|57|58|40|55P03|25P03)/;
const configured = /^(28|3D|42501|3F)/;

/**
 * What PostgreSQL's answer means. `absent`: no connection, or lost: whether a COMMIT on it was carried out is not known.
 * `refused`: not just now, nothing was kept. `config`: somebody must mend it. `protocol`: a value it cannot hold. Anything
 * else is a bug and stays what it is.
 */
export function faultOf(error: unknown, name: string): unknown {
  if (isFault(error) || !(error instanceof Error)) return error;
  const code = String((error as { code?: unknown }).code ?? '');
  const say = (kind: Fault['kind'], then: string): Fault =>
    new Fault(kind, `${name}: ${error.message}${code && ` (${code})`}; ${then}`, error);
  if (!(error instanceof pg.DatabaseError))
    return /^E[A-Z]+$/.test(code) || /connection|timeout|closed/i.test(error.message)
      ? say('absent', 'trying goes on')
      : error;
  if (/^(08|57P)/.test(code)) return say('absent', 'trying goes on');
  if (passing.test(code)) return say('refused', 'nothing was kept, trying goes on');
  if (configured.test(code)) return say('config', 'must be an address that this program may use');
  return code.startsWith('22') ? say('protocol', 'the store cannot hold such a value') : error;
}
