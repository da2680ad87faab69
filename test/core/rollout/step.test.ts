import test from 'ava';
import fc from 'fast-check';
import { ordered, orders } from '../../../daemons/core/rollout/order.ts';
import { begunAt, ended, type Phase, type Plan, type Rollout, wavesOf } from '../../../daemons/core/rollout/plan.ts';
import { looked, type Seen, unsaid, unseen, watchedAgain } from '../../../daemons/core/rollout/step.ts';

const names = Array.from({ length: 12 }, (_, i) => `post-${i + 1}`);
const planOf = (change: Partial<Plan> = {}): Plan => ({
  ...{ name: 'r1', site: 'north', by: 'op-17', why: 'a test' },
  waves: wavesOf('r1', names, ['post-1', 'post-2'], [50]),
  ...{ perMinute: 4, atOnce: 3, steadyS: 10, silentS: 100, stopAt: 2, onStop: 'hold' },
  versions: Object.fromEntries(names.map((name) => [name, { forward: 5, back: 6 }])),
  ...change,
});
const onWay: readonly Phase[] = ['sent', 'waiting', 'on-trial', 'applied'];
const countOf = ({ boxes }: Rollout, phases: readonly Phase[]): number =>
  Object.values(boxes).filter(({ phase }) => phases.includes(phase)).length;

/** How a box takes what it is told. */
type Nature = 'good' | 'reverts' | 'refuses' | 'dies' | 'mute';

/** Boxes that behave, each by its nature: a look a second, everything as the driver does it. */
function fleet(plan: Plan, natureOf: (box: string) => Nature) {
  const seen = new Map<string, Seen>(
    names.map((name) => [
      name,
      { online: true, desired: 3, reported: { desired: 3, phase: 'in-force', inForce: 3, reasons: [] } },
    ]),
  );
  const tell = (box: string, version: number): void => {
    const before = seen.get(box) ?? unseen;
    const nature = version === 6 ? 'good' : natureOf(box);
    const says = (phase: 'in-force' | 'reverted' | 'refused', inForce: number): Seen => ({
      online: true,
      desired: version,
      reported: { desired: version, phase, inForce, reasons: phase === 'in-force' ? [] : ['gas does not start'] },
    });
    if (nature === 'good') seen.set(box, says('in-force', version));
    else if (nature === 'reverts') seen.set(box, says('reverted', 3));
    else if (nature === 'refuses') seen.set(box, says('refused', 3));
    else seen.set(box, { ...before, desired: version, online: nature !== 'dies' });
  };
  return {
    run: (seconds: number, begun = begunAt(plan, 0), fromMs = 0): Rollout => {
      let rollout = begun;
      for (let s = 1; s <= seconds; s++) {
        const nowMs = fromMs + s * 1000;
        [rollout] = looked(rollout, (box) => seen.get(box) ?? unseen, nowMs);
        for (const { box, side } of unsaid(rollout, (name) => seen.get(name) ?? unseen))
          tell(box, plan.versions[box]?.[side] ?? 0);
      }
      return rollout;
    },
    seen,
  };
}

test('a good change reaches every box', (t) => {
  const rollout = fleet(planOf(), () => 'good').run(600);
  t.is(rollout.mode, 'done');
  t.is(countOf(rollout, ['steady']), names.length);
});

for (const nature of ['reverts', 'refuses', 'dies', 'mute'] as const)
  test(`a change that ${nature} is told to the canaries and to nobody else`, (t) => {
    const rollout = fleet(planOf(), () => nature).run(900);
    t.is(rollout.mode, 'stopped');
    t.regex(rollout.reason, /^canary post-[12]: (reverted|refused|silent)/);
    for (const name of names.slice(2)) t.is(rollout.boxes[name]?.phase, 'queued', name);
  });

test('after the canaries it stops at the stated number of failures, and takes back all where it is to', (t) => {
  const bad = (box: string): Nature => (['post-1', 'post-2'].includes(box) ? 'good' : 'reverts');
  const held = fleet(planOf(), bad).run(900);
  t.is(held.mode, 'stopped');
  t.is(countOf(held, ['steady']), 2);
  const back = fleet(planOf({ onStop: 'back' }), bad).run(900);
  t.is(back.mode, 'back');
  t.is(countOf(back, ['steady', 'failed', ...onWay]), 0);
  t.is(back.boxes['post-1']?.phase, 'back');
});

