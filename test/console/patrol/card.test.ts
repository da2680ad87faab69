import test from 'ava';
import fc from 'fast-check';
import { type CardParts, callCard, leastRadiusM } from '../../../daemons/console/patrol/card.ts';
import { substanceOf } from '../../../daemons/console/patrol/substances.ts';
import { meanOf } from '../../../daemons/console/patrol/winds.ts';
import { geoUri, handOverOf, nearestEdge, wayTo } from '../../../daemons/console/patrol-web/place.ts';
import { untouched } from '../../../daemons/core/desk/fold.ts';
import { metresTo, spotAt } from '../../../daemons/core/geo/local.ts';
import type { Alert } from '../../../daemons/core/values/alert.ts';
import type { Desk } from '../../../daemons/core/values/desk.ts';
import { sampleAlert } from '../../support/alerts.ts';
import { locatedAlert } from '../../support/located.ts';

const nowMs = 1_800_000_000_000;
const middle = { lat: 51.1694, lon: 71.4491 };
const wind = (fromDeg: number | null, ageMs = 60_000) => ({ fromDeg, speedMs: 3, atMs: nowMs - ageMs, spreadDeg: 10 });

function cardOf(news: Partial<Alert> = {}, parts: Partial<CardParts> = {}, desk: Partial<Desk> | null = null) {
  const alert = sampleAlert('a', news, nowMs);
  const record = { site: 'north', device: 'post-7', alert, raisedMs: nowMs, changedMs: nowMs, acknowledged: null };
  return callCard({
    ...{
      record: { ...record, ...(desk && { desk: { ...untouched, ...desk } }) },
      revisions: [],
      around: null,
      now: null,
    },
    ...{ nowMs, simulated: false, ...parts },
  });
}
const dwelling = (touches: readonly string[]) => ({
  dwelling: { touches, rev: 1, corroborated: null, released: null },
});

test('one comes from where the wind comes from, a stand-off beyond the region, and heads down the wind', (t) => {
  const { approach, standOff } = cardOf({}, { now: wind(270), around: wind(90, 120_000) });
  t.is(approach?.by, 'now');
  t.is(approach?.headDeg, 90);
  const [north, east] = metresTo(middle, approach?.point ?? middle);
  t.true(Math.abs(north) < 1);
  // The circle of 150 m, and 100 m of stand-off, to the west.
  t.true(Math.abs(east + 250) < 1, `${east}`);
  t.is(standOff.metres, 100);
});

test('whatever the wind, the point to come from lies a stand-off and more from everywhere in the region', (t) => {
  const located = locatedAlert('a', nowMs);
  const card = cardOf(located, { now: wind(0) });
  t.notThrows(() =>
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 359 }), (fromDeg) => {
        const { approach, region } = cardOf(located, { now: wind(fromDeg) });
        if (!approach || !region) return false;
        return nearestEdge(region, approach.point).metres >= card.standOff.metres - 1;
      }),
      { numRuns: 60 },
    ),
  );
});

test('without a wind, in a calm, with an old one or without a place no way is told, and why', (t) => {
  for (const [why, news, parts] of [
    ['no-wind', {}, {}],
    ['calm', {}, { now: wind(null) }],
    ['old-wind', {}, { around: wind(90, 3 * 3_600_000) }],
    ['no-region', { where: null }, { now: wind(90) }],
  ] as const) {
    const { approach, noApproach } = cardOf(news, parts);
    t.is(approach, null, why);
    t.is(noApproach, why);
  }
});

test('a place is never a pin: a surveyed post too is a circle of fifty metres', (t) => {
  const { region } = cardOf({ where: { ...middle, ceM: 2, source: 'surveyed' } });
  t.is(region?.radiusM, leastRadiusM);
});

