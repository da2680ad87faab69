import test from 'ava';
import fc from 'fast-check';
import type { Health } from '../../../daemons/core/fleet/health.ts';
import {
  type FleetBox,
  noTroubles,
  type Troubles,
  usualLimits,
  type Word,
  watched,
} from '../../../daemons/core/fleet/troubles.ts';

const dayMs = 86_400_000;
const well = (atMs: number): Health => ({
  ...{ v: 1, atMs, synced: true, load: 0.2, memoryFree: 0.5, storageFree: 0.5, celsius: 50, throttled: [] },
  ...{ lifeYears: 9, certificateMs: 400 * dayMs, overdue: [], waiting: {}, drops: 0, restarts: {}, flagged: {} },
  versions: {},
});
const boxesOf = (count: number, online: (i: number) => boolean, health: (i: number) => Health | null = () => null) =>
  Array.from({ length: count }, (_, i): FleetBox => {
    return { site: i % 10 === 9 ? 'south' : 'north', device: `post-${i}`, online: online(i), health: health(i) };
  });

/** A look each 5 s of so many seconds. */
function runs(
  seconds: number,
  boxesAt: (s: number) => readonly FleetBox[],
  heardAt: (s: number) => boolean = () => true,
  begun: Troubles = noTroubles(0),
): readonly [Troubles, readonly Word[]] {
  let state = begun;
  const words: Word[] = [];
  for (let s = 0; s <= seconds; s += 5) {
    const [next, said] = watched(state, { nowMs: s * 1000, heard: heardAt(s), boxes: boxesAt(s) });
    state = next;
    words.push(...said);
  }
  return [state, words];
}
const gist = (words: readonly Word[]): readonly string[] =>
  words.map(({ kind, device, condition }) => [kind, device, condition].filter((one) => one !== '').join(' '));

test('a box that is silent long enough is told once, and cleared when it is back', (t) => {
  const [, words] = runs(1200, (s) => boxesOf(20, (i) => i !== 4 || s > 900));
  t.deepEqual(gist(words), ['box-silent post-4 raised', 'box-silent post-4 cleared']);
  t.is(words[1]?.rev, 2);
  const [, short] = runs(1200, (s) => boxesOf(20, (i) => i !== 4 || s < 300 || s > 560));
  t.deepEqual(short, []);
});

test('a thousand boxes that fall silent within minutes are one incident of their site, and what stays away after it is told', (t) => {
  const [state, words] = runs(2400, (s) =>
    boxesOf(1000, (i) => i % 10 === 9 || s < 300 + (i % 200) || (s > 1500 && i !== 7)),
  );
  t.deepEqual(gist(words), ['site-silent raised', 'box-silent post-7 raised', 'site-silent cleared']);
  t.true((words[0]?.members.length ?? 0) > 0);
  t.deepEqual(Object.keys(state.open), ['box-silent north post-7']);
});

test('while the centre hears no broker nothing is held against a box, and its silence counts from its return', (t) => {
  const lost = (s: number): boolean => s < 100 || s > 2000;
  const [state, words] = runs(4000, (s) => boxesOf(50, (i) => i === 3 || s < 100 || s > 2200), lost);
  t.deepEqual(gist(words), ['centre-offline raised', 'centre-offline cleared']);
  t.deepEqual(state.open, {});
});

test('calibration, certificate, card and clock are each told with what is wrong, and cleared', (t) => {
  const ill = (s: number): Health => ({
    ...well(s * 1000),
    ...{ overdue: ['nh3/ammonia'], certificateMs: 3 * dayMs, lifeYears: 0.4, synced: false },
  });
  const [state, words] = runs(2 * 3600, (s) =>
    boxesOf(
      1,
      () => true,
      () => (s < 5000 ? ill(s) : well(s * 1000)),
    ),
  );
  t.deepEqual(gist(words), [
    'calibration-overdue post-0 raised',
    'certificate-ending post-0 raised',
    'card-worn post-0 raised',
    'clock-wrong post-0 raised',
    'calibration-overdue post-0 cleared',
    'certificate-ending post-0 cleared',
    'card-worn post-0 cleared',
    'clock-wrong post-0 cleared',
  ]);
  t.regex(words[0]?.words ?? '', /post-0: calibration is due: nh3\/ammonia/);
  t.deepEqual(state.open, {});
  const ahead = runs(3700, () =>
    boxesOf(
      1,
      () => true,
      () => well(9e9),
    ),
  )[1];
  t.deepEqual(gist(ahead), ['clock-wrong post-0 raised']);
});

test('what was open before a restart is neither told again nor forgotten', (t) => {
  const [state] = runs(600, () => boxesOf(20, (i) => i > 5));
  t.deepEqual(Object.keys(state.open), ['site-silent north ']);
  const [again, words] = runs(600, () => boxesOf(20, (i) => i > 5), undefined, noTroubles(0, state.open));
  t.deepEqual(gist(words), []);
  t.is(again.open['site-silent north ']?.members.length, 6);
});

test('a trouble that goes on is said again each day, under the same id', (t) => {
  let [state, words] = watched(noTroubles(-usualLimits.silentMs), {
    nowMs: 0,
    heard: true,
    boxes: boxesOf(9, () => true),
  });
  const said: Word[] = [];
  for (let hour = 0; hour < 60; hour++) {
    [state, words] = watched(state, { nowMs: hour * 3_600_000, heard: true, boxes: boxesOf(9, (i) => i !== 1) });
    said.push(...words);
  }
  t.deepEqual(gist(said), ['box-silent post-1 raised', 'box-silent post-1 held', 'box-silent post-1 held']);
  t.is(new Set(said.map(({ id }) => id)).size, 1);
});

const lookAny = fc.record({
  afterS: fc.integer({ min: 1, max: 900 }),
  heard: fc.boolean(),
  away: fc.array(fc.nat(29), { maxLength: 30 }),
  ill: fc.array(fc.nat(29), { maxLength: 3 }),
});

test('whatever comes: each trouble is raised before it is cleared, revisions count up, and no box of an incident is told alone', (t) => {
  fc.assert(
    fc.property(fc.array(lookAny, { maxLength: 60 }), (looks) => {
      let state = noTroubles(0);
      let nowMs = 0;
      const revs = new Map<string, number>();
      for (const { afterS, heard, away, ill } of looks) {
        nowMs += afterS * 1000;
        const health = (i: number): Health => ({ ...well(nowMs), overdue: ill.includes(i) ? ['x'] : [] });
        const [next, words] = watched(state, { nowMs, heard, boxes: boxesOf(30, (i) => !away.includes(i), health) });
        for (const { id, rev, condition } of words) {
          t.is(rev, (revs.get(id) ?? 0) + 1);
          t.is(condition === 'raised', rev === 1);
          revs.set(id, rev);
        }
        if (!heard) t.true(words.every(({ kind }) => kind === 'centre-offline'));
        const members = Object.values(next.open).flatMap((one) => one.members);
        for (const one of Object.values(next.open))
          if (one.kind === 'box-silent') t.false(members.includes(one.device));
        state = next;
      }
    }),
    { numRuns: 300 },
  );
});
