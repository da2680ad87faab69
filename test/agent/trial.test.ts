import test from 'ava';
import { shutGates } from '../../daemons/agent/gates.ts';
import { begun, failed, freshJournal, inForce, passed, started, type Trial } from '../../daemons/agent/journal.ts';
import { type Facts, freshWatch, type Verdict, watched, wellOf } from '../../daemons/agent/trial.ts';
import type { DaemonState } from '../../daemons/core/ports/supervisor.ts';

const factsOf = (gas: Partial<DaemonState> = {}, connected = true, good = 9): Facts => ({
  daemons: new Map([['gas', { is: 'running', restarts: 0, said: '', ...gas }]]),
  connected,
  readings: new Map([['gas', good]]),
});
const trial: Trial = {
  ...{ generation: 'd2-x', desired: 2, hash: 'h', starts: 0, steadyS: 3, withinS: 10 },
  demands: wellOf(factsOf()),
};

/** The verdict after facts of a second each; the last ones stay. */
function verdictOf(facts: readonly Facts[], seconds: number, of: Trial = trial): Verdict {
  const at = (i: number): Facts => facts[Math.min(i, facts.length - 1)] ?? factsOf();
  let watch = freshWatch(0, at(0));
  for (let i = 0; i <= seconds; i++) {
    const [next, verdict] = watched(watch, of, at(i), i * 1000);
    watch = next;
    if (verdict !== 'on') return verdict;
  }
  return 'on';
}

test('well without a break for long enough is well', (t) => {
  t.is(verdictOf([factsOf()], 2), 'on');
  t.is(verdictOf([factsOf()], 3), 'well');
});

test('a daemon that does not start, or ends again and again, fails at once with its last words', (t) => {
  const dead = factsOf({ is: 'failed', said: 'profiles/p.yaml gas: is wrong' });
  t.deepEqual(verdictOf([dead], 1), { failed: ['gas does not start: profiles/p.yaml gas: is wrong'] });
  const ends = [0, 1, 2, 3].map((restarts) => factsOf({ is: 'starting', restarts, said: 'code 1' }));
  t.deepEqual(verdictOf(ends, 5), { failed: ['gas ended 3 times: code 1'] });
});

test('restarts are counted from the switch, also where the supervisor begins to count anew at it', (t) => {
  const ends = [7, 0, 1, 2, 3].map((restarts) => factsOf({ is: 'starting', restarts, said: 'code 1' }));
  t.deepEqual(verdictOf(ends, 5), { failed: ['gas ended 3 times: code 1'] });
});

test('no readings, or no broker, for the whole time fails by that name', (t) => {
  t.deepEqual(verdictOf([factsOf({}, true, 0)], 20), { failed: ['not so: gas reads, within 10 s of the change'] });
  t.deepEqual(verdictOf([factsOf({}, false)], 20), {
    failed: ['not so: uplink is connected, within 10 s of the change'],
  });
});

test('a restart in the midst begins the steady time anew', (t) => {
  const late = [factsOf(), factsOf(), factsOf({ restarts: 1 })];
  t.is(verdictOf(late, 5), 'on');
  t.is(verdictOf(late, 6), 'well');
});

test('what was not well before is not asked for', (t) => {
  const before = wellOf(factsOf({}, true, 0));
  t.is(verdictOf([factsOf({}, true, 0)], 3, { ...trial, demands: before }), 'well');
});

test('a trial passes, fails, or is given up after too many starts', (t) => {
  const on = begun({ ...freshJournal, good: 'd1-y', goodDesired: 1 }, trial);
  t.is(inForce(on), 'd2-x');
  t.like(passed(on), { good: 'd2-x', goodDesired: 2, trial: null, last: { outcome: 'applied' } });
  t.like(failed(on, ['why']), { good: 'd1-y', goodDesired: 1, trial: null, last: { desired: 2, reasons: ['why'] } });
  const twice = started(started(on, 2), 2);
  t.is(inForce(twice), 'd2-x');
  t.is(inForce(started(twice, 2)), 'd1-y');
  t.regex(started(twice, 2).last?.reasons[0] ?? '', /started 3 times without becoming well/);
});

test('flight, motion, a technician, an alert and the hour each shut the gate by name; an operator may take one on', (t) => {
  const wallMs = Date.parse('2026-11-30T12:00:00Z');
  const dock = (mode: string, airborne: boolean | null) => ({ dock: { mode, airborne }, wallMs });
  t.deepEqual(shutGates(dock('closed', false), {}), []);
  t.deepEqual(shutGates(dock('opening', false), {}), ['waits: the dock is opening']);
  t.deepEqual(shutGates(dock('open', true), {}), ['waits: the drone is in flight']);
  t.deepEqual(shutGates(dock('open', null), {}), ['waits: nobody knows whether the drone is in flight']);
  t.deepEqual(shutGates({ dock: null, gas: null, wallMs }, {}), [
    'waits: the dock daemon runs and does not say what it does',
    'waits: the gas daemon runs and does not say what is in hand',
  ]);
  t.deepEqual(shutGates({ wallMs }, {}), []);
  const gas = { gas: { inHand: ['nh3/ammonia'], raised: ['vapour'] }, wallMs };
  t.deepEqual(shutGates(gas, {}), ['waits: a technician has nh3/ammonia in hand', 'waits: vapour is raised']);
  const override = { reason: 'the alert is what is mended', downgrade: false, gates: ['alert' as const] };
  t.deepEqual(shutGates(gas, { override }), ['waits: a technician has nh3/ammonia in hand']);
  t.is(shutGates({ wallMs }, { schedule: { from: '22:00', until: '04:00' } }).length, 1);
  t.is(shutGates({ wallMs }, { schedule: { from: '11:00', until: '13:00' } }).length, 0);
});
