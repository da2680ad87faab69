import test from 'ava';
import fc from 'fast-check';
import { csvHead, csvRow, field } from '../../../daemons/console/history/csv.ts';
import { featureOf } from '../../../daemons/console/history/geojson.ts';
import { checkCap } from '../../../daemons/core/cap/check.ts';
import { capOf } from '../../../daemons/core/cap/message.ts';
import { untouched } from '../../../daemons/core/desk/fold.ts';
import type { AlertRecord } from '../../../daemons/core/ports/records.ts';
import { escaped } from '../../../daemons/core/xml/text.ts';
import { alertArrival, sampleAlert } from '../../support/alerts.ts';
import { deskRoom } from '../../support/desk-room.ts';

const recordOf = (news: Partial<AlertRecord> = {}): AlertRecord => ({
  ...{ site: 'north', device: 'post-7', raisedMs: 1_790_000_000_000, changedMs: 1, acknowledged: null },
  alert: sampleAlert('a 1,<&', {}, 1_790_000_000_000),
  ...news,
});
const resolved = (text: string) => ({
  ...untouched,
  resolved: { by: 'op-1', atMs: 5, outcome: 'found' as const, text },
});

/** RFC 4180, read by its own rules. */
function csvCells(text: string): string[][] {
  const rows: string[][] = [[]];
  const cell = /("(?:[^"]|"")*"|[^",\r\n]*)(,|\r\n|$)/gy;
  for (let found = cell.exec(text); found && found.index < text.length; found = cell.exec(text)) {
    const [, value = '', end] = found;
    rows.at(-1)?.push(value.startsWith('"') ? value.slice(1, -1).replaceAll('""', '"') : value);
    if (end === '\r\n') rows.push([]);
  }
  return rows.filter((row) => row.length > 0);
}

test('whatever people wrote, a line of CSV has the fields of the head, and none that a spreadsheet would run', (t) => {
  const heads = csvCells(csvHead)[0] ?? [];
  fc.assert(
    fc.property(
      fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('=1+1', '@x', '+7', '-2', '\t=1', 'a"b\r\nc', '|x')),
      (text) => {
        const rows = csvCells(csvHead + csvRow(recordOf({ desk: resolved(text) })));
        t.is(rows.length, 2);
        t.is(rows[1]?.length, heads.length);
        const written = rows[1]?.[heads.indexOf('resolution')] ?? '';
        t.true(written === text || written === `'${text}`);
        t.notRegex(written, /^[=+\-@\t\r|]/);
      },
    ),
  );
  t.is(field(-71.5), '-71.5');
  t.is(field("=cmd|' /C calc'!A0"), "'=cmd|' /C calc'!A0");
});

test('a feature is GeoJSON: longitude first, null where no place is known, a plot as its closed outline', (t) => {
  const feature = JSON.parse(featureOf(recordOf()));
  t.deepEqual(feature.geometry, { type: 'Point', coordinates: [71.4491, 51.1694] });
  t.like(feature.properties, { drill: false, simulated: true, radius90M: 150 });
  t.is(JSON.parse(featureOf(recordOf({ alert: sampleAlert('a', { where: null }) }))).geometry, null);
});

/** Elements of an XML text, by the path to each, with their texts; throws where they are not nested rightly. */
function elements(xml: string): [string, string][] {
  const open: string[] = [];
  const found: [string, string][] = [];
  for (const [, close, name = '', text = ''] of xml.matchAll(/<(\/?)([A-Za-z]+)[^>]*>([^<]*)/g)) {
    if (close) {
      if (open.pop() !== name) throw new Error(`${name} is closed and was not open`);
    } else {
      open.push(name);
      found.push([open.join('/'), text]);
    }
  }
  if (open.length > 0) throw new Error(`${open} is not closed`);
  return found;
}

