import test from 'ava';
import { board as boardShape } from '../../../daemons/core/config/box.ts';
import { parseValue } from '../../../daemons/core/config/parse.ts';
import type { Alert } from '../../../daemons/core/values/alert.ts';
import type { Where } from '../../../daemons/core/values/detection.ts';
import type { Reading } from '../../../daemons/core/values/reading.ts';
import { gasSection } from '../../../daemons/gas/config.ts';
import { plan } from '../../../daemons/gas/conversions.ts';
import { gasLine, type LineState } from '../../../daemons/gas/line.ts';
import { freeze, frozenState, thaw } from '../../../daemons/gas/line-state.ts';
import { samplesOf } from '../../../daemons/gas/locating/feed-channels.ts';
import { recall, remembered } from '../../../daemons/gas/memory.ts';
import { reading, stampAt } from '../../support/readings.ts';

const options = {
  pattern: '{ammonia}',
  channels: [{ name: 'ammonia', unit: 'ppm', range: [-5, 500], resolution: 0.01 }],
};
const board = parseValue(
  'board',
  {
    board: 'test',
    ports: { serial: { line: { path: '/dev/null' } } },
    sensors: [{ id: 'nh3', part: 'ascii-line', serial: 'S-1', port: 'line', options, quality: { spike: false } }],
    quantities: [{ quantity: 'ammonia', unit: 'ppm', channel: 'nh3/ammonia', factory: { u: 0.1 } }],
  },
  boardShape,
);
const rule = {
  ...{ kind: 'ammonia', family: 'evidence', severity: 'warning', score: { quantity: 'ammonia' }, on: 2, off: 1 },
  ...{ raiseAfter: 3, clearAfter: 3, principle: 'electrochemical', gas: 'ammonia' },
};
const section = parseValue(
  'gas',
  { samplePeriodMs: 1000, heldEveryMs: 1000, rules: [rule], corroborate: { rowS: 5 } },
  gasSection,
);
const post: Where = { lat: 48.2, lon: 16.4, ceM: 5, source: 'surveyed' };
const perDegree = 111_195;
const { conversions } = plan(board, new Map(), { inForce: () => null });
const lineOf = (where: Where | null) => gasLine({ device: 'post-1', where, section, board, conversions, model: null });

interface Second {
  readonly ppm: number;
  readonly fromDeg?: number | undefined;
  readonly speedMs?: number;
  /** Metres north of the post; absent: nobody tells it. */
  readonly northM?: number;
}
const noWind = { fromDeg: undefined };
/** What the box reads in each second, with wind and pose as its feed tells them. */
const readingsOf = (seconds: readonly Second[], fromS = 0): Reading[] =>
  seconds.flatMap(({ ppm, fromDeg, speedMs = 3, northM }, i) => {
    const tS = fromS + i;
    const { monoNs } = stampAt(tS);
    const wind =
      fromDeg === undefined ? null : { kind: 'wind', monoNs, speedMs, fromDeg: ((fromDeg % 360) + 360) % 360 };
    const position =
      northM === undefined
        ? null
        : { kind: 'position', monoNs, lat: 48.2 + northM / perDegree, lon: 16.4, aboveHomeM: 30 };
    const told = samplesOf({ wind, position } as never, monoNs);
    return [
      ...told.map(({ channel, value }) => reading('feed', channel, value, tS)),
      reading('nh3', 'ammonia', ppm, tS),
    ];
  });
function alertsOf(seconds: readonly Second[], where: Where | null, size = 7): readonly Alert[] {
  const line = lineOf(where);
  let state = line.fresh();
  const readings = readingsOf(seconds);
  const alerts: Alert[] = [];
  for (let i = 0; i < readings.length; i += size) {
    const step = line.advance(state, readings.slice(i, i + size));
    state = step.state;
    alerts.push(...step.finding.alerts);
  }
  return alerts;
}
const many = (count: number, one: (s: number) => Second): Second[] => Array.from({ length: count }, (_, s) => one(s));
const lastOf = (all: readonly Alert[]) => ({
  certainty: all.at(-1)?.certainty,
  rule: all.at(-1)?.because.rule.split('; ').slice(1).join('; '),
});

/** 25 s of wind from the source, 25 s from the other side, to and fro; the rule stays on. */
const turning =
  (bearing: number, more: Partial<Second> = {}) =>
  (s: number): Second => {
    const isThere = Math.floor(s / 25) % 2 === 0;
    const fromDeg = bearing + (isThere ? 0 : 180) + 10 * Math.sin(s);
    return { ppm: (isThere ? 9 : 1.5) + 0.1 * Math.sin(7 * s), fromDeg, ...more };
  };

