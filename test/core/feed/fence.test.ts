import test from 'ava';
import { fenceFault, isWithin } from '../../../daemons/core/feed/fence.ts';
import { moved } from '../../../daemons/core/feed/place.ts';

const middle = { lat: -12.5, lon: 179.999 };
const corner = (north: number, east: number) => moved(middle, north, east);
const square = [corner(100, 100), corner(100, -100), corner(-100, -100), corner(-100, 100)];

test('a square, also across the antimeridian, holds what lies in it by the margin', (t) => {
  t.is(fenceFault(square), null);
  t.true(isWithin(square, corner(60, -60), 30));
  t.false(isWithin(square, corner(80, 0), 30));
  t.false(isWithin(square, corner(0, 150), 0));
});

test('what bounds no ground is refused with why', (t) => {
  const [a, b, c, d] = square as [(typeof square)[0], (typeof square)[0], (typeof square)[0], (typeof square)[0]];
  t.regex(fenceFault([a, b]) ?? '', /2 corners/);
  t.regex(fenceFault([a, c, b, d]) ?? '', /cross/);
  t.regex(fenceFault([a, b, corner(100, 0)]) ?? '', /square metres/);
  t.regex(fenceFault([a, b, corner(60_000, 0)]) ?? '', /further than 50 km/);
});
