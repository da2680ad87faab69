/** Walks every state that the dock can come to, with every input, and holds each against what must never be. */
import {
  type Command,
  type Dock,
  freshDock,
  type Input,
  type Said,
  type Seen,
  type Step,
} from '../../daemons/dock/state.ts';

const commands: Readonly<Record<Command, true>> = {
  'open-to-launch': true,
  'open-to-recover': true,
  close: true,
  stop: true,
  charge: true,
  'stop-charging': true,
  maintain: true,
  'end-maintenance': true,
  'hand-open': true,
  'hand-close': true,
  'hand-stop': true,
  reset: true,
};
const values: { readonly [K in keyof Seen]: readonly Seen[K][] } = {
  atOpen: [false, true],
  atClosed: [false, true],
  seated: [false, true, null],
  airborne: [false, true, null],
  weather: ['fine', 'beyond', null],
  power: [false, true],
  stopPressed: [false, true],
  person: [false, true],
};

/** Both switches may change in one look, as may any one of the other sensors. */
export const inputs: readonly Input[] = [
  ...Object.keys(commands).map((command): Input => ({ is: 'command', command: command as Command, by: 'p1' })),
  ...Object.entries(values).flatMap(([name, all]) =>
    (all as readonly unknown[]).map((one): Input => ({ is: 'seen', seen: { [name]: one } })),
  ),
  ...[false, true].flatMap((atOpen) =>
    [false, true].map((atClosed): Input => ({ is: 'seen', seen: { atOpen, atClosed } })),
  ),
  { is: 'over-current' },
  { is: 'overdue' },
  { is: 'restart' },
];

export interface Walk {
  readonly states: number;
  readonly transitions: number;
  readonly modes: ReadonlySet<string>;
  /** The first few steps that broke a rule: the rule, and how it came about. */
  readonly broken: readonly string[];
}

export type Stepper = (dock: Dock, input: Input) => Step;

/** Breadth first from the start until nothing new comes. */
export function walk(step: Stepper): Walk {
  const known = new Map<string, Dock>([[JSON.stringify(freshDock), freshDock]]);
  const modes = new Set<string>();
  const broken: string[] = [];
  let transitions = 0;
  // A map is walked in the order of its entries, those that are added on the way included.
  for (const [text, dock] of known) {
    modes.add(dock.mode);
    for (const input of inputs) {
      const [next, said] = step(dock, input);
      transitions += 1;
      for (const rule of wrong({ dock, input, next, said }))
        if (broken.length < 10) broken.push(`${rule}: ${text} -- ${JSON.stringify(input)} -> ${JSON.stringify(next)}`);
      const key = JSON.stringify(next);
      if (!known.has(key)) known.set(key, next);
    }
  }
  return { states: known.size, transitions, modes, broken };
}

interface Transition {
  readonly dock: Dock;
  readonly input: Input;
  readonly next: Dock;
  readonly said: readonly Said[];
}

/** Written from the requirements and not with the machine's own conditions. */
const rules: Readonly<Record<string, (t: Transition) => boolean>> = {
  'nothing moves or charges without power': ({ next }) => next.seen.power || (next.motor === 'off' && !next.charger),
  'nothing moves or charges while the emergency stop is pressed': ({ next }) =>
    !next.seen.stopPressed || (next.motor === 'off' && !next.charger && next.mode === 'emergency'),
  'nothing moves while the limit switches contradict each other': ({ next: { seen, motor } }) =>
    !(seen.atOpen && seen.atClosed) || motor === 'off',
  'the hatch is not driven into an end that it is at': ({ next: { seen, motor } }) =>
    !(motor === 'opens' && seen.atOpen) && !(motor === 'closes' && seen.atClosed),
  'the hatch never closes on a drone that is not seated': ({ next: { seen, motor, mode } }) => {
    if (motor !== 'closes') return true;
    if (seen.seated === true) return seen.airborne !== true;
    if (seen.seated === null) return false;
    return seen.airborne === true || (mode === 'maintenance' && seen.person && seen.airborne === null);
  },
  'it opens to launch only in weather within limits': ({ next }) =>
    !(next.motor === 'opens' && next.purpose === 'launch') || next.seen.weather === 'fine',
  'it opens for a purpose, or by the hand of a person at the box': ({ next }) =>
    next.motor !== 'opens' || next.purpose !== null || (next.mode === 'maintenance' && next.seen.person),
  'opening to recover begins only for a drone that is not home': ({ dock, next }) =>
    next.purpose !== 'recover' ||
    dock.purpose === 'recover' ||
    next.seen.airborne === true ||
    next.seen.seated === false,
  'from a closed hatch, a flying drone is let in whatever the weather': ({ dock, input, next }) => {
    const asked = input.is === 'command' && input.command === 'open-to-recover' && dock.mode === 'closed';
    return !asked || !dock.seen.power || dock.seen.airborne !== true || next.motor === 'opens';
  },
  'a motor runs only in the mode of its direction': ({ next: { motor, mode } }) =>
    motor === 'off'
      ? mode !== 'opening' && mode !== 'closing'
      : mode === 'maintenance' || mode === (motor === 'opens' ? 'opening' : 'closing'),
  'by hand it moves only with a person at the box': ({ next }) =>
    next.mode !== 'maintenance' || next.motor === 'off' || next.seen.person,
  'the charger is on only at a seated drone under a closed hatch': ({ next: { charger, mode, seen } }) =>
    charger === (mode === 'charging') && (!charger || (seen.seated === true && seen.atClosed && !seen.atOpen)),
  'closed and open are what the switches say': ({ next: { mode, seen } }) =>
    (mode !== 'closed' && mode !== 'charging') || (seen.atClosed && !seen.atOpen)
      ? mode !== 'open' || (seen.atOpen && !seen.atClosed)
      : false,
  'after a restart, too much current or a time-out nothing moves': ({ input, next }) =>
    !(input.is === 'restart' || input.is === 'over-current' || input.is === 'overdue') ||
    (next.motor === 'off' && next.mode !== 'opening' && next.mode !== 'closing'),
  'stop stops': ({ input, next }) =>
    !(
      input.is === 'command' &&
      (input.command === 'stop' || (input.command === 'hand-stop' && next.mode === 'maintenance'))
    ) || next.motor === 'off',
  'nothing starts to move by itself but the closing of a launch that weather overtook': ({ dock, input, next }) =>
    input.is === 'command' ||
    next.motor === 'off' ||
    next.motor === dock.motor ||
    (dock.purpose === 'launch' && next.motor === 'closes' && next.seen.weather !== 'fine'),
  'an emergency ends only by a person at the box': ({ dock, input, next }) =>
    dock.mode !== 'emergency' ||
    next.mode === 'emergency' ||
    input.is === 'restart' ||
    (input.is === 'command' && input.command === 'reset' && dock.seen.person && !dock.seen.stopPressed),
  'what a person does at the box is recorded': ({ dock, next, said }) =>
    !(
      next.mode === 'maintenance' &&
      (dock.mode !== 'maintenance' || (next.motor !== 'off' && next.motor !== dock.motor))
    ) || said.some((one) => one.is === 'by-hand' && one.by === 'p1'),
  'a change of mode is told': ({ dock, next, said }) =>
    dock.mode === next.mode || said.some((one) => one.is === 'changed'),
  'a jam says what it is': ({ next }) => (next.mode === 'jammed') === (next.jam !== null),
};

const wrong = (t: Transition): readonly string[] =>
  Object.entries(rules).flatMap(([rule, holds]) => (holds(t) ? [] : [rule]));
