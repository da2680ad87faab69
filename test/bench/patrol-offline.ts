/** Acknowledgements that were pressed without signal, sent by the page's own queue to a real console through a line that tears each of them once. */
import { randomInt } from 'node:crypto';
import { type Fetch, sending } from '../../daemons/console/patrol-web/post.ts';
import { type Keep, type Moment, memoryKeep, settle, type Word } from '../../daemons/console/patrol-web/queue.ts';
import { alertArrival, sampleAlert } from '../support/alerts.ts';
import { openPatrolSite, unit } from '../support/patrol-site.ts';
import { type BadLine, openProxy } from '../support/proxy.ts';
import type { Figure } from './figure.ts';

const many = 1000;
/** Before it leaves, while it is on its way, and while the answer to what was done is on its way. */
const kinds = ['before', 'up', 'down'] as const;

type Site = Awaited<ReturnType<typeof openPatrolSite>>;

async function told(site: Site): Promise<readonly string[]> {
  const ids = Array.from({ length: many }, (_, i) => `a${i}`);
  for (let from = 0; from < many; from += 100)
    await site.records.commit(
      ids.slice(from, from + 100).map((id, i) => alertArrival(sampleAlert(id), from + i + 1)),
      Date.now(),
    );
  const wish = { by: 'op-17', role: 'operator', atMs: Date.now(), deed: { what: 'assign', unit } } as const;
  await site.desk.actAll(ids.map((alert) => ({ ...wish, alert })));
  return ids;
}

/** What was kept, as a page that is opened anew finds it. */
async function reopened(keep: Keep): Promise<Keep> {
  const again = memoryKeep();
  for (const word of JSON.parse(JSON.stringify(await keep.all())) as Word[]) await again.put(word);
  return again;
}

function tearing(site: Site, line: BadLine) {
  const torn = new Map<string, (typeof kinds)[number]>();
  const cookie = [...site.patrol.caller.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const fetching: Fetch = async (path, init) => {
    const { key } = JSON.parse(String(init.body)) as { key: string };
    const kind = torn.has(key) ? null : (kinds[randomInt(kinds.length)] ?? 'before');
    if (kind !== null) torn.set(key, kind);
    if (kind === 'before') throw new TypeError('no signal');
    if (kind !== null) void line.cutInPacket(kind);
    const headers = { ...(init.headers as Record<string, string>), cookie };
    return fetch(`http://127.0.0.1:${line.port}${path}`, { ...init, headers });
  };
  return { torn, fetching };
}

export async function patrolOffline(): Promise<Figure> {
  const site = await openPatrolSite();
  const line = await openProxy(Number(new URL(site.url).port));
  try {
    const ids = await told(site);
    const account = site.patrol.name;
    const moment = (): Moment => ({ wallMs: Date.now(), elapsedMs: performance.now(), run: 'bench', aheadMs: 0 });
    let keep = memoryKeep();
    // A second acknowledgement of a unit is none anyway; a report that came twice would stand twice.
    for (const alert of ids)
      for (const deed of [{ what: 'acknowledge' }, { what: 'report', outcome: 'not-found', text: '' }] as const)
        await keep.put({
          ...{ key: crypto.randomUUID(), account, at: moment(), refused: null },
          said: { alert, deed },
        });
    const { torn, fetching } = tearing(site, line);
    const send = sending(fetching, () => site.patrol.caller.csrf);
    let looks = 0;
    for (let settled = 'later'; settled !== 'all' && looks < 8 * many; looks++) {
      if (looks % 10 === 0) keep = await reopened(keep);
      settled = await settle({ keep, send, account, now: moment });
    }
    let [once, more] = [0, 0];
    for (const id of ids) {
      const acts = (await site.desk.acts(id)).filter((one) => one.unit === unit);
      const of = (what: 'acknowledge' | 'report'): number => acts.filter(({ deed }) => deed.what === what).length;
      if (of('acknowledge') === 1 && of('report') === 1) once += 1;
      if (of('acknowledge') > 1 || of('report') > 1) more += 1;
    }
    const count = (kind: (typeof kinds)[number]): number => [...torn.values()].filter((one) => one === kind).length;
    return {
      ...{ id: 'patrol.offline', value: once, unit: 'acknowledgements', baseline: many, ratio: once / many },
      ...{ reach: '1000', ok: once === many && torn.size === 2 * many && (await keep.all()).length === 0 },
      note:
        `${torn.size} cuts: ${count('before')} before it left, ${count('up')} in mid-request, ${count('down')} after the console acted; ` +
        `${looks} tries; each with a report, ${more} done twice; opened anew every 10 tries; real console and store, loopback`,
    };
  } finally {
    await line.close();
    await site.stop();
  }
}
