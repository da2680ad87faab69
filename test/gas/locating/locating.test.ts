import test from 'ava';
import { parseValue } from '../../../daemons/core/config/parse.ts';
import type { Alert } from '../../../daemons/core/values/alert.ts';
import type { Measurement } from '../../../daemons/core/values/measurement.ts';
import type { SourceEstimate } from '../../../daemons/core/values/plume.ts';
import { plume as plumeShape } from '../../../daemons/core/wire/plume.ts';
import { samplesOf } from '../../../daemons/gas/locating/feed-channels.ts';
import { freezeLocating, frozenLocating, thawLocating } from '../../../daemons/gas/locating/frozen.ts';
import { freshLocating, type LocatingState, locating } from '../../../daemons/gas/locating/locating.ts';
import { plumeSection } from '../../../daemons/gas/locating/section.ts';
import { toDegrees } from '../../../daemons/gas/plume/estimate.ts';
import { sampleAlert } from '../../support/alerts.ts';
import { stampAt } from '../../support/readings.ts';
import { holds } from '../../support/rings.ts';
import { rowOf } from '../plume/scene.ts';

const section = parseValue(
  'plume',
  { gases: [{ gas: 'ammonia', quantities: ['ammonia'], gPerMol: 17.031 }] },
  plumeSection,
);
const where = { lat: 48.2, lon: 16.4, ceM: 5, source: 'surveyed' } as const;
const rules = [
  { kind: 'ammonia', gas: 'ammonia', score: { quantity: 'ammonia' } },
  { kind: 'vapour', score: 'model' },
] as const;
const located = locating({ section, rules, where });

const of = (sensor: string, quantity: string, value: number | null, tS: number, unit = 'ppm'): Measurement => ({
  sensor,
  quantity,
  at: stampAt(tS),
  value,
  unit,
  u: null,
  flags: [],
  calibration: null,
});

interface Minute {
  readonly fromDeg: number | null;
  readonly speedMs?: number;
  /** Degrees to either side that the wind swings within the minute. */
  readonly swing?: number;
  readonly ppm: number;
}

/** A minute of a post: wind and gas every second. */
const minute = (i: number, { fromDeg, speedMs = 3, swing = 10, ppm }: Minute): Measurement[] =>
  Array.from({ length: 60 }, (_, s): Measurement[] => {
    const t = i * 60 + s;
    const from = fromDeg === null ? null : (fromDeg + (s % 2 === 0 ? swing : -swing) + 720) % 360;
    return [
      of('wind', 'wind-speed', speedMs, t, 'm/s'),
      of('wind', 'wind-from', from, t, 'deg'),
      of('nh3', 'ammonia', ppm, t),
    ];
  }).flat();

/** What a source 40 m to the west makes at the post in that wind. */
const source = { x: -40, y: 0, rate: 3000 };
const atPost = (fromDeg: number): number => {
  const place = { x: 0, y: 0, z: 2 };
  const [look] = rowOf(source, { fromDeg }, { atS: 0, places: [place] }).looks;
  return ((look?.value ?? 0) * 24.45) / 17.031;
};
const veering = (i: number): number => 270 + 60 * Math.sin(i / 3);
const alertAt = (tS: number, more: Partial<Alert> = {}): Alert => ({
  ...sampleAlert('a1'),
  kind: 'ammonia',
  condition: 'held',
  at: stampAt(tS),
  ...more,
});
const minutesOf = (count: number, of_: (i: number) => Minute): Measurement[] =>
  Array.from({ length: count }, (_, i) => minute(i, of_(i))).flat();
const windy = (i: number): Minute => ({ fromDeg: veering(i), ppm: atPost(veering(i)) });