test('a box that waits at its gate shows why, fails nothing, and is taken back when the rollout stops', (t) => {
  const gated = fleet(planOf(), () => 'mute');
  let rollout = gated.run(1);
  for (const name of ['post-1', 'post-2'])
    gated.seen.set(name, {
      online: true,
      desired: 5,
      reported: { desired: 5, phase: 'waiting', inForce: 3, reasons: ['waits: the drone is in flight'] },
    });
  rollout = gated.run(1000, rollout, 1000);
  t.is(rollout.mode, 'running');
  t.deepEqual(rollout.boxes['post-1']?.reasons, ['waits: the drone is in flight']);
  [rollout] = ordered(rollout, 'stop', 'not today');
  rollout = gated.run(3, rollout, 2_000_000);
  t.is(rollout.mode, 'stopped');
  t.is(rollout.boxes['post-1']?.phase, 'back');
});

test('what somebody else set meanwhile is left alone', (t) => {
  const other = fleet(planOf(), () => 'good');
  other.seen.set('post-2', { online: true, desired: 9, reported: null });
  const rollout = other.run(600);
  t.is(rollout.boxes['post-2']?.phase, 'superseded');
  t.is(other.seen.get('post-2')?.desired, 9);
  t.is(rollout.mode, 'done');
});

test('a box that is away holds nobody up unless it is a canary', (t) => {
  const away = fleet(planOf(), () => 'good');
  away.seen.set('post-7', { ...unseen, desired: 3 });
  const rollout = away.run(900);
  t.is(rollout.mode, 'running');
  t.is(countOf(rollout, ['steady']), names.length - 1);
  const canary = fleet(planOf(), () => 'good');
  canary.seen.set('post-1', { ...unseen, desired: 3 });
  t.is(countOf(canary.run(900), ['steady']), 1);
});

test('whoever resumes after failures goes on with the boxes that were not told', (t) => {
  const one = fleet(planOf({ stopAt: 1 }), (box) => (box === 'post-5' ? 'reverts' : 'good'));
  let rollout = one.run(900);
  t.is(rollout.mode, 'stopped');
  [rollout] = ordered(rollout, 'resume', 'seen: its lamp is unplugged');
  rollout = one.run(900, rollout, 900_000);
  t.is(rollout.mode, 'done');
  t.is(countOf(rollout, ['steady', 'back']), names.length - 1);
});

const seenAny: fc.Arbitrary<Seen> = fc.record({
  online: fc.boolean(),
  desired: fc.constantFrom(0, 3, 5, 5, 5, 6, 7),
  reported: fc.option(
    fc.record({
      desired: fc.constantFrom(0, 3, 5, 5, 6),
      phase: fc.constantFrom('in-force', 'waiting', 'fetching', 'on-trial', 'reverted', 'refused'),
      inForce: fc.constantFrom(0, 3, 5, 5, 6),
      reasons: fc.constant(['because']),
    }),
  ),
});
const stepAny = fc.oneof(
  { weight: 5, arbitrary: fc.record({ afterS: fc.nat(70), seen: fc.dictionary(fc.constantFrom(...names), seenAny) }) },
  { weight: 1, arbitrary: fc.constantFrom(...orders) },
  { weight: 1, arbitrary: fc.constant('restart' as const) },
);

/** A refused order changes nothing. */
function orderedOrSame(rollout: Rollout, order: (typeof orders)[number]): Rollout {
  try {
    return ordered(rollout, order, 'a test')[0];
  } catch {
    return rollout;
  }
}

