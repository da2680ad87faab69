/**
 * The dispatcher: what the ledger committed and people released goes out to those who act. To maps (TAK) it says what is there and writes
 * nothing; units are told by rules, and each telling stands in the store before it goes out.
 */
import { openCapFiles, type WriteCap } from '../core/adapters/cap.files.ts';
import { openArchiveAt, openDeskAt, openRecordsAt } from '../core/adapters/centre.ts';
import { identityIn } from '../core/adapters/identity.files.ts';
import { connectTak } from '../core/adapters/tak.tcp.ts';
import { usualScope } from '../core/cap/message.ts';
import { cotErasures, cotEvents } from '../core/cot/event.ts';
import type { Running } from '../core/daemon/running.ts';
import { outward } from '../core/desk/outward.ts';
import type { Delivery } from '../core/dispatch/delivery.ts';
import type { AlertRecord } from '../core/ports/records.ts';
import type { Tak } from '../core/ports/tak.ts';
import { openCapFolder } from './cap-folder.ts';
import type { CapSection, DispatchConfig, TakServer } from './config.ts';
import { openFigures } from './figures.ts';
import { followAlerts } from './follow.ts';
import { usualKnownMs } from './passed-over.ts';
import { openTelling } from './telling.ts';
import { openWays, type Ways } from './ways.ts';

export interface DispatchOptions {
  readonly config: DispatchConfig;
  readonly delivery: Delivery;
  /** The central store: a file, or postgres://... */
  readonly records: string;
  /** Those that `config` names, where absent. They are closed with the line. */
  readonly ways?: Ways | undefined;
  /**
   * Open alerts of which nobody was told, and whose last word was so long before the first telling from this store (or before now, where there
   * was none), are taken as known, ms; absent: a day; 0: none.
   */
  readonly knownMs?: number | undefined;
}

/** Runs until `ctx.signal` aborts. Errors: Fault `config` for a store, an identity or a way that cannot be opened. */
export async function dispatchLine(options: DispatchOptions, ctx: Running): Promise<void> {
  const { config, delivery, records: where, knownMs = usualKnownMs } = options;
  const servers = config.tak.map((one) => ({ one, tak: connect(one, ctx) }));
  const ways = options.ways ?? (await openWays(config.ways, { ctx, records: where }));
  const records = await openRecordsAt(where);
  const desk = await openDeskAt(where);
  const telling = openTelling({ desk, ways, delivery, knownMs }, ctx);
  const figures = openFigures(ctx);
  const archive = config.cap && (await openArchiveAt(where));
  const cap =
    config.cap && archive && openCapFolder({ archive, desk, layered: config.dwellings, write: capIn(config.cap) }, ctx);
  const names = { tak: config.tak.map(({ name }) => name), ways: [...ways.keys()], units: delivery.units.size };
  ctx.log.info('dispatching', { ...names, rules: delivery.rules.map(({ name }) => name) });
  try {
    const follow = followAlerts(
      records,
      ctx,
      (record) => {
        for (const { one, tak } of servers) tell(record, one, tak, config.dwellings, ctx);
        telling.take(record);
        figures.take(record);
        cap?.take(record);
      },
      telling.begun,
    );
    await Promise.all([follow, telling.run(), figures.run(), cap?.run()]);
  } finally {
    await Promise.all([...servers.map(({ tak }) => tak.close()), ...[...ways.values()].map((one) => one.close())]);
    await archive?.close();
    await desk.close();
    await records.close();
  }
}

/** Errors: Fault `config` for a folder that cannot be made. */
const capIn = ({ folder, addresses, restriction }: CapSection): WriteCap =>
  openCapFiles(folder, addresses ? { addresses } : restriction ? { restriction } : usualScope);

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