function last(state: LocatingState, measurements: readonly Measurement[], alerts: readonly Alert[]): SourceEstimate {
  const said = located.take(state, measurements, alerts).at(-1)?.plume;
  if (!said) throw new Error('nothing was said');
  return said;
}
/** Raised after five minutes, and asked at the end. */
function after(measurements: readonly Measurement[], more: Partial<Alert> = {}): SourceEstimate {
  const state = freshLocating();
  const early = measurements.filter(({ at }) => at.monoNs < 300e9);
  last(state, early, [alertAt(300, { condition: 'raised', ...more })]);
  const end = Math.max(...measurements.map(({ at }) => at.monoNs)) / 1e9;
  return last(state, measurements.slice(early.length), [alertAt(end, more)]);
}
const reasonOf = (said: SourceEstimate): string => (said.answer === 'source' ? 'source' : said.reason);

test('a post in a veering wind tells a region that holds the source, its rate, and what it is made of', (t) => {
  const said = after(minutesOf(40, windy));
  if (said.answer !== 'source') return t.fail(said.reason);
  const there = toDegrees(where)(source.x, source.y);
  t.true(holds(said.region90, there), JSON.stringify(said.where));
  t.true(said.rateGS.low <= 3 && 3 <= said.rateGS.high, JSON.stringify(said.rateGS));
  t.is(said.where.source, 'plume');
  t.deepEqual(said.made, ['nh3/ammonia', 'wind/wind-from']);
  t.is(said.gas, 'ammonia');
  t.false(said.anew);
  t.true(plumeShape.safeParse(JSON.parse(JSON.stringify(said))).success);
  t.true(JSON.stringify(said).length < 16_000, `${JSON.stringify(said).length}`);
});

test('batches of any size, and a memory that was kept as JSON half way, give the same bytes', (t) => {
  const measurements = minutesOf(24, windy);
  const moments = [300, 700, 1100, 1430];
  const runBy = (size: number, keepAt: number): string => {
    let state = freshLocating();
    const said: string[] = [];
    for (let i = 0; i < measurements.length; i += size) {
      const batch = measurements.slice(i, i + size);
      const [from = 0, to = 0] = [batch[0]?.at.monoNs, batch.at(-1)?.at.monoNs].map((ns) => (ns ?? 0) / 1e9);
      // An alert is made of a measurement of its batch, and comes after all of that moment.
      const due = moments.filter((s) => from <= s && s <= to);
      const alerts = due.map((s) => alertAt(s, s === 300 ? { condition: 'raised' } : {}));
      said.push(...located.take(state, batch, alerts).map(({ where: at, plume }) => JSON.stringify([at, plume])));
      if (i <= keepAt && keepAt < i + size)
        state = thawLocating(frozenLocating.parse(JSON.parse(JSON.stringify(freezeLocating(state)))));
    }
    return said.join('\n');
  };
  const whole = runBy(measurements.length, -1);
  t.is(whole.split('\n').length, 4);
  t.true(whole.includes('"answer":"source"'));
  t.true(runBy(180, -1) === whole);
  t.true(runBy(3, 2400) === whole);
});

test('too few minutes are thin data, and a moment later they are not taken for more', (t) => {
  t.is(reasonOf(after(minutesOf(9, windy))), 'thin-data');
});

test('calm air has no direction: the anemometer leaves it out, and the answer is that it is calm', (t) => {
  const said = after(minutesOf(20, () => ({ fromDeg: null, speedMs: 0.2, ppm: 3 })));
  t.is(reasonOf(said), 'calm-wind');
  t.deepEqual(said.latest && { ...said.latest, untilMs: 0 }, { fromDeg: null, speedMs: 0.2, untilMs: 0 });
});

test('an alert that does not know its gas is told so, and so is one that nobody gave a molar mass for', (t) => {
  t.is(reasonOf(after(minutesOf(20, windy), { kind: 'vapour' })), 'unknown-gas');
  t.is(reasonOf(after(minutesOf(20, windy), { kind: 'never-heard-of' })), 'unknown-gas');
});