/** What is wrong after a look, by name; empty: nothing. `toldAt`: when boxes were told until now, in ms. */
function broken(before: Rollout, next: Rollout, toldAt: readonly number[], nowMs: number): readonly string[] {
  const { plan } = next;
  const canaries = plan.waves[0] ?? [];
  const told = toldIn(before, next);
  const phaseOf = (name: string): Phase => next.boxes[name]?.phase ?? 'queued';
  const failed = countOf(next, ['failed']) - next.forgiven;
  const through = (name: string): boolean => phaseOf(name) === 'steady' || phaseOf(name) === 'superseded';
  const final = names.filter((name) => ['superseded', 'back', 'back-failed'].includes(before.boxes[name]?.phase ?? ''));
  const rules: Readonly<Record<string, boolean>> = {
    'tells only while it runs': told.length === 0 || next.mode === 'running',
    'canaries come first': told.every((name) => canaries.includes(name)) || canaries.every(through),
    'no more at once': told.length === 0 || countOf(next, onWay) <= plan.atOnce,
    'no more in a minute': toldAt.filter((at) => nowMs - at < 60_000).length <= plan.perMinute,
    'a canary that fails stops it':
      next.mode !== 'running' || next.forgiven > 0 || !canaries.some((name) => phaseOf(name) === 'failed'),
    'failures stop it': next.mode !== 'running' || failed < plan.stopAt,
    'nothing stays to be tried': next.mode !== 'stopped' || countOf(next, ['sent', 'waiting']) === 0,
    'done is done': next.mode !== 'done' || countOf(next, ended) === names.length,
    'what ended stays ended': final.every((name) => phaseOf(name) === before.boxes[name]?.phase),
  };
  return Object.keys(rules).filter((rule) => !rules[rule]);
}

const toldIn = (before: Rollout, next: Rollout): readonly string[] =>
  names.filter((name) => before.boxes[name]?.phase === 'queued' && next.boxes[name]?.phase === 'sent');

test('whatever boxes and operators do, what a rollout promises holds', (t) => {
  fc.assert(
    fc.property(fc.array(stepAny, { maxLength: 60 }), fc.constantFrom('hold', 'back'), (steps, onStop) => {
      let rollout = begunAt(planOf({ onStop }), 0);
      let nowMs = 0;
      const seen = new Map<string, Seen>(names.map((name) => [name, { ...unseen, online: true, desired: 3 }]));
      const seenOf = (name: string): Seen => seen.get(name) ?? unseen;
      const toldAt: number[] = [];
      for (const step of steps) {
        if (step === 'restart') rollout = watchedAgain(JSON.parse(JSON.stringify(rollout)) as Rollout, nowMs);
        else if (typeof step === 'string') rollout = orderedOrSame(rollout, step);
        else {
          nowMs += step.afterS * 1000;
          for (const [name, one] of Object.entries(step.seen)) seen.set(name, one);
          const [next, notes] = looked(rollout, seenOf, nowMs);
          toldAt.push(...toldIn(rollout, next).map(() => nowMs));
          t.deepEqual(broken(rollout, next, toldAt, nowMs), []);
          for (const { box, side } of unsaid(next, seenOf))
            t.true((next.plan.versions[box]?.[side] ?? 0) > seenOf(box).desired, 'never below what stands there');
          t.is(notes.length > 0, phases(rollout) !== phases(next));
          rollout = next;
        }
      }
    }),
    { numRuns: 300 },
  );
});

const phases = ({ boxes, mode }: Rollout): string => [mode, ...Object.values(boxes).map(({ phase }) => phase)].join();

test('waves hold each box once, canaries alone in the first, and the share that was asked for', (t) => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 200 }),
      fc.uniqueArray(fc.integer({ min: 1, max: 100 })),
      (count, percents) => {
        const boxes = Array.from({ length: count }, (_, i) => `b-${i}`);
        const waves = wavesOf(
          'any',
          boxes,
          ['b-0'],
          percents.toSorted((a, b) => a - b),
        );
        t.deepEqual(waves.flat().toSorted(), boxes.toSorted());
        t.deepEqual(waves[0], ['b-0']);
        const [first = 100] = percents.toSorted((a, b) => a - b);
        const upTo = Math.max(1, Math.ceil((count * first) / 100));
        if (upTo > 1) t.is((waves[0]?.length ?? 0) + (waves[1]?.length ?? 0), upTo);
      },
    ),
  );
});

test('a canary that is no box of it, no canary, and shares that do not grow are refused', (t) => {
  t.throws(() => wavesOf('r', names, ['post-99'], []), { message: /post-99: must be among/ });
  t.throws(() => wavesOf('r', names, [], []), { message: /at least one box/ });
  t.throws(() => wavesOf('r', names, ['post-1'], [50, 10]), { message: /must grow/ });
});
