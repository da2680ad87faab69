import https from 'node:https';
import path from 'node:path';
import test from 'ava';
import { openSqliteDesk } from '../../daemons/core/adapters/desk.sqlite.ts';
import type { Item } from '../../daemons/core/ports/spool.ts';
import type { PatrolAnswer } from '../../daemons/service/patrol/shown.ts';
import { until } from '../core/spool/keeping.ts';
import { sampleAlert, stampAt } from '../support/alerts.ts';
import { arrivalOf } from '../support/arrivals.ts';
import { device, openDeliverySite } from '../support/delivery-site.ts';
import { type Served, servePage } from '../support/local-page.ts';
import { mosquitto } from '../support/mosquitto.ts';
import { needs } from '../support/needs.ts';

const what = 'a patrol at a box whose centre is away';
const able = needs('mosquitto', what) && needs('setpriv', what);
const key = (n: number): string => `0b1c8f9e-5a5e-4a53-9f0e-${String(n).padStart(12, '0')}`;

/** A phone that trusts the organisation's authority, over TLS. */
function phoneAt({ url, ca }: Served) {
  let cookie = '';
  return (method: string, to: string, body?: object): Promise<{ readonly status: number; readonly text: string }> =>
    new Promise((resolve, reject) => {
      const headers = { origin: new URL(url).origin, 'content-type': 'application/json', cookie };
      const asked = https.request(`${url}${to}`, { ca, method, headers }, (answer) => {
        cookie = answer.headers['set-cookie']?.[0]?.split(';')[0] ?? cookie;
        let text = '';
        answer.setEncoding('utf8').on('data', (part: string) => {
          text += part;
        });
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
      });
      asked.on('error', reject);
      asked.end(body ? JSON.stringify(body) : undefined);
    });
}

const alertItem = (id: string, news: object): Item => {
  const body = sampleAlert(id, news, Date.now() - 30_000);
  return { stream: 'alert', at: body.at, body };
};
const wordItem = (alert: string, n: number): Item => {
  const at = stampAt(Date.now());
  const detail = { alert, deed: { what: 'on-scene' }, key: key(n), agoMs: 0, unit: 'Red 9', by: 'p-99' };
  return { stream: 'event', at, body: { type: 'patrol-word', severity: 'info', at, message: 'forged', detail } };
};

(able ? test.serial : test.serial.skip)(
  'the centre is away: a patrol acknowledges at the box; when it is back it learns of it once, though the ledger is killed',
  async (t) => {
    t.timeout(120_000);
    const broker = await mosquitto();
    t.teardown(() => broker.close());
    const site = await openDeliverySite(t, { brokers: [broker.url] });
    const spool = await site.spool();
    await spool.append([alertItem('danger', { family: 'safety', kind: 'crew-a2-ammonia' }), alertItem('lead', {})]);
    // An alert of another box is at the centre; this one will speak of it.
    await site.look((records) => records.commit([arrivalOf({ device: 'post-8', seq: 1, body: { id: 'others' } })], 1));

    const state = path.dirname(path.dirname(site.spoolFile));
    const served = await servePage(t, { state, box: { config: path.join(state, '../config'), device } });
    const phone = phoneAt(served);
    t.is((await phone('GET', 'patrol/alerts')).status, 401);
    t.is((await phone('POST', 'patrol/pair', { code: served.patrolCode('Red 1', 'p-17') })).status, 200);
    const listed = async () => (JSON.parse((await phone('GET', 'patrol/alerts')).text) as PatrolAnswer).alerts;
    await until(async () => (await listed()).length === 2);
    const [danger, lead] = await listed();
    t.like(danger, { id: 'danger', simulated: true, more: { place: { is: 'point' } } });
    t.is(lead?.more, null);
    const said = (n: number, deed: object) =>
      phone('POST', 'patrol/words', { alert: 'danger', deed, key: key(n), agoMs: 60_000 });
    t.is((await said(1, { what: 'acknowledge' })).text, '{"stands":true}');
    t.is((await said(2, { what: 'report', outcome: 'not-found', text: 'nobody there' })).status, 200);
    // Forged, and the same event twice: by whoever holds the box.
    await spool.append([wordItem('others', 3), wordItem('danger', 4), wordItem('danger', 4)]);

    await broker.start();
    const desk = openSqliteDesk(site.recordsFile);
    t.teardown(() => desk.close());
    for (let i = 0; i < 3; i++) {
      await until(async () => site.log('ledger').filter((line) => line.includes('connected to the broker')).length > i);
      site.ledger.kill();
    }
    const acts = async () =>
      (await desk.acts('danger')).map(({ by, deed, key: one }) => `${by} ${deed.what} ${one}`).sort();
    await until(async () => (await acts()).length >= 3 && (await spool.depth()).event === 0);
    const settled = async () => (await site.look((records) => records.counts())).envelopes;
    // The page's own spool is delivered as any other: two words beside two alerts and three events.
    await until(async () => (await settled()) >= 8);
    t.deepEqual(await acts(), [
      `p-17 acknowledge box:${device}:${key(1)}`,
      `p-17 report box:${device}:${key(2)}`,
      `p-99 on-scene box:${device}:${key(4)}`,
    ]);
    const record = await desk.record('danger');
    t.is(record?.acknowledged?.by, 'p-17');
    const first = (await desk.acts('danger')).find(({ key: one }) => one?.endsWith(key(1)));
    t.true(
      (first?.doneMs ?? 0) <= (first?.atMs ?? 0) - 60_000,
      'when it was done, and not when the centre heard of it',
    );
    // The spool has forgotten what the centre confirmed; the page has not.
    await until(async () => (await spool.depth()).alert === 0);
    t.deepEqual(
      (await listed()).map(({ id, more }) => [id, more?.said.acknowledged]),
      [
        ['danger', true],
        ['lead', undefined],
      ],
    );
    t.deepEqual(await desk.acts('others'), []);
    t.true(site.log('ledger').some((line) => line.includes('alert of another box')));
  },
);
