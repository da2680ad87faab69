import test from 'ava';
import fc from 'fast-check';
import type { TrackEvent } from '../../../daemons/core/feed/pieces.ts';
import { noTrack, type Position, trackStep } from '../../../daemons/core/feed/pieces.ts';
import { moved } from '../../../daemons/core/feed/place.ts';

const home = { lat: 47.3, lon: 8.5 };
const at = (s: number, northM: number, segment = 0): Position => ({
  ...{ kind: 'position', segment, monoNs: s * 1e9, ...moved(home, northM, 0), altM: 500, aboveHomeM: 30 },
  ...{ velocity: null, uHorizontalM: 3, uVerticalM: 5 },
});

function run(positions: readonly (Position | null)[]) {
  let state = noTrack;
  const events: TrackEvent[] = [];
  for (const one of positions) {
    const [next, more] = trackStep(state, one);
    state = next;
    events.push(...more);
  }
  const pieces = events.map(({ detail }) => detail.points as readonly (readonly number[])[]);
  return { pieces, segments: events.map(({ detail }) => detail.segment), state };
}

test('a drone at rest makes no track, and what a receiver wanders is none', (t) => {
  t.deepEqual(run([...Array.from({ length: 1000 }, (_, s) => at(s, s % 2 === 0 ? 0 : 2)), null]).pieces, []);
});

test('pieces join: each begins where the one before it ended, and no piece is longer than two minutes or 120 places', (t) => {
  const { pieces } = run([...Array.from({ length: 400 }, (_, s) => at(s, 6 * s)), null]);
  t.true(pieces.length >= 3);
  t.true(pieces.every((one) => one.length <= 120));
  for (const [i, one] of pieces.entries()) if (i > 0) t.deepEqual(one[0]?.slice(1), pieces[i - 1]?.at(-1)?.slice(1));
  t.is(
    pieces.reduce((sum, one) => sum + one.length - 1, 0),
    399,
  );
});

test('behind a jump another line begins', (t) => {
  const { pieces, segments } = run([at(0, 0), at(1, 10), at(2, 5000, 1), at(3, 5010, 1), null]);
  t.deepEqual(segments, [0, 1]);
  t.deepEqual(
    pieces.map((one) => one.length),
    [2, 2],
  );
});

test('whatever a drone tells, memory is bounded and every place of a piece is one that it told', (t) => {
  const any = fc.tuple(fc.nat(2000), fc.nat(2)).map(([north, segment]) => ({ north, segment }));
  fc.assert(
    fc.property(fc.array(any, { maxLength: 500 }), (told) => {
      const positions = told.map(({ north, segment }, s) => at(s, north, segment));
      const { pieces, state } = run(positions);
      t.true(state.points.length <= 120);
      const lats = new Set(positions.map(({ lat }) => Number(lat.toFixed(7))));
      t.true(pieces.flat().every(([, lat = Number.NaN]) => lats.has(lat)));
    }),
    { numRuns: 100 },
  );
});
