import { readFileSync } from 'node:fs';
import test from 'ava';
import { observedInUlog, ulogTopics } from '../../../daemons/core/feed/from-ulog.ts';
import { readUlog, type Sample } from '../../../daemons/core/ulog/ulog.ts';
import { given } from '../../support/needs.ts';

const sample = (topic: string, values: Sample['values'], instance = 0): Sample => ({
  topic,
  instance,
  timeUs: 2_500_000,
  values,
});

test('a position of PX4: degrees, metres, velocity with up against its down, and how sure it is', (t) => {
  const values = { lat: 47.4, lon: 8.5, alt: 488, vel_n: 1, vel_e: -2, vel_d: 0.5, eph: 0.8, epv: 1.2 };
  t.deepEqual(observedInUlog(sample('vehicle_global_position', values)), {
    kind: 'position',
    bootMs: 2500,
    lat: 47.4,
    lon: 8.5,
    altM: 488,
    aboveHomeM: null,
    velocity: { north: 1, east: -2, up: -0.5 },
    u: { horizontalM: 0.8, verticalM: 1.2 },
  });
});

test('a place that is none and a quaternion that is none are nonsense, and said to be', (t) => {
  t.like(observedInUlog(sample('vehicle_global_position', { lat: 95, lon: 8.5 })), {
    kind: 'nonsense',
    of: 'position',
  });
  t.like(observedInUlog(sample('vehicle_attitude', { q: [0, 0, 0, 0] })), { kind: 'nonsense', of: 'attitude' });
});

test('wind comes by its older and its newer name, and its spread from either name of the variance', (t) => {
  const values = { windspeed_north: 3, windspeed_east: -4 };
  const older = observedInUlog(sample('wind_estimate', { ...values, covariance_north: 0.25, covariance_east: 0.25 }));
  const newer = observedInUlog(sample('wind', { ...values, variance_north: 0.25, variance_east: 0.25 }));
  t.deepEqual(older, newer);
  t.like(older, { kind: 'air' });
});

test('a second instance of a topic and another topic say nothing', (t) => {
  t.is(observedInUlog(sample('vehicle_attitude', { q: [1, 0, 0, 0] }, 1)), null);
  t.is(observedInUlog(sample('battery_status', { voltage_v: 12 })), null);
});

test('every attitude and every wind of a real flight is taken', (t) => {
  const log = given('data/mavlink/pyulog_sample_log_small.ulg', 'a real PX4 log through the feed');
  if (log === null) {
    t.pass();
    return;
  }
  const { samples } = readUlog(readFileSync(log), ulogTopics);
  const first = (topic: string): number => samples.filter((one) => one.topic === topic && one.instance === 0).length;
  const kinds = samples.map(observedInUlog).map((one) => one?.kind);
  t.true(first('vehicle_attitude') > 1000 && first('wind_estimate') > 0);
  t.is(kinds.filter((kind) => kind === 'attitude').length, first('vehicle_attitude'));
  t.is(kinds.filter((kind) => kind === 'air').length, first('wind_estimate'));
});
