import test from 'ava';
import { parseYaml } from '../../../daemons/core/config/parse.ts';
import { untouched } from '../../../daemons/core/desk/fold.ts';
import { fits, matchOf } from '../../../daemons/core/dispatch/matching.ts';
import { deliverySection } from '../../../daemons/core/dispatch/section.ts';
import { sampleAlert } from '../../support/alerts.ts';
import { deliveryOf, resolved, units } from '../../support/delivery-rules.ts';

const to = (unit: string, news: object = {}) => ({ unit, way: 'sms' as const, waitS: 60, ...news });
const mistakes = (rules: Parameters<typeof resolved>[0]) => resolved(rules).mistakes.join('\n');

test('each mistake is named with its path and what would be right, all at once', (t) => {
  const found = mistakes({
    units: { ...units, blue: {} },
    areas: { gone: { file: 'gone.geojson' } },
    rules: [
      { name: 'one', area: 'nowhere', chain: [to('nobody')] },
      { name: 'one', kinds: ['crop-plot'], chain: [to('blue')] },
      { name: 'late', kinds: ['crop-plot'], severities: ['warning'], chain: [to('red-1')] },
      { name: 'endless', kinds: ['vapour.*'], chain: [to('red-1'), to('duty', { until: 'seen' })] },
      { name: 'idle', severities: ['info'], chain: [to('red-1', { until: 'received' }), to('duty')] },
    ],
  });
  const lines = [
    /areas\.gone\.file: gone\.geojson cannot be read/,
    /rules\.0\.chain\.0\.unit: is nobody; must be one of units \(red-1, red-2, duty, blue\)/,
    /rules\.0\.area: is nowhere; must be one of areas \(gone\)/,
    /rules\.1\.name: is one, as that of rules\.0; must be another/,
    /rules\.1\.chain\.0\.way: is sms, and units\.blue\.contacts\.sms is missing/,
    /rules\.2: late can never match: rules\.1 \(one\) takes all that it would/,
    /rules\.3\.chain\.1\.until: is seen, and it is the last step; must be acknowledged: the chain has no other end/,
    /rules\.4\.chain\.0\.until: is received, which leaves later steps to red-1 out, and there is none/,
  ];
  for (const one of lines) t.regex(found, one);
  t.is(found.split('\n').length, lines.length, found);
});

test('a rule for drills as well is not in the shadow of one that leaves them out', (t) => {
  const chain = [to('red-1')];
  t.is(
    mistakes({
      rules: [
        { name: 'real', chain },
        { name: 'drills', drills: true, chain },
      ],
    }),
    '',
  );
  t.regex(
    mistakes({
      rules: [
        { name: 'both', drills: true, chain },
        { name: 'real', chain },
      ],
    }),
    /real can never match/,
  );
});

test('a way that is not set up is refused; page and web push need no contact', (t) => {
  t.is(
    mistakes({ rules: [{ name: 'a', chain: [to('red-1', { way: 'page' }), to('red-1', { way: 'web-push' })] }] }),
    '',
  );
  const push = to('red-1', { way: 'web-push' });
  t.regex(mistakes({ rules: [{ name: 'a', chain: [push, push] }] }), /rules\.0\.chain: is web-push alone/);
  const section = deliverySection.parse({
    units: { bare: {} },
    rules: [{ name: 'a', chain: [to('bare', { way: 'page' })] }],
  });
  t.is(section.rules.length, 1);
});

test('a file that no rule can be made of is refused with its line', (t) => {
  const why = (text: string): string =>
    t.throws(() => parseYaml('dispatch.yaml', text, deliverySection))?.message ?? '';
  t.regex(why('rules:\n  - { name: a, chain: [] }'), /dispatch\.yaml:2 rules\.0\.chain/);
  t.regex(
    why('rules:\n  - { name: a, chain: [{ unit: red-1, way: pigeon, waitS: 5 }] }'),
    /rules\.0\.chain\.0\.way: is "pigeon"; must be .*"sms"/,
  );
  t.regex(why('rules:\n  - { name: a, chain: [{ unit: red-1, way: sms }] }'), /rules\.0\.chain\.0\.waitS: is missing/);
  t.regex(
    why('units: { red-1: { contacts: { sms: "8 701" } } }'),
    /contacts\.sms: is "8 701"; must be .*a number with its country/,
  );
  t.regex(
    why(
      'rules:\n  - { name: a, hours: { from: "08:00", to: "08:00", zone: Mars }, chain: [{ unit: a, way: sms, waitS: 5 }] }',
    ),
    /zone: is "Mars"; must be a time zone/,
  );
  t.regex(why('origin: centre.example'), /origin/);
});

test('the first rule that takes an alert counts: kind, severity, site, area, drill, hours', (t) => {
  const ring = [
    [71, 51],
    [72, 51],
    [72, 52],
    [71, 52],
    [71, 51],
  ] as [number, number][];
  const { rules } = deliveryOf({
    areas: { steppe: { rings: [ring] } },
    rules: [
      { name: 'plots', kinds: ['crop-plot'], chain: [to('red-1')] },
      { name: 'steppe', area: 'steppe', kinds: ['vapour.*'], sites: ['north'], chain: [to('red-1')] },
      { name: 'drills', drills: true, sites: ['drill'], chain: [to('red-1')] },
      { name: 'night', hours: { from: '20:00', to: '06:00', zone: 'UTC' }, chain: [to('duty')] },
    ],
  });
  const recordOf = (news: object, rest: object = {}) => ({
    ...{ site: 'north', device: 'post-7', raisedMs: 0, changedMs: 0, acknowledged: null, ...rest },
    alert: sampleAlert('a', news),
  });
  const noon = Date.parse('2026-11-30T12:00Z');
  const named = (record: ReturnType<typeof recordOf>, atMs = noon) => matchOf(record, rules, atMs).rule?.name;
  t.is(named(recordOf({ kind: 'crop-plot' })), 'plots');
  t.is(named(recordOf({})), 'steppe');
  t.is(named(recordOf({ where: null })), undefined, 'without a place it touches no area');
  t.is(named(recordOf({ where: { lat: 10, lon: 10, ceM: 5, source: 'gnss' } })), undefined);
  t.is(named(recordOf({}, { site: 'south' })), undefined);
  t.is(named(recordOf({}, { site: 'south' }), noon + 9 * 3_600_000), 'night');
  t.true(
    (matchOf(recordOf({}, { site: 'south' }), rules, noon).lookMs ?? 0) > noon,
    'looked at again when hours begin',
  );
  t.is(named(recordOf({ severity: 'info' })), undefined);
  const drill = recordOf({ kind: 'drill.vapour.ammonia' }, { site: 'drill', desk: { ...untouched, drill: true } });
  t.is(named(drill), 'drills');
  t.deepEqual(
    rules.map((one) => fits(one, drill)),
    [false, false, true, false],
  );
});
