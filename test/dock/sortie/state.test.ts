import { isDeepStrictEqual } from 'node:util';
import test from 'ava';
import fc from 'fast-check';
import type { PostFlight, PreFlight } from '../../../daemons/dock/sortie/checks.ts';
import { keptSortie } from '../../../daemons/dock/sortie/kept.ts';
import {
  type Moment,
  noSortie,
  type SortieInput,
  type SortieSaid,
  type SortieState,
  sortieStep,
} from '../../../daemons/dock/sortie/state.ts';
import { sortieEvent } from '../../../daemons/dock/sortie/words.ts';

const at: Moment = { wallMs: 1_790_000_000_000, monoNs: 5e9, boot: 'b00t1234-rest' };
const fit: PreFlight = {
  ...{ zeros: [{ part: 'nh3/ammonia (serial SN-1)', record: 'c-1', shown: 0.1, ageH: 1 }], bumpAgeH: 2 },
  ...{ flowMlMin: 500, clockMs: 40, lacks: [] },
};
const shift = { part: 'nh3/ammonia (serial SN-1)', record: 'c-2', since: 'c-1', before: 0.1, most: 1, unit: 'ppm' };
const good: PostFlight = { shifts: [{ ...shift, after: 0.4, isBeyond: false }], lacks: [] };
const area = [
  { lat: 47, lon: 8 },
  { lat: 47.01, lon: 8 },
  { lat: 47.01, lon: 8.01 },
];
const by = 't-17';
const open: SortieInput = { is: 'open', reference: 'A-2026/17', area, by, before: fit };
const check: SortieInput = { is: 'check', by, after: good };
const [purge, close] = [
  { is: 'purge', by },
  { is: 'close', by },
] as const satisfies readonly SortieInput[];
const abandon: SortieInput = { is: 'abandon', by, why: 'rain' };
const flies = (is: boolean | null): SortieInput => ({ is: 'flies', flies: is });
const delivered: SortieInput = { is: 'delivered' };

const inputs: readonly SortieInput[] = [
  ...[
    open,
    { ...open, before: { ...fit, lacks: ['no bump'] } },
    check,
    { ...check, after: { ...good, lacks: ['none'] } },
  ],
  ...[purge, close, abandon, flies(true), flies(false), flies(null), delivered],
];

function run(...script: readonly SortieInput[]): { state: SortieState; said: readonly SortieSaid[] } {
  let state = noSortie;
  const all: SortieSaid[] = [];
  for (const input of script) {
    const [next, ...said] = sortieStep(state, input, at);
    state = next;
    all.push(...said);
  }
  return { state, said: all };
}
const flown = [flies(false), open, flies(true), flies(false)];

interface Transition {
  readonly state: SortieState;
  readonly input: SortieInput;
  readonly next: SortieState;
  readonly said: readonly SortieSaid[];
}

/** Written from what the authority and the technician need, not with the machine's own conditions. */
const rules: Readonly<Record<string, (t: Transition) => boolean>> = {
  'what is refused changes nothing': ({ state, next, said }) =>
    !said.some(({ is }) => is === 'refused') || next === state,
  'what is asked is answered': ({ input, said }) =>
    input.is === 'flies' || input.is === 'delivered' || said.length === 1,
  'it opens only for a fit payload, on the ground, with no other open': ({ state, input, said }) =>
    !said.some(({ is }) => is === 'opened') ||
    (input.is === 'open' && input.before.lacks.length === 0 && state.flies === false && state.sortie === null),
  'it is gone only after every receipt, or if it never flew': ({ state, input, next }) =>
    state.sortie === null ||
    next.sortie !== null ||
    (input.is === 'delivered' && state.sortie.closed !== null) ||
    (input.is === 'abandon' && state.sortie.flights.length === 0),
  'it is closed only checked and purged since its last flight, or abandoned': ({ state, input, next }) =>
    next.sortie?.phase !== 'offloading' ||
    state.sortie?.phase === 'offloading' ||
    input.is === 'abandon' ||
    (next.sortie.after !== null && next.sortie.purgedBy !== null),
  'in the air nobody checks, purges, closes or abandons it': ({ state, input, said }) =>
    state.sortie?.phase !== 'flying' ||
    input.is === 'flies' ||
    input.is === 'delivered' ||
    said.some(({ is }) => is === 'refused'),
  'another flight needs another check and purge': ({ next }) =>
    next.sortie?.phase !== 'flying' || (next.sortie.after === null && next.sortie.purgedBy === null),
  'it flies only while its last flight has no end': ({ next: { sortie } }) =>
    sortie === null || (sortie.phase === 'flying') === (sortie.flights.at(-1)?.downMs === null),
  'a flight without a sortie is told': ({ state, input, said }) =>
    !(input.is === 'flies' && input.flies === true && state.flies !== true) ||
    (state.sortie !== null && state.sortie.phase !== 'offloading') ||
    said.some(({ is }) => is === 'unbound'),
  'order and area stay what they were': ({ state, next }) =>
    state.sortie === null ||
    next.sortie === null ||
    (next.sortie.area === state.sortie.area && next.sortie.reference === state.sortie.reference),
  'it stands over a restart as it is': ({ next: { sortie } }) =>
    isDeepStrictEqual(keptSortie(JSON.parse(JSON.stringify(sortie))), sortie),
  'every word of it can be told': ({ said }) => said.every((one) => sortieEvent(one).message.length > 10),
};

