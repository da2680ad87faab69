import test from 'ava';
import fc from 'fast-check';
import { type Hours, isWithin, isZone, lookAgainMs } from '../../../daemons/core/dispatch/hours.ts';

const at = (text: string): number => Date.parse(text);
const night: Hours = { fromMin: 20 * 60, toMin: 6 * 60, zone: 'Asia/Almaty', days: null };

test('hours are those of the zone, and may pass midnight', (t) => {
  t.true(isWithin(night, at('2026-11-30T20:00:00+05:00')));
  t.true(isWithin(night, at('2026-12-01T05:59:59+05:00')));
  t.false(isWithin(night, at('2026-12-01T06:00:00+05:00')));
  t.false(isWithin(night, at('2026-11-30T19:59:59+05:00')));
  t.true(isZone('Europe/Berlin'));
  t.false(isZone('Almaty'));
});

test('a day is that on which they began', (t) => {
  const friday = { ...night, days: [4] };
  t.true(isWithin(friday, at('2026-12-04T23:00:00+05:00')));
  t.true(isWithin(friday, at('2026-12-05T05:00:00+05:00')), 'Saturday morning is the night of Friday');
  t.false(isWithin(friday, at('2026-12-04T05:00:00+05:00')));
});

test('who looks again when told to misses no beginning, also where clocks are changed', (t) => {
  const min = fc.integer({ min: 0, max: 1439 });
  const zone = fc.constantFrom('Asia/Almaty', 'Europe/Berlin', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'UTC');
  const days = fc.option(fc.uniqueArray(fc.integer({ min: 0, max: 6 }), { minLength: 1 }), { nil: null });
  // Around the changes of Berlin and Lord Howe.
  const moment = fc.constantFrom(
    at('2026-03-28T12:00Z'),
    at('2026-10-24T12:00Z'),
    at('2026-10-03T06:00Z'),
    at('2026-04-04T06:00Z'),
  );
  fc.assert(
    fc.property(fc.record({ fromMin: min, toMin: min, zone, days }), moment, min, (hours, start, off) => {
      fc.pre(hours.fromMin !== hours.toMin);
      let looked = start + off * 60_000;
      for (let n = 0; n < 100 && !isWithin(hours, looked); n++) {
        const next = lookAgainMs(hours, looked);
        t.true(next > looked);
        for (let ms = (Math.floor(looked / 60_000) + 1) * 60_000; ms < next; ms += 60_000) t.false(isWithin(hours, ms));
        looked = next;
      }
    }),
    {
      numRuns: 60,
      examples: [[{ fromMin: 300, toMin: 360, zone: 'Europe/Berlin', days: null }, at('2026-03-28T12:00Z'), 0]],
    },
  );
});
