/** The dispatcher: what the ledger committed and people released goes out to those who act. It writes nothing into the store. */
import { openRecordsAt } from '../core/adapters/centre.ts';
import { identityIn } from '../core/adapters/identity.files.ts';
import { connectTak } from '../core/adapters/tak.tcp.ts';
import { cotErasures, cotEvents } from '../core/cot/event.ts';
import type { Running } from '../core/daemon/running.ts';
import type { AlertRecord } from '../core/ports/records.ts';
import type { Tak } from '../core/ports/tak.ts';
import type { DispatchConfig, TakServer } from './config.ts';
import { followAlerts } from './follow.ts';
import { outward } from './outward.ts';

export interface DispatchOptions {
  readonly config: DispatchConfig;
  /** The central store: a file, or postgres://... */
  readonly records: string;
}

/** Runs until `ctx.signal` aborts. Errors: Fault `config` for a store or an identity that cannot be read. */
export async function dispatchLine({ config, records: where }: DispatchOptions, ctx: Running): Promise<void> {
  const servers = config.tak.map((one) => ({ one, tak: connect(one, ctx) }));
  const records = await openRecordsAt(where);
  ctx.log.info('dispatching', { tak: config.tak.map(({ name }) => name) });
  try {
    await followAlerts(records, ctx, (record) => {
      for (const { one, tak } of servers) tell(record, one, tak, config.dwellings, ctx);
    });
  } finally {
    await Promise.all(servers.map(({ tak }) => tak.close()));
    await records.close();
  }
}

/** Errors: Fault `config`. */
function connect({ name, host, port, identity, perS, refreshS }: TakServer, { clock, log }: Running): Tak {
  const own = identity === undefined ? undefined : identityIn(identity).read();
  const tls = own && { ca: own.authority, certificate: own.certificate, key: own.key };
  return connectTak({ host, port, tls, perS, refreshMs: refreshS * 1000 }, name, clock, log);
}

function tell(record: AlertRecord, server: TakServer, tak: Tak, layered: boolean, { clock }: Running): void {
  const nowMs = clock.now().wallMs;
  const freshMs = server.freshS * 1000;
  const what = outward(record, { layered, sites: server.sites, severities: server.severities }, nowMs);
  if (what === 'show') tak.show(record.alert.id, (atMs) => cotEvents(record, atMs, { freshMs }));
  // What was shown goes, however long ago it changed; of what a dispatcher before this one showed, a client forgets the rest by itself.
  else if (what === 'erase' && (tak.knows(record.alert.id) || nowMs - record.changedMs < 2 * freshMs))
    tak.erase(record.alert.id, (atMs) => cotErasures(record, atMs));
}
