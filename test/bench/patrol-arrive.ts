/**
 * From an alert's commit to those who act: a patrol's page (its session's stream), a subscriber of ntfy, a TAK client over TLS. Ledger, dispatcher and
 * console have a connection of their own to one SQLite file, in one process; the peers are those of the tests.
 */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openFeed } from '../../daemons/console/feed.ts';
import { openStreams } from '../../daemons/console/streams.ts';
import { systemClock } from '../../daemons/core/adapters/clock.system.ts';
import { openSqliteDesk } from '../../daemons/core/adapters/desk.sqlite.ts';
import { openRecords } from '../../daemons/core/adapters/records.sqlite.ts';
import { deliveryIn, dispatchConfig } from '../../daemons/dispatch/config.ts';
import { dispatchLine } from '../../daemons/dispatch/daemon.ts';
import { alertArrival, sampleAlert } from '../support/alerts.ts';
import { appOn, keptLog, runningUntil } from '../support/console.ts';
import { enrol, injecting, openLogin, withPurpose } from '../support/login.ts';
import { ntfyServer } from '../support/ntfy-server.ts';
import { sitePki } from '../support/site-pki.ts';
import { openSse } from '../support/sse.ts';
import { takServer } from '../support/tak-server.ts';
import type { Figure } from './figure.ts';
import { inRoom } from './in-room.ts';

/** Alerts to each of page and ntfy; both go to the TAK client. */
const each = 200;
const everyMs = 75;
const giveUpMs = 30_000;
const reachMs = 1000;
const topic = 'unit-1-bench';
const kinds = { page: 'vapour.ammonia', ntfy: 'vapour.acetone' } as const;
const rule = (way: 'page' | 'ntfy') => ({
  name: way,
  kinds: [kinds[way]],
  chain: [{ unit: 'unit-1', way, waitS: 3600 }],
});

export function patrolArrive(): Promise<readonly Figure[]> {
  return inRoom('patrol-arrive', async (folder, ends) => {
    const file = path.join(folder, 'central.db');
    const ledger = await openRecords(file);
    ends.push(() => ledger.close());
    const [page, ntfy, tak] = [new Map<string, number>(), new Map<string, number>(), new Map<string, number>()];
    const pki = await sitePki(path.join(folder, 'pki'));
    const map = await takServer(await pki.server(path.join(folder, 'server')));
    const push = await ntfyServer();
    ends.push(
      () => map.close(),
      () => push.close(),
    );
    await startCentre(
      file,
      { map: map.port, identity: await pki.device(path.join(folder, 'own'), 'centre'), push: push.url },
      page,
      ends,
    );
    ends.push(subscribe(push.url, ntfy));
    void map.until(() => {
      for (const uid of map.seen.keys()) note(tak, uid.replace('fieldpost.north.', ''));
      return false;
    });

    const committed = new Map<string, number>();
    for (let n = 0; n < 2 * each; n++) {
      const id = `arrive-${n}`;
      const kind = n % 2 === 0 ? kinds.page : kinds.ntfy;
      await ledger.commit([alertArrival(sampleAlert(id, { kind }), n + 1)], Date.now());
      committed.set(id, performance.now());
      await sleep(everyMs);
    }
    const untilMs = performance.now() + giveUpMs;
    while ((page.size < each || ntfy.size < each || tak.size < 2 * each) && performance.now() < untilMs)
      await sleep(50);
    return [
      figureOf('patrol.arrive.page', page, committed, each),
      figureOf('patrol.arrive.ntfy', ntfy, committed, each),
      figureOf('patrol.arrive.tak', tak, committed, 2 * each),
    ];
  });
}

const note = (seen: Map<string, number>, id: string): void => {
  if (!seen.has(id)) seen.set(id, performance.now());
};

/** Console with a patrol that is logged in, and dispatcher. */
async function startCentre(
  file: string,
  to: { readonly map: number; readonly identity: string; readonly push: string },
  page: Map<string, number>,
  ends: (() => Promise<void>)[],
): Promise<void> {
  const stop = new AbortController();
  const ctx = runningUntil(stop.signal, keptLog());
  const [records, desk] = [await openRecords(file), openSqliteDesk(file)];
  const login = openLogin(systemClock());
  const feed = openFeed(records);
  const streams = openStreams(feed, 'bench', ctx.clock);
  const app = await appOn({ records, desk, feed, streams, access: login.access });
  const { caller } = await enrol(login, injecting(app), 'patrol', Date.now, 'unit-1');
  await withPurpose(caller);
  await feed.refresh();
  await app.listen({ host: '127.0.0.1', port: 0 });
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  const config = dispatchConfig.parse({
    dwellings: false,
    origin: 'https://centre.example',
    tak: [{ name: 'map', host: '127.0.0.1', port: to.map, identity: to.identity, perS: 500 }],
    ways: { ntfy: { url: to.push } },
    units: { 'unit-1': { contacts: { ntfy: topic } } },
    rules: [rule('page'), rule('ntfy')],
    // One message an alert: grouping is another matter.
    flood: { most: 1000, windowS: 60 },
  });
  const running = Promise.all([
    feed.follow(ctx),
    streams.beat(stop.signal),
    dispatchLine({ config, delivery: deliveryIn(config, 'dispatch.yaml'), records: file }, ctx),
  ]);
  const cookie = [...caller.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const stream = await openSse(`${url}/api/stream`, { cookie });
  const reading = (async () => {
    for (let event = await stream.next(); event; event = await stream.next()) {
      const { alerts = [] } = (event.data ?? {}) as { alerts?: readonly { alert: { id: string; kind: string } }[] };
      for (const { alert } of alerts) if (alert.kind === kinds.page) note(page, alert.id);
    }
  })();
  ends.push(async () => {
    stream.close();
    stop.abort();
    await Promise.all([running, reading]);
    await app.close();
    await Promise.all([records.close(), desk.close(), login.store.close()]);
  });
}

/** A phone's subscription: JSON lines of one topic. */
function subscribe(url: string, seen: Map<string, number>): () => Promise<void> {
  let rest = '';
  const request = http.get(`${url}/${topic}/json`, (response) => {
    response.setEncoding('utf8').on('data', (some: string) => {
      const lines = (rest + some).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const { click } = JSON.parse(line) as { click?: string };
        if (click) note(seen, click.replace(/^.*#/, ''));
      }
    });
  });
  request.on('error', () => {});
  return async () => void request.destroy();
}

function figureOf(
  id: string,
  seen: ReadonlyMap<string, number>,
  committed: ReadonlyMap<string, number>,
  wanted: number,
): Figure {
  const sorted = [...seen]
    .map(([alert, atMs]) => Math.max(0, atMs - (committed.get(alert) ?? Number.NaN)))
    .toSorted((a, b) => a - b);
  const at = (share: number): number => Math.round(sorted[Math.ceil(sorted.length * share) - 1] ?? Number.NaN);
  const p99 = at(0.99);
  const isWhole = sorted.length === wanted;
  return {
    id,
    value: p99,
    unit: 'ms, p99',
    baseline: reachMs,
    ratio: p99 / reachMs,
    reach: `<= ${reachMs}`,
    ok: isWhole && p99 <= reachMs,
    note: `p50 ${at(0.5)} ms, most ${at(1)} ms, ${sorted.length} of ${wanted} alerts came, ${everyMs} ms apart; one process, SQLite, loopback; from the end of the commit`,
  };
}
