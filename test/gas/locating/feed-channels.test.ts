import test from 'ava';
import fc from 'fast-check';
import type { FeedValue } from '../../../daemons/core/ports/feed.ts';
import { trim } from '../../../daemons/core/telemetry/trim.ts';
import { feedChannels, feedSensorOf, placeOf, samplesOf } from '../../../daemons/gas/locating/feed-channels.ts';
import { stampAt } from '../../support/readings.ts';

const base = { boot: 'b', monoNs: 100e9 };
const wind = {
  ...base,
  kind: 'wind',
  speedMs: 3,
  fromDeg: 240,
  uSpeedMs: 1,
  uFromDeg: 9,
  seconds: 60,
  source: 'autopilot',
} as const;
const position = {
  ...base,
  kind: 'position',
  segment: 0,
  lat: 44.53021,
  lon: 73.44137,
  altM: 300,
  aboveHomeM: 12,
  velocity: null,
  uHorizontalM: 1,
  uVerticalM: 1,
} as const;

test('a place comes out of the six digits of telemetry to a centimetre, anywhere', (t) => {
  fc.assert(
    fc.property(
      fc.double({ min: -85, max: 85, noNaN: true }),
      fc.double({ min: -180, max: 179.999, noNaN: true }),
      (lat, lon) => {
        const said = samplesOf({ wind: null, position: { ...position, lat, lon } }, 100e9);
        const kept = new Map(said.map(({ channel, value }) => [channel, trim(value ?? 0, 6)]));
        const value = (name: string): number => kept.get(name) ?? Number.NaN;
        const place = placeOf({ lat: value('pos-lat'), lon: value('pos-lon') }, value('pos-north'), value('pos-east'));
        const metres = 111_195 * Math.hypot(place.lat - lat, (place.lon - lon) * Math.cos((lat * Math.PI) / 180));
        t.true(metres < 0.02, `${metres}`);
        t.is(said.at(-1)?.channel, 'pos-east');
      },
    ),
  );
});

test('what the feed said too long ago is not said again: first the place, then the wind', (t) => {
  const channels = (nowNs: number): string[] => samplesOf({ wind, position }, nowNs).map(({ channel }) => channel);
  t.deepEqual(
    channels(101e9),
    feedChannels.map(({ name }) => name),
  );
  t.deepEqual(channels(104e9), ['wind-speed', 'wind-from']);
  t.deepEqual(channels(131e9), []);
});

test('a feed that is lost, or says other things, leaves what it said to grow old', async (t) => {
  let nowNs = 100e9;
  const { driver, events } = feedSensorOf({ now: () => ({ ...stampAt(0), monoNs: nowNs }) });
  t.deepEqual(await driver.read(), []);
  events.onValue({ ...wind, fromDeg: null, speedMs: 0.2 });
  events.onValue({ ...base, kind: 'time', source: 'gnss', wallMs: 1, uncertaintyMs: 1 } satisfies FeedValue);
  events.onLost();
  t.deepEqual(
    (await driver.read()).map(({ channel, value }) => [channel, value]),
    [
      ['wind-speed', 0.2],
      ['wind-from', null],
    ],
  );
  nowNs = 200e9;
  t.deepEqual(await driver.read(), []);
});