test('a wind from all around within each minute has no direction', (t) => {
  t.is(reasonOf(after(minutesOf(20, () => ({ fromDeg: 270, swing: 85, ppm: 3 })))), 'wind-turns');
});

test('a post that was looked at from one side only, in a wind that stands still, leaves the line upwind open', (t) => {
  t.is(reasonOf(after(minutesOf(20, () => ({ fromDeg: 270, swing: 2, ppm: atPost(270) })))), 'direction-spread');
});

test('gas from every side alike has no source that explains it', (t) => {
  t.is(reasonOf(after(minutesOf(30, (i) => ({ fromDeg: (i * 77) % 360, ppm: 3 })))), 'no-contrast');
});

test('without an anemometer there is no wind, and one that fell silent is not the wind of now', (t) => {
  const isGas = ({ quantity }: Measurement): boolean => quantity === 'ammonia';
  t.is(reasonOf(after(minutesOf(20, windy).filter(isGas))), 'no-wind');
  const silent = minutesOf(40, windy).filter((one) => isGas(one) || one.at.monoNs < 25 * 60e9);
  t.is(reasonOf(after(silent)), 'stale-wind');
});

test('a technician at work and air that is not of the inlet are no looks', (t) => {
  for (const flag of ['inhibited', 'not-measured'] as const) {
    const said = after(minutesOf(20, windy).map((one) => ({ ...one, flags: [flag] })));
    t.is(reasonOf(said), 'thin-data');
    t.deepEqual(said.made, []);
  }
});

test('another boot counts its own time: the estimate begins anew and says so', (t) => {
  const state = freshLocating();
  last(state, minutesOf(30, windy), [alertAt(300, { condition: 'raised' })]);
  const boot = '11111111-1111-2222-3333-444444444444';
  const later = minutesOf(4, windy).map((one) => ({ ...one, at: { ...one.at, boot } }));
  const said = last(state, later, [alertAt(239, { at: { ...stampAt(239), boot } })]);
  t.true(said.anew);
  t.is(reasonOf(said), 'thin-data');
});

/** Upwind of the post from the fifth minute on and a minute's swing to either side: gas as soon as the source is there. */
const beginning = (i: number): Minute => {
  const fromDeg = i < 6 ? 270 : veering(i);
  return { fromDeg, ppm: i < 5 ? 0 : atPost(fromDeg) };
};

test('a source that begins while the wind comes from it: clean air in that wind is no proof that nothing is there', (t) => {
  const said = after(minutesOf(40, beginning));
  if (said.answer !== 'source') return t.fail(said.reason);
  t.true(holds(said.region90, toDegrees(where)(source.x, source.y)), JSON.stringify(said.where));
});

test('a box that starts again while the source is there takes every minute for one with it, and finds it anew', (t) => {
  const state = freshLocating();
  last(state, minutesOf(20, beginning), [alertAt(300, { condition: 'raised' })]);
  const boot = '11111111-1111-2222-3333-444444444444';
  const later = minutesOf(30, windy).map((one) => ({ ...one, at: { ...one.at, boot } }));
  const at = (tS: number) => alertAt(tS, { at: { ...stampAt(tS), boot } });
  last(state, later.slice(0, 180), [at(59)]);
  const said = last(state, later.slice(180), [at(30 * 60 - 1)]);
  if (said.answer !== 'source') return t.fail(said.reason);
  t.true(said.anew);
  t.true(holds(said.region90, toDegrees(where)(source.x, source.y)), JSON.stringify(said.where));
});

