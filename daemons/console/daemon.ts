import { openArchiveAt, openRecordsAt } from '../core/adapters/centre.ts';
import type { Running } from '../core/daemon/running.ts';
import { Fault, isFault } from '../core/ports/fault.ts';
import { type ConsoleConfig, requireLoopback } from './config.ts';
import { serveConsole } from './serve.ts';
import { buildPage } from './web/build.ts';

/**
 * The console: the page that operators look at, on the central store that the ledger writes. Returns when `ctx.signal`
 * aborts and every stream has ended. Errors: Fault `config` (a host that is not loopback, a map, the store's path),
 * `refused` (the port is taken).
 */
export async function consoleLine(config: ConsoleConfig, ctx: Running): Promise<void> {
  requireLoopback(config.host);
  const page = await buildPage();
  const records = await openRecordsAt(config.records).catch((error: Error) => {
    // A Fault names the store already, and an address never with its password.
    if (isFault(error)) throw error;
    throw new Fault(
      'config',
      `records ${config.records}: ${error.message}; must be a file that can be written, in a folder that is there`,
      error,
    );
  });
  const archive = openArchiveAt(config.records);
  try {
    await serveConsole(config, { records, archive }, page, ctx);
  } finally {
    await archive.close();
    await records.close();
  }
}