test('a message of CAP 1.2 has its elements in their order and of their form, whatever texts are in it', (t) => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const alert = sampleAlert(text, { kind: text }, 1_790_000_000_000);
      t.deepEqual(checkCap(capOf(recordOf({ alert, site: text }))), []);
    }),
  );
  const all = elements(capOf(recordOf()));
  const of = (path: string) => all.filter(([at]) => at === path).map(([, text]) => text);
  t.deepEqual(
    all.map(([at]) => at).filter((at) => at.split('/').length === 2),
    [
      ...['identifier', 'sender', 'sent', 'status', 'msgType', 'scope', 'restriction', 'incidents'],
      ...['info', 'info', 'info'],
    ].map((name) => `alert/${name}`),
  );
  t.deepEqual(
    [...new Set(all.map(([at]) => at).filter((at) => /^alert\/info\/\w+$/.test(at)))],
    [
      'language',
      'category',
      'event',
      'urgency',
      'severity',
      'certainty',
      'onset',
      'expires',
      'headline',
      'description',
      'instruction',
      'parameter',
      'area',
    ].map((name) => `alert/info/${name}`),
  );
  t.notRegex(of('alert/identifier')[0] ?? '', /[\s,<&]/);
  t.regex(of('alert/sent')[0] ?? '', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d-00:00$/);
  t.deepEqual(of('alert/scope'), ['Restricted']);
  t.deepEqual(of('alert/info/area/circle'), Array(3).fill('51.169400,71.449100 0.150'));
  t.is(escaped('a\u0000\ud800<'), 'a\ufffd\ufffd&lt;');
});

test('what did not happen is never Actual: a drill is Exercise, what is simulated is Test', (t) => {
  const statusOf = (record: AlertRecord) => elements(capOf(record)).find(([at]) => at === 'alert/status')?.[1];
  t.is(statusOf(recordOf({ desk: { ...untouched, drill: true } })), 'Exercise');
  t.is(statusOf(recordOf()), 'Test');
  t.is(statusOf(recordOf({ alert: sampleAlert('a', { flags: [] }) })), 'Actual');
});

async function room(t: Parameters<typeof deskRoom>[0]) {
  const all = await deskRoom(t);
  const alerts = Array.from({ length: 3 }, (_, i) => alertArrival(sampleAlert(`a${i}`), i + 1));
  await all.records.commit(alerts, Date.now() - 1000);
  return all;
}

test('one alert is exported at once, more wait for a second person; whoever asked cannot approve', async (t) => {
  const { post, call, get, records } = await room(t);
  const one = (await post('/api/exports', { format: 'csv', ids: ['a1'] })).body.export;
  t.is(one.state, 'ready');
  t.is((await post('/api/exports', { format: 'csv' })).code, 400);
  t.is((await post('/api/exports', { format: 'csv', search: { kind: 'nothing' } })).code, 409);
  const bulk = (await post('/api/exports', { format: 'geojson', search: {} })).body.export;
  t.like(bulk, { state: 'waiting', count: 3, by: 'op-1' });
  const file = `/api/exports/${bulk.id}/file`;
  t.is((await call('GET', file)).code, 404);
  t.regex((await post(`/api/exports/${bulk.id}/approve`, {}, 'op-1')).body.error.what, /second person/);
  t.is((await post(`/api/exports/${bulk.id}/approve`, {}, 'su-2')).code, 200);
  t.is((await post(`/api/exports/${bulk.id}/approve`, {}, 'su-3')).code, 409);
  // What came after it was asked for was approved by nobody.
  await records.commit([alertArrival(sampleAlert('later'), 9)], Date.now() + 1000);
  const { type, features } = (await call('GET', file)).body;
  t.deepEqual([type, features.length], ['FeatureCollection', 3]);
  t.is((await get('/api/exports')).exports.length, 2);
});

test('alert by alert is a bulk export too: after ten by one person the next waits for a second', async (t) => {
  const { post } = await room(t);
  const states: string[] = [];
  for (let n = 0; n < 11; n++)
    states.push((await post('/api/exports', { format: 'csv', ids: [`a${n % 3}`] })).body.export.state);
  t.deepEqual(states, [...Array(10).fill('ready'), 'waiting']);
  t.is((await post('/api/exports', { format: 'csv', ids: ['a1'] }, 'op-2')).body.export.state, 'ready', 'of another');
});