test('another alert of the gas goes on with the same source; long after, it is another one', (t) => {
  const state = freshLocating();
  last(state, minutesOf(10, windy), [alertAt(300, { condition: 'raised' }), alertAt(590, { condition: 'cleared' })]);
  const [first] = located.take(state, minutesOf(20, windy).slice(10 * 180), [alertAt(1190, { condition: 'raised' })]);
  t.is(first?.plume?.sinceMs, stampAt(120).wallMs);
  last(state, [], [alertAt(1195, { condition: 'cleared' })]);
  const [second] = located.take(
    state,
    [77, 78, 79, 80].flatMap((i) => minute(i, windy(i))),
    [alertAt(80 * 60 + 59, { condition: 'raised' })],
  );
  t.is(second?.plume?.sinceMs, stampAt(77 * 60).wallMs);
  t.true(state.gathered.rows.length < 10, `${state.gathered.rows.length}`);
});

/** A minute of hovering at a place, metres from `where`, as the feed tells it each second. */
function hover(i: number, at: { x: number; y: number }, fromDeg: number): Measurement[] {
  const [look] = rowOf(source, { fromDeg }, { atS: 0, places: [{ ...at, z: 3 }] }).looks;
  const ppm = ((look?.value ?? 0) * 24.45) / 17.031;
  const place = toDegrees(where)(at.x, at.y);
  const fix = {
    lat: place.lat,
    lon: place.lon,
    altM: 300,
    aboveHomeM: 3,
    velocity: null,
    uHorizontalM: 1,
    uVerticalM: 1,
  };
  return Array.from({ length: 60 }, (_, s): Measurement[] => {
    const tS = i * 60 + s;
    const base = { boot: stampAt(0).boot, monoNs: tS * 1e9 };
    const wind = {
      ...base,
      kind: 'wind',
      speedMs: 3,
      fromDeg,
      uSpeedMs: 1,
      uFromDeg: 9,
      seconds: 60,
      source: 'autopilot',
    } as const;
    const said = samplesOf({ wind, position: { ...base, kind: 'position', segment: 0, ...fix } }, tS * 1e9);
    return [...said.map(({ channel, value }) => of('feed', channel, value, tS, 'm')), of('nh3', 'ammonia', ppm, tS)];
  }).flat();
}

test('a box that flies: place and wind from the feed, and looks from many places make the region small', (t) => {
  const flying = locating({ section, rules, where: null });
  const state = freshLocating();
  const legs = Array.from({ length: 30 }, (_, i) =>
    hover(i, { x: 24 - 18 * (i % 6), y: -24 + 12 * Math.floor(i / 6) }, 265),
  ).flat();
  flying.take(state, legs.slice(0, 2000), [alertAt(180, { condition: 'raised' })]);
  const said = flying.take(state, legs.slice(2000), [alertAt(30 * 60 - 1)]).at(-1)?.plume;
  if (said?.answer !== 'source') return t.fail(said?.reason);
  t.true(holds(said.region90, toDegrees(where)(source.x, source.y)), JSON.stringify(said.where));
  t.true(said.where.ceM < 40, `${said.where.ceM}`);
  t.deepEqual(said.made, ['feed/pos-east', 'feed/pos-north', 'feed/wind-from', 'nh3/ammonia']);
  t.true(said.next !== null);
});

test('a box that nobody surveyed and whose feed tells no place has no position to start from', (t) => {
  const lost = locating({ section, rules, where: null });
  const said = lost.take(freshLocating(), minutesOf(20, windy), [alertAt(1199)]).at(-1);
  t.is(said?.plume && reasonOf(said.plume), 'no-position');
  t.deepEqual(said?.where, alertAt(0).where);
});

test('means along a way are no look from a place', (t) => {
  const flying = locating({ section, rules, where: null });
  const fast = Array.from({ length: 20 }, (_, i) => {
    const there = hover(i, { x: 60, y: 0 }, 265).slice(0, 200);
    return [
      ...hover(i, { x: 0, y: 0 }, 265).slice(0, 200),
      ...there.map((one) => ({ ...one, at: stampAt(one.at.monoNs / 1e9 + 30) })),
    ];
  }).flat();
  const said = flying.take(freshLocating(), fast, [alertAt(1199)]).at(-1)?.plume;
  t.is(said && reasonOf(said), 'thin-data');
});