for (const bearing of [30, 120, 210, 300])
  test(`a post whose gas comes with the wind from ${bearing} degrees claims more, and says by how much`, (t) => {
    const all = alertsOf(many(130, turning(bearing)), post);
    t.is(all[0]?.certainty, 'indication');
    t.true(all[0]?.because.rule.endsWith('one principle, one pass; wind not compared: too few rows'));
    const { certainty, rule: said } = lastOf(all);
    t.is(certainty, 'corroborated');
    t.regex(said ?? '', /^downwind above upwind by \d+\.\d spreads$/);
  });

test('a gas that does not care for the wind stays an indication, and that is said', (t) => {
  const steady = many(130, (s) => ({ ...turning(120)(s), ppm: 5 + 0.5 * Math.sin(7 * s) }));
  const { certainty, rule: said } = lastOf(alertsOf(steady, post));
  t.is(certainty, 'indication');
  t.regex(said ?? '', /^one principle, one pass; downwind not above upwind \(-?\d\.\d spreads\)$/);
});

for (const [what, seconds, why] of [
  ['a calm', many(130, turning(120, { speedMs: 0.4 })), 'calm'],
  ['no wind at all', many(130, (s) => ({ ...turning(120)(s), ...noWind })), 'nobody tells the wind'],
  [
    'a feed that fell silent',
    many(260, (s) => ({ ...turning(120)(s), ...(s < 110 ? {} : noWind) })),
    'the wind that was told is old',
  ],
] as const)
  test(`${what} compares nothing, claims nothing and says why`, (t) => {
    const { certainty, rule: said } = lastOf(alertsOf(seconds, post));
    t.is(certainty, 'indication');
    t.is(said, `one principle, one pass; wind not compared: ${why}`);
  });

/** Ammonia at 300 m north; there and back at 10 m/s, twice as fast as nobody minds. */
const flight = many(240, (s) => {
  const northM = 600 - Math.abs(600 - ((10 * s) % 1200));
  const ppm = Math.abs(northM - 300) < 40 ? 9 : 0.2;
  return { ppm, northM, fromDeg: 90 };
});

test('a second pass of a box that flies corroborates the first, and a box without a pose counts none', (t) => {
  const raised = alertsOf(flight, null).filter(({ condition }) => condition === 'raised');
  t.deepEqual(
    raised.map(({ certainty }) => certainty),
    ['indication', 'corroborated', 'corroborated', 'corroborated'],
  );
  t.true(raised[1]?.because.rule.includes('; found on 2 passes'));
  const blind = alertsOf(
    flight.map(({ northM: _lost, ...one }) => one),
    null,
  ).filter(({ condition }) => condition === 'raised');
  t.deepEqual([...new Set(blind.map(({ certainty }) => certainty))], ['indication']);
  t.regex(blind[1]?.because.rule ?? '', /; one principle; wind not compared: .*; passes not counted: no position$/);
});

test('a post that stands makes no passes, whatever its feed tells', (t) => {
  const raised = alertsOf(flight, post).filter(({ condition }) => condition === 'raised');
  t.deepEqual([...new Set(raised.map(({ certainty }) => certainty))], ['indication']);
});

test('batches of any size give the same alerts, to the byte', (t) => {
  for (const [seconds, where] of [
    [many(130, turning(210)), post],
    [flight, null],
  ] as const) {
    const texts = [1, 3, 8, 50, 10_000].map((size) => JSON.stringify(alertsOf(seconds, where, size)));
    t.is(new Set(texts).size, 1);
  }
});

const onFrom = (state: LineState, where: Where | null, seconds: readonly Second[], fromS: number): readonly Alert[] =>
  lineOf(where).advance(state, readingsOf(seconds, fromS)).finding.alerts;

test('a memory that went through JSON goes on as if nothing had been', (t) => {
  for (const [seconds, where] of [
    [many(130, turning(210)), post],
    [flight, null],
  ] as const)
    for (const cut of [20, 73, 110]) {
      const line = lineOf(where);
      const { state } = line.advance(line.fresh(), readingsOf(seconds.slice(0, cut)));
      const frozen = frozenState.parse(JSON.parse(JSON.stringify(freeze(state))));
      const rest = seconds.slice(cut);
      t.deepEqual(onFrom(thaw(frozen, line.fresh(), []), where, rest, cut), onFrom(state, where, rest, cut));
    }
});

test('after a restart the passes are remembered', async (t) => {
  const line = lineOf(null);
  const { state } = line.advance(line.fresh(), readingsOf(flight.slice(0, 60)));
  const kept = JSON.parse(JSON.stringify(remembered(state))) as Record<string, unknown>;
  const after = await recall({ recall: async (key) => kept[key] }, line.fresh(), board);
  const raised = onFrom(after, null, flight.slice(60), 60).find(({ condition }) => condition === 'raised');
  t.true(raised?.because.rule.includes('; found on 2 passes'));
});
