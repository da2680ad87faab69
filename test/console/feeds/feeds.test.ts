import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { openFeed } from '../../../daemons/console/feed.ts';
import { openSqliteArchive } from '../../../daemons/core/adapters/archive.sqlite.ts';
import { openSqliteDesk } from '../../../daemons/core/adapters/desk.sqlite.ts';
import { openRecords } from '../../../daemons/core/adapters/records.sqlite.ts';
import { checkCap } from '../../../daemons/core/cap/check.ts';
import type { Alert } from '../../../daemons/core/values/alert.ts';
import type { Deed } from '../../../daemons/core/values/desk.ts';
import { elementsOf, readXml, textOf, type XmlNode } from '../../../daemons/core/xml/read.ts';
import { freshFolder } from '../../core/spool/keeping.ts';
import { alertArrival, sampleAlert } from '../../support/alerts.ts';
import { appOn } from '../../support/console.ts';
import { locatedAlert } from '../../support/located.ts';

async function room(t: ExecutionContext, layered = false) {
  const file = path.join(freshFolder(t), 'central.db');
  const [records, desk] = [await openRecords(file), openSqliteDesk(file)];
  const archive = openSqliteArchive(file);
  const feed = openFeed(records);
  const app = await appOn({ records, desk, archive, feed, layered });
  t.teardown(async () => {
    await app.close();
    await Promise.all([desk.close(), records.close(), archive.close()]);
  });
  let seq = 0;
  const get = async (url: string, headers: Record<string, string> = {}) => {
    await feed.refresh();
    return app.inject({ method: 'GET', url, headers });
  };
  return {
    get,
    raise: async (alert: Alert, site = 'north') => {
      seq += 1;
      await records.commit([alertArrival(alert, seq, `post-${site}`, site)], Date.now());
    },
    act: (alert: string, deed: Deed) =>
      desk.act({ alert, by: 'centre', role: deed.what === 'judge' ? 'centre' : 'supervisor', atMs: Date.now(), deed }),
    features: async () => JSON.parse((await get('/api/feeds/geojson')).body).features,
  };
}

const corners = (feature: { geometry: { coordinates: number[][][] } }): number =>
  feature.geometry.coordinates[0]?.length ?? 0;

test('the GeoJSON feed holds open alerts: a place as a point with its error, a located source as its region', async (t) => {
  const { raise, act, features, get } = await room(t);
  await raise(sampleAlert('place', { flags: [] }));
  await raise(locatedAlert('source'));
  await raise(sampleAlert('nowhere', { where: null }));
  await raise(sampleAlert('over'));
  await raise(sampleAlert('shelved'));
  await raise(sampleAlert('twice'));
  await act('over', { what: 'resolve', outcome: 'found', text: '' });
  await act('shelved', { what: 'shelve', reason: 'x', untilMs: Date.now() + 60_000 });
  await act('twice', { what: 'link', to: 'place' });
  const all = await features();
  t.deepEqual(all.map(({ id }: { id: string }) => id).sort(), ['nowhere', 'place', 'source']);
  const of = (id: string) => all.find((one: { id: string }) => one.id === id);
  t.deepEqual(of('place').geometry, { type: 'Point', coordinates: [71.4491, 51.1694] });
  t.like(of('place').properties, { status: 'Actual', radius90M: 150, site: 'north', severity: 'critical' });
  t.is(of('nowhere').geometry, null);
  t.regex(of('source').geometry.type, /^(Multi)?Polygon$/);
  t.notRegex(JSON.stringify(all), /"by"|op-|unit/);
  t.regex(String((await get('/api/feeds/geojson')).headers['content-type']), /^application\/geo\+json/);
});

test('where a dwelling lies in the region nothing is told before its release, and then the region and never a point', async (t) => {
  const { raise, act, features, get } = await room(t, true);
  const where = { lat: 51.1694321, lon: 71.4491, ceM: 150, source: 'surveyed' } as const;
  await raise(sampleAlert('home', { where }));
  t.deepEqual(await features(), []);
  await act('home', { what: 'judge', dwellings: ['yard 7'], rev: 1 });
  t.deepEqual(await features(), []);
  t.notRegex((await get('/api/feeds/cap')).body, /<entry>/);
  await act('home', { what: 'corroborate', text: 'x' });
  await act('home', { what: 'release', text: 'x' });
  const [one] = await features();
  t.is(one.geometry.type, 'Polygon');
  t.is(corners(one), 33);
  t.deepEqual(one.geometry.coordinates[0][0], one.geometry.coordinates[0].at(-1));
  t.notRegex(JSON.stringify(one), /yard|"Point"|51\.1694321|\d\.\d{7}/);
  t.regex((await get('/api/feeds/cap')).body, /<entry>/);
  await act('home', { what: 'withhold', text: 'x' });
  t.deepEqual(await features(), []);
});

test('who has it already is told so, and what changed is sent; it is in no cache and open to no other origin', async (t) => {
  const { raise, get } = await room(t);
  await raise(sampleAlert('a'));
  for (const url of ['/api/feeds/geojson', '/api/feeds/cap']) {
    const first = await get(url, { origin: 'https://elsewhere.example' });
    const { etag = '' } = first.headers as Record<string, string>;
    t.like(first, { statusCode: 200 });
    t.is(first.headers['cache-control'], 'no-store');
    t.regex(String(first.headers['last-modified']), /GMT$/);
    t.deepEqual(
      Object.keys(first.headers).filter((one) => one.startsWith('access-control')),
      [],
    );
    const again = await get(url, { 'if-none-match': `"x", W/${etag}` });
    t.like(again, { statusCode: 304, body: '' });
    await raise(sampleAlert(url));
    t.is((await get(url, { 'if-none-match': etag })).statusCode, 200);
  }
});

const named = (node: XmlNode, name: string): readonly XmlNode[] => elementsOf(node).filter((one) => one.name === name);

test('the CAP feed lists each message, newest first, and each of them is one that passes the check', async (t) => {
  const { raise, act, get } = await room(t);
  await raise(sampleAlert('a b/ё', { flags: [] }));
  await raise(sampleAlert('a b/ё', { flags: [], rev: 2, severity: 'warning' }));
  await act('a b/ё', { what: 'resolve', outcome: 'not-found', text: '' });
  const root = readXml((await get('/api/feeds/cap')).body);
  t.like(root, { name: 'feed', space: 'http://www.w3.org/2005/Atom' });
  const entries = named(root, 'entry');
  const types: string[] = [];
  for (const entry of entries) {
    const href = named(entry, 'link')[0]?.attributes.href ?? '';
    const { statusCode, body, headers } = await get(href);
    t.is(statusCode, 200, href);
    t.regex(String(headers['content-type']), /^application\/cap\+xml/);
    t.deepEqual(checkCap(body), []);
    types.push(named(readXml(body), 'msgType').map(textOf).join());
  }
  t.deepEqual(types.toSorted(), ['Alert', 'Cancel', 'Update']);
  const times = entries.flatMap((one) => named(one, 'updated').map(textOf));
  t.deepEqual(times, times.toSorted().toReversed());
  t.is((await get('/api/feeds/cap/nothing')).statusCode, 404);
});