test('the maps of the phone are opened at the middle only where no dwelling lies in the region', (t) => {
  const own = spotAt(middle, [1000, 0]);
  const parts = { now: wind(270) };
  t.is(handOverOf(cardOf({}, parts, dwelling([])), own)?.to, 'middle');
  for (const desk of [dwelling(['House 12']), null]) {
    t.is(handOverOf(cardOf({}, parts, desk), own)?.to, 'approach');
    const edge = handOverOf(cardOf({}, {}, desk), own);
    t.is(edge?.to, 'edge');
    t.true(Math.abs(Math.hypot(...metresTo(middle, edge?.spot ?? middle)) - 150) < 1);
    t.is(handOverOf(cardOf({}, {}, desk), null), null);
  }
  t.is(geoUri({ lat: -1.5, lon: 2 }), 'geo:-1.50000,2.00000');
});

test('distance is to the edge and bearing to the middle', (t) => {
  const { region } = cardOf();
  if (!region) return t.fail();
  const way = wayTo(region, spotAt(middle, [0, 1150]));
  t.is(Math.round(way.metres), 1000);
  t.is(Math.round(way.bearingDeg), 270);
  t.is(wayTo(region, spotAt(middle, [20, 20])).metres, 0);
});

test('a peak is a measured share of volume, of the substance that is named, over all revisions; a score is none', (t) => {
  const measured = (value: number): Alert => {
    const [first] = sampleAlert('a').because.evidence;
    return sampleAlert('a', {
      because: {
        ...sampleAlert('a').because,
        evidence: [{ ...first, value, quantity: 'ammonia', unit: 'ppm' }] as never,
      },
    });
  };
  const { peak } = cardOf({}, { revisions: [measured(12), measured(450), measured(33)] });
  t.is(peak?.value, 450);
  t.is(peak?.idlh?.ppm, 300);
  t.is(peak?.idlh?.share, 1.5);
  const scored = { ...sampleAlert('a').because, evidence: [] };
  const none = cardOf({ because: scored });
  t.is(none.peak, null);
  t.is(none.idlh?.ppm, 300);
  t.is(cardOf({ kind: 'vapour.unheard-of', because: scored }).idlh, null);
});

test('a reading that is the score counts with its peak, and ppb are not ppm', (t) => {
  const [first] = sampleAlert('a').because.evidence;
  const because = { ...sampleAlert('a').because, model: null, score: 20, peak: 31 };
  const evidence = [{ ...first, quantity: 'ammonia', unit: 'ppm', value: 20 }] as never;
  t.is(cardOf({ because: { ...because, evidence } }).peak?.value, 31);
  const parts = [{ ...first, quantity: 'ammonia', unit: 'ppb', value: 3000 }] as never;
  t.is(cardOf({ because: { ...sampleAlert('a').because, evidence: parts } }).peak?.idlh?.share, 0.01);
});

test('what is not real, in doubt or weak is on the card', (t) => {
  const card = cardOf({ flags: ['simulated', 'inhibited', 'check-failed'] }, {}, { drill: true });
  t.deepEqual(card.marks, ['simulated', 'drill', 'doubted', 'inhibited']);
  t.true(card.against.includes('indication') && card.against.includes('lawful.ammonia'));
  t.true(card.against.includes('flag.check-failed'));
  t.deepEqual(cardOf({ flags: [] }, { simulated: true }).marks, ['simulated']);
});

test('winds are averaged as vectors over two minutes; about north they do not become south', (t) => {
  const look = (fromDeg: number | null, s: number, speedMs = 2) => ({
    ...{ fromDeg, speedMs, atMs: nowMs + 1000 * s, monoNs: s * 1e9, boot: 'b' },
  });
  const mean = meanOf([look(180, -500), look(350, 0), look(10, 30)]);
  t.true(Math.min(mean?.fromDeg ?? 90, 360 - (mean?.fromDeg ?? 90)) < 1);
  t.true((mean?.spreadDeg ?? 0) > 5 && (mean?.spreadDeg ?? 0) < 15);
  t.is(meanOf([look(0, 0, 0.3)])?.fromDeg, null);
  t.is(meanOf([]), null);
});

test('a substance is known by the kinds and quantities that name it, and by nothing near it', (t) => {
  t.is(substanceOf('vapour.ammonia')?.idlhPpm, 300);
  t.is(substanceOf('air-quality.co')?.idlhPpm, 1200);
  t.is(substanceOf('vapour.acid'), null);
  t.is(substanceOf('toString'), null);
  t.is(substanceOf('ammonia-like'), null);
});
