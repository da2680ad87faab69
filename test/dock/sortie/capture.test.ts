import test from 'ava';
import fc from 'fast-check';
import { moved } from '../../../daemons/core/feed/place.ts';
import type { CaptureWord } from '../../../daemons/core/values/capture.ts';
import { captureWord } from '../../../daemons/dock/sortie/capture.ts';
import type { Sortie, SortieState } from '../../../daemons/dock/sortie/state.ts';

const centre = { lat: 47.3, lon: 8.5 };
const corners = [
  [500, 500],
  [500, -500],
  [-500, -500],
  [-500, 500],
] as const;
const sortie = {
  ...{ id: 's-1', phase: 'flying', reference: 'A-1', by: 't-1', openedMs: 0, flights: [], after: null },
  area: corners.map(([north, east]) => moved(centre, north, east)),
  ...{ purgedBy: null, closed: null, before: { zeros: [], bumpAgeH: 1, flowMlMin: 1, clockMs: 1, lacks: [] } },
} as const satisfies Sortie;
const flying: SortieState = { sortie, flies: true };
const at = (north: number, east: number, s: number, u = 2) => ({
  ...moved(centre, north, east),
  ...{ monoNs: s * 1e9, uHorizontalM: u },
});
const sight = (position: ReturnType<typeof at> | null, s: number) => ({ position, nowNs: s * 1e9, marginM: 30 });

test('within the area in the air it is open, and says since when', (t) => {
  const first = captureWord(null, flying, sight(at(0, 0, 10), 10.2));
  t.deepEqual(first, { monoNs: 10e9, open: true, sinceNs: 10e9, sortie: 's-1', why: '' });
  t.like(captureWord(first, flying, sight(at(10, 0, 11), 11.2)), { monoNs: 11e9, open: true, sinceNs: 10e9 });
});

const shut: Readonly<Record<string, readonly [SortieState, ReturnType<typeof sight>]>> = {
  'no sortie': [{ sortie: null, flies: true }, sight(at(0, 0, 10), 10)],
  'on the ground': [{ sortie: { ...sortie, phase: 'landed' }, flies: false }, sight(at(0, 0, 10), 10)],
  'the drone went silent': [{ sortie, flies: null }, sight(at(0, 0, 10), 10)],
  'no position': [flying, sight(null, 10)],
  'an old position': [flying, sight(at(0, 0, 10), 11.1)],
  outside: [flying, sight(at(600, 0, 10), 10)],
  'inside, nearer to the edge than the margin': [flying, sight(at(475, 0, 10), 10)],
  'inside, with a receiver that is not sure': [flying, sight(at(400, 0, 10, 90), 10)],
};
for (const [name, [state, seen]] of Object.entries(shut))
  test(`shut: ${name}`, (t) => {
    const word = captureWord(null, state, seen);
    t.false(word.open);
    t.true(word.why.length > 5);
  });

test('wherever it flies, it is open only within the area by margin and uncertainty, without a break since it says so', (t) => {
  const place = fc.tuple(fc.integer({ min: -700, max: 700 }), fc.integer({ min: -700, max: 700 }), fc.nat(50));
  fc.assert(
    fc.property(fc.array(place, { maxLength: 40 }), (places) => {
      let word: CaptureWord | null = null;
      let openSinceS: number | null = null;
      for (const [i, [north, east, u]] of places.entries()) {
        word = captureWord(word, flying, sight(at(north, east, i + 1, u), i + 1));
        const within = 500 - Math.max(Math.abs(north), Math.abs(east)) - 30 - u;
        // On the line itself the rounding of degrees decides.
        if (Math.abs(within) > 0.01) t.is(word.open, within > 0);
        openSinceS = word.open ? (openSinceS ?? i + 1) : null;
        if (word.open) t.is(word.sinceNs, (openSinceS ?? 0) * 1e9);
      }
    }),
    { numRuns: 200 },
  );
});
