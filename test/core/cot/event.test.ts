import { CoTParser } from '@tak-ps/node-cot';
import test from 'ava';
import fc from 'fast-check';
import { cotErasures, cotEvents, pingOf, spotUid } from '../../../daemons/core/cot/event.ts';
import type { AlertRecord } from '../../../daemons/core/ports/records.ts';
import type { Alert } from '../../../daemons/core/values/alert.ts';
import { element, xmlText } from '../../../daemons/core/xml/text.ts';
import { sampleAlert } from '../../support/alerts.ts';

const nowMs = Date.UTC(2026, 10, 30, 12);
const recordOf = (news: Partial<Alert> = {}, more: Partial<AlertRecord> = {}): AlertRecord => ({
  ...{ site: 'north', device: 'post-7', raisedMs: nowMs, changedMs: nowMs, acknowledged: null },
  alert: sampleAlert('post-7.a1', news, nowMs),
  ...more,
});
const freshMs = 300_000;
const said = (record: AlertRecord) => cotEvents(record, nowMs, { freshMs });
const only = <T>(many: readonly T[]): T => {
  if (many.length !== 1) throw new Error(`${many.length} events`);
  return many[0] as T;
};

/** Names of sides in the tree of types: everything below "a-" but nothing of ours. */
const takesSides = /type="a-/;

test('an alert is a spot with its error, read by node-CoT as it was meant', async (t) => {
  const event = only(said(recordOf()));
  t.is(event.uid, 'fieldpost.north.post-7.a1');
  t.is(event.staleMs, nowMs + freshMs);
  const { raw } = CoTParser.from_xml(event.xml);
  const { _attributes: of, point, detail } = raw.event;
  t.like(of, { uid: event.uid, type: 'b-m-p-s-m', how: 'h-e', opex: 's-fieldpost' });
  t.is(new Date(of.stale ?? '').getTime(), nowMs + freshMs);
  t.like(point._attributes, { lat: 51.1694, lon: 71.4491, ce: 150 });
  t.is(Number(point._attributes.hae), 9_999_999, 'no height is claimed');
  t.is(detail?.contact?._attributes?.callsign, 'SIMULATED vapour.ammonia t-7.a1');
  const feature = await CoTParser.to_geojson(CoTParser.from_xml(event.xml));
  t.deepEqual(feature.geometry, { type: 'Point', coordinates: [71.4491, 51.1694, 9_999_999] });
  t.regex(String(feature.properties.remarks), /A lead for a person, not a verdict/);
});

test('a region comes as a shape of its own, under a uid that stays', async (t) => {
  const ring = Array.from({ length: 400 }, (_, i): readonly [number, number] => {
    const angle = (i / 400) * 2 * Math.PI;
    return [71.45 + 0.002 * Math.cos(angle), 51.17 + 0.001 * Math.sin(angle)];
  });
  const closed = [...ring, ring[0] as readonly [number, number]];
  const ellipse = { majorM: 3, minorM: 2, bearingDeg: 40 };
  const plot = { outline: [closed], ellipse } as unknown as NonNullable<Alert['plot']>;
  const [spot, region] = said(recordOf({ plot }));
  t.is(region?.uid, `${spot?.uid}.region`);
  const feature = await CoTParser.to_geojson(CoTParser.from_xml(region?.xml ?? ''));
  t.is(feature.geometry.type, 'Polygon');
  const [read = []] = feature.geometry.type === 'Polygon' ? feature.geometry.coordinates : [];
  t.true(read.length > 60 && read.length <= 102, `${read.length} corners`);
  t.deepEqual(read[0], read.at(-1));
});

test('where a dwelling is touched there is a region and never a pin', async (t) => {
  const dwelling = { touches: ['house-1'], rev: 1, corroborated: null, released: null };
  const event = only(said(recordOf({}, { desk: { dwelling } as unknown as NonNullable<AlertRecord['desk']> })));
  t.is(event.uid, 'fieldpost.north.post-7.a1.region');
  const { geometry } = await CoTParser.to_geojson(CoTParser.from_xml(event.xml));
  const [ring = []] = geometry.type === 'Polygon' ? geometry.coordinates : [];
  const north = Math.max(...ring.map(([, lat]) => lat ?? 0));
  t.true(Math.abs((north - 51.1694) * 111_250 - 150) < 1, 'the circle of 150 m around it');
});

test('no event takes a side, a drill says so in words and in opex, and without a place there is nothing to show', (t) => {
  const drill = recordOf({ flags: [] }, { desk: { drill: true } as NonNullable<AlertRecord['desk']> });
  const all = [...said(recordOf()), ...said(drill), ...cotErasures(drill, nowMs), pingOf('console', nowMs)];
  for (const { xml } of all) t.notRegex(xml, takesSides);
  t.regex(only(said(drill)).xml, /opex="e-fieldpost".*callsign="EXERCISE /);
  t.notRegex(only(said(recordOf({ flags: [] }))).xml, /opex|EXERCISE|SIMULATED/);
  t.deepEqual(said(recordOf({ where: null })), []);
});

test('an erasure names what is to go, and nothing else', (t) => {
  const record = recordOf();
  const erased = cotErasures(record, nowMs).map(({ xml }) => CoTParser.from_xml(xml).raw.event);
  t.deepEqual(
    erased.map(({ detail }) => [detail?.link].flat().map((link) => link?._attributes?.uid)),
    [[spotUid(record)], [`${spotUid(record)}.region`]],
  );
  for (const { _attributes } of erased) t.is(_attributes.type, 't-x-d-d');
});

test('whatever is in a name or a kind, the event stays one event and the text stays text', (t) => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
      const xml = xmlText(element('event', { a: text }, element('remarks', {}, text), 'end'));
      t.is(xml.match(/<event /g)?.length, 1);
      t.is(xml.match(/<remarks(>|\/>)/g)?.length, 1);
      t.true(xml.isWellFormed());
      t.notRegex(xml, /[^\P{Cc}\t\n\r]/u);
    }),
  );
});
