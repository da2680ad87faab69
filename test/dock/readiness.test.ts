import test from 'ava';
import { type Known, type Needs, readiness } from '../../daemons/dock/readiness.ts';

const needs: Needs = { batteryPercent: 80, uHorizontalM: 3, calibrationAgeH: 12, freeMB: 500, freshMs: 5000 };
const good: Known = {
  battery: { percent: 80, ageMs: 100 },
  gnss: { has3d: true, uHorizontalM: 3, ageMs: 100 },
  weather: { within: 'fine', says: '' },
  dock: 'closed',
  calibrationAgeH: 12,
  freeMB: 500,
  link: { ageMs: 100 },
};
const reasonsOf = (part: Partial<Known>): readonly string[] =>
  readiness({ ...good, ...part }, needs).reasons.map(({ matter }) => matter);

test('ready at the limits of everything, with no reason against it', (t) => {
  t.deepEqual(readiness(good, needs), { ready: true, reasons: [] });
});

const bad: readonly (readonly [string, Partial<Known>])[] = [
  ['battery', { battery: { percent: 79, ageMs: 0 } }],
  ['battery', { battery: { percent: 100, ageMs: 6000 } }],
  ['battery', { battery: null }],
  ['battery', { battery: { percent: Number.NaN, ageMs: 0 } }],
  ['gnss', { gnss: { has3d: false, uHorizontalM: 1, ageMs: 0 } }],
  ['gnss', { gnss: { has3d: true, uHorizontalM: null, ageMs: 0 } }],
  ['gnss', { gnss: { has3d: true, uHorizontalM: 3.1, ageMs: 0 } }],
  ['weather', { weather: { within: 'beyond', says: 'wind 14 m/s, 10 m/s are allowed' } }],
  ['weather', { weather: { within: null, says: 'the anemometer is silent' } }],
  ['dock', { dock: 'jammed' }],
  ['dock', { dock: 'maintenance' }],
  ['calibration', { calibrationAgeH: null }],
  ['calibration', { calibrationAgeH: 12.5 }],
  ['storage', { freeMB: 499 }],
  ['storage', { freeMB: null }],
  ['link', { link: null }],
  ['link', { link: { ageMs: 5001 } }],
];
for (const [matter, part] of bad)
  test(`not ready for ${matter} alone with ${JSON.stringify(part)}`, (t) => {
    t.deepEqual(reasonsOf(part), [matter]);
  });

test('every reason is given at once', (t) => {
  const { reasons } = readiness({ ...good, battery: null, freeMB: 3, link: null }, needs);
  t.deepEqual(
    reasons.map(({ why }) => why),
    ['the charge was never heard', '3 MB are free, 500 MB are needed', 'the drone was never heard'],
  );
});