/** Flights are told apart by whether there are any, and whether the last one goes on: there is no end to their number. */
const keyOf = ({ sortie, flies: is }: SortieState): string =>
  JSON.stringify([is, sortie && { ...sortie, flights: sortie.flights.slice(-1) }]);

test('no reachable state breaks a rule, whatever comes', (t) => {
  const known = new Map([[keyOf(noSortie), noSortie]]);
  const phases = new Set<string>();
  let transitions = 0;
  for (const [, state] of known)
    for (const input of inputs) {
      const [next, ...said] = sortieStep(state, input, at);
      transitions += 1;
      phases.add(next.sortie?.phase ?? 'none');
      for (const [rule, holds] of Object.entries(rules))
        t.true(holds({ state, input, next, said }), `${rule}: ${JSON.stringify({ state, input, next })}`);
      const key = keyOf(next);
      if (!known.has(key)) known.set(key, next);
    }
  t.log(`${known.size} states, ${inputs.length} inputs, ${transitions} transitions, ${phases.size} phases`);
  t.is(transitions, known.size * inputs.length);
  t.deepEqual([...phases].sort(), ['checked', 'flying', 'landed', 'none', 'offloading', 'pre-flight']);
});

test('any inputs in any order, also with a restart between, break no rule', (t) => {
  // Whole flights among them, or most would never come further than the opening.
  const one = fc.oneof(fc.constantFrom(...inputs), fc.constant('restart' as const)).map((each) => [each]);
  const any = fc.oneof({ weight: 4, arbitrary: one }, { weight: 1, arbitrary: fc.constant(flown) });
  fc.assert(
    fc.property(fc.array(any, { maxLength: 60 }), (script) => {
      let state = noSortie;
      for (const input of script.flat()) {
        if (input === 'restart') {
          state = { sortie: keptSortie(JSON.parse(JSON.stringify(state.sortie))), flies: null };
          continue;
        }
        const [next, ...said] = sortieStep(state, input, at);
        for (const [rule, holds] of Object.entries(rules)) if (!holds({ state, input, next, said })) t.fail(rule);
        state = next;
      }
    }),
    { numRuns: 300 },
  );
  t.pass();
});

test('a sortie from order to receipt', (t) => {
  const { state, said } = run(...flown, check, purge, close, delivered);
  t.deepEqual(
    said.map(({ is }) => is),
    ['opened', 'up', 'down', 'checked', 'purged', 'closed', 'erased'],
  );
  t.is(state.sortie, null);
});

test('a zero that moved too far is told as a warning that names it', (t) => {
  const moved: PostFlight = { shifts: [{ ...shift, after: 3.4, isBeyond: true }], lacks: [] };
  const [said] = run(...flown, { ...check, after: moved } as SortieInput).said.slice(-1);
  const event = said && sortieEvent(said);
  t.is(event?.severity, 'warning');
  t.true(event?.message.includes('its zero moved from 0.100 to 3.40 ppm since c-1; it may move by 1 ppm'));
  t.is(event?.detail.demoted, true);
});

test('what is kept and cannot be read is no sortie', (t) => {
  for (const one of [null, {}, { phase: 'flying' }, 'x', [1]]) t.is(keptSortie(one), null);
});
