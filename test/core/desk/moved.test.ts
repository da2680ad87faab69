import test from 'ava';
import fc from 'fast-check';
import { newsDeeds } from '../../../daemons/core/desk/clockwork.ts';
import { type Dwellings, openDwellings, pointAt } from '../../../daemons/core/desk/dwellings.ts';
import { afterRevision } from '../../../daemons/core/desk/moved.ts';
import { regionOf } from '../../../daemons/core/desk/region.ts';
import { isHeldBack } from '../../../daemons/core/desk/standing.ts';
import { transact } from '../../../daemons/core/desk/transact.ts';
import { unnamedDesk } from '../../../daemons/core/desk/unnamed.ts';
import type { AlertRecord } from '../../../daemons/core/ports/records.ts';
import type { Alert } from '../../../daemons/core/values/alert.ts';
import type { Deed } from '../../../daemons/core/values/desk.ts';
import { sampleAlert } from '../../support/alerts.ts';

const recordOf = (alert: Alert): AlertRecord => ({
  ...{ site: 'north', device: 'post-7', raisedMs: 0, changedMs: 0, acknowledged: null, alert },
});

/** As a store keeps a revision. */
const revised = (record: AlertRecord, alert: Alert): AlertRecord => ({
  ...record,
  alert,
  ...(record.desk && { desk: afterRevision(record.desk, record.alert, alert) }),
});

const acted = (record: AlertRecord, deed: Deed): AlertRecord => {
  const role = deed.what === 'judge' ? 'centre' : 'supervisor';
  const written = transact(record, null, { alert: 'a', by: role, role, atMs: 1, deed }, 1);
  return typeof written === 'string' ? record : written.record;
};

/** Some hundred metres of country, in which most regions are near something. */
const degrees = fc.integer({ min: -60, max: 60 }).map((n) => n / 10_000);
const circle = fc.record({ lat: degrees, lon: degrees, ceM: fc.integer({ min: 1, max: 400 }) });
type Happening = { lat: number; lon: number; ceM: number } | 'tick' | 'release' | 'outline';
const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 4, arbitrary: circle },
  { weight: 2, arbitrary: fc.constantFrom('tick' as const, 'release' as const) },
  { weight: 1, arbitrary: fc.constant('outline' as const) },
);

interface Room {
  readonly layer: Dwellings;
  readonly spot: (one: { lat: number; lon: number; ceM: number }) => NonNullable<Alert['where']>;
}
interface Seen {
  readonly record: AlertRecord;
  /** What a supervisor let pass, as it was at that moment. */
  readonly passed: readonly string[];
}

function after({ record, passed }: Seen, one: Happening, { layer, spot }: Room): Seen {
  if (one === 'release') {
    const next = acted(acted(record, { what: 'corroborate', text: 'seen' }), { what: 'release', text: 'go' });
    return { record: next, passed: next.desk?.dwelling?.released ? next.desk.dwelling.touches : passed };
  }
  if (one === 'tick') return { record: newsDeeds(record, [], layer, 0).reduce(acted, record), passed };
  const where = one === 'outline' ? record.alert.where : spot(one);
  return { record: revised(record, { ...record.alert, rev: record.alert.rev + 1, where }), passed };
}

/** Whether a patrol may see it, and nobody let that pass. */
function isLeak({ record, passed }: Seen, { layer }: Room): boolean {
  const region = regionOf(record.alert);
  if (!region || isHeldBack(record, true)) return false;
  return layer.touchedBy(region).some((name) => !passed.includes(name));
}

const holds = (lat0: number, lon0: number) =>
  fc.property(
    fc.array(circle, { maxLength: 6 }),
    fc.array(happening, { minLength: 2, maxLength: 12 }),
    (homes, all) => {
      const wrap = (lon: number): number => (lon >= 180 ? lon - 360 : lon);
      const ground = homes.map(({ lat, lon }) => pointAt(wrap(lon0 + lon), lat0 + lat, 10));
      const room: Room = {
        layer: openDwellings(ground.map((one, i) => ({ name: `h${i}`, ground: one }))),
        spot: ({ lat, lon, ceM }) => ({ lat: lat0 + lat, lon: wrap(lon0 + lon), ceM, source: 'surveyed' }),
      };
      const where = room.spot({ lat: 0, lon: 0, ceM: 30 });
      const record = recordOf(sampleAlert('a', { where }, 1000));
      let seen: Seen = { record, passed: [] };
      return all.every((one) => {
        seen = after(seen, one, room);
        return !isLeak(seen, room);
      });
    },
  );

for (const [name, lat, lon] of [
  ['in the plain', 51, 71],
  ['far in the north', 78, 15],
  ['across the antimeridian', -17, 179.999],
] as const)
  test(`between a revision and the clock no patrol sees a region that touches what nobody released: ${name}`, (t) => {
    fc.assert(holds(lat, lon), { numRuns: 300 });
    t.pass();
  });

test('in empty country a region may move within what is clear, and nobody loses sight of it', (t) => {
  const layer = openDwellings([{ name: 'far', ground: pointAt(71.6, 51.1, 10) }]);
  const at = (rev: number, ceM: number, family: Alert['family'] = 'evidence') =>
    sampleAlert('a', { rev, family, where: { lat: 51.1, lon: 71.4, ceM, source: 'surveyed' } }, 1000);
  const record = recordOf(at(1, 50));
  const judged = newsDeeds(record, [], layer, 0).reduce<AlertRecord>(acted, record);
  t.is(judged.desk?.dwelling?.clearM, 1000);
  const wider = revised(judged, at(2, 900));
  t.false(isHeldBack(wider, true));
  t.deepEqual(newsDeeds(wider, [], layer, 0), [], 'the log of acts does not grow with each revision');
  const far = revised(wider, at(3, 1200));
  t.true(isHeldBack(far, true));
  t.false(isHeldBack(far, false), 'the layer was taken away: nothing is held against it');
  t.false(isHeldBack(revised(judged, at(2, 9000, 'safety')), true), 'danger for the crew waits for nothing');
  t.deepEqual(Object.keys(unnamedDesk(far.desk as never).dwelling ?? {}).sort(), [
    'corroborated',
    'released',
    'rev',
    'touches',
  ]);
});
