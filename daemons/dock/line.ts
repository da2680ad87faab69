/**
 * Everything that a dock senses, in the order in which it came, to the machine of the hatch: what takes time (travel,
 * current, relays that stick) and what grows old (wind, drone, supply) is judged here, pure. `nowMs` is monotonic.
 *
 * The supply counts as there only while it is measured, high enough, no line is lost and no relay is stuck: whatever goes
 * wrong with the hardware is "no power" to the machine, which then stops the motor and starts none.
 */
import type { Air } from '../core/codecs/sht4x.ts';
import type { DockSection } from './config.ts';
import { step } from './hatch.ts';
import { heats } from './heater.ts';
import { type Command, type Dock, freshDock, type Said, type Seen } from './state.ts';

export type InputName = 'atOpen' | 'atClosed' | 'stopPressed' | 'person' | 'seated' | 'rain';
export type OutputName = 'opens' | 'closes' | 'charger' | 'light' | 'heater';

export type LineInput =
  | { readonly is: 'level'; readonly name: InputName; readonly level: boolean }
  | { readonly is: 'read-back'; readonly levels: Readonly<Partial<Record<OutputName, boolean>>> }
  | { readonly is: 'supply'; readonly volts: number; readonly amps: number }
  | { readonly is: 'lost' | 'back'; readonly what: 'lines' | 'supply'; readonly why: string }
  | { readonly is: 'wind'; readonly speedMs: number }
  /** null: not known, and why. */
  | { readonly is: 'air'; readonly air: Air | null; readonly why: string }
  | { readonly is: 'drone'; readonly airborne: boolean | null }
  | { readonly is: 'command'; readonly command: Command; readonly by: string }
  | { readonly is: 'tick' };

export type LineSaid =
  | Said
  | { readonly is: 'relay-stuck'; readonly why: string }
  | { readonly is: 'heater'; readonly on: boolean; readonly air: Air | null }
  | { readonly is: 'air-lost' | 'air-back'; readonly why: string }
  | { readonly is: 'lost' | 'back'; readonly what: 'lines' | 'supply'; readonly why: string };

export interface LineState {
  readonly dock: Dock;
  readonly volts: number | null;
  readonly amps: number | null;
  /** What cannot be read, and why; null before it was tried. */
  readonly lost: ReadonlyMap<'lines' | 'supply', string | null>;
  readonly rain: boolean | null;
  /** undefined: never heard of, as on a dock without such a part. */
  readonly air: Air | null | undefined;
  readonly heats: boolean;
  readonly wind: { readonly speedMs: number; readonly atMs: number } | null;
  readonly drone: { readonly airborne: boolean | null; readonly atMs: number } | null;
  readonly readBack: Readonly<Partial<Record<OutputName, boolean>>>;
  /** Since when the motor runs this way, it draws too much, a relay is on that should be off. */
  readonly since: Readonly<Partial<Record<'runs' | 'over' | 'stuck', number | undefined>>>;
  /** Why a relay counts as stuck, until a person at the box resets it. */
  readonly stuck: string | null;
}

export const freshLine: LineState = {
  ...{
    dock: freshDock,
    volts: null,
    amps: null,
    lost: new Map([
      ['lines', null],
      ['supply', null],
    ] as const),
    rain: null,
    wind: null,
    air: undefined,
    heats: false,
  },
  ...{ drone: null, readBack: {}, since: {}, stuck: null },
};

/** What the outputs must be; the machine never has both directions on. */
export const outputsOf = (
  { motor, charger, mode }: Dock,
  { heats: heater }: Pick<LineState, 'heats'>,
): Readonly<Record<OutputName, boolean>> => ({
  opens: motor === 'opens',
  closes: motor === 'closes',
  charger,
  light: motor !== 'off' || mode === 'open',
  heater,
});

/** A relay and the current behind it take so long to follow, ms. */
const followsMs = 500;

type Advanced = readonly [LineState, readonly LineSaid[]];

export function advance(state: LineState, input: LineInput, nowMs: number, section: DockSection): Advanced {
  const [taken, said] = took(state, input, nowMs);
  const [timed, more] = timedOut(taken, input, { nowMs, section });
  const [seen, last] = stepped(timed, { is: 'seen', seen: seenOf(timed, nowMs, section) });
  const on = heats(seen.heats, seen.dock, { air: seen.air ?? null, rule: section.heater });
  const runs = running(state.dock, seen.dock) ? seen.since.runs : nowMs;
  return [
    { ...seen, heats: on, since: { ...seen.since, runs: seen.dock.motor === 'off' ? undefined : runs } },
    [...said, ...more, ...last, ...(on === seen.heats ? [] : [{ is: 'heater', on, air: seen.air ?? null } as const])],
  ];
}

const running = (before: Dock, { motor }: Dock): boolean => motor !== 'off' && before.motor === motor;

function stepped(state: LineState, input: Parameters<typeof step>[1]): Advanced {
  const [dock, said] = step(state.dock, input);
  return [{ ...state, dock }, said];
}

function took(state: LineState, input: LineInput, nowMs: number): Advanced {
  switch (input.is) {
    case 'level':
      if (input.name === 'rain') return [{ ...state, rain: input.level }, []];
      return stepped(state, { is: 'seen', seen: { [input.name]: input.level } });
    case 'read-back':
      return [{ ...state, readBack: input.levels }, []];
    case 'supply':
      return back(
        { ...state, volts: input.volts, amps: input.amps },
        { is: 'back', what: 'supply', why: 'it is measured' },
      );
    case 'back':
      return back(state, { ...input, is: 'back' });
    case 'lost': {
      if ((state.lost.get(input.what) ?? null) !== null) return [state, []];
      const lost = new Map([...state.lost, [input.what, input.why] as const]);
      const blank = input.what === 'supply' ? { volts: null, amps: null } : { readBack: {}, rain: null };
      // What is no longer seen is no leave: contacts and key of lines that are gone count as open.
      const blind: Partial<Seen> = input.what === 'lines' ? { seated: null, person: false } : {};
      const [next, said] = stepped({ ...state, ...blank, lost }, { is: 'seen', seen: { ...blind, power: false } });
      return [next, [{ ...input, is: 'lost' }, ...said]];
    }
    case 'wind':
      return [{ ...state, wind: { speedMs: input.speedMs, atMs: nowMs } }, []];
    case 'air':
      return aired(state, input);
    case 'drone':
      return [{ ...state, drone: { airborne: input.airborne, atMs: nowMs } }, []];
    case 'command': {
      const [next, said] = stepped(state, { is: 'command', command: input.command, by: input.by });
      const freed = input.command === 'reset' && next.dock.seen.person;
      return [freed ? { ...next, stuck: null, since: { ...next.since, stuck: undefined } } : next, said];
    }
    case 'tick':
      return [state, []];
  }
}

function aired(state: LineState, { air, why }: LineInput & { is: 'air' }): Advanced {
  const next: LineState = { ...state, air };
  if (air === null) return [next, state.air === null ? [] : [{ is: 'air-lost', why }]];
  return [next, state.air === null ? [{ is: 'air-back', why: 'it is measured' }] : []];
}

function back(state: LineState, said: LineSaid & { is: 'back' | 'lost' }): Advanced {
  if (!state.lost.has(said.what)) return [state, []];
  return [{ ...state, lost: new Map([...state.lost].filter(([what]) => what !== said.what)) }, [said]];
}

/** Whether something has been so for longer than it may. */
function timedOut(
  state: LineState,
  input: LineInput,
  { nowMs, section: { motor } }: { readonly nowMs: number; readonly section: DockSection },
): Advanced {
  const { dock, amps, since } = state;
  const over = dock.motor !== 'off' && (amps ?? 0) > motor.maxA;
  const wrong = stuckNow(state, motor.restA);
  const next: LineState = {
    ...state,
    since: {
      ...since,
      // A current of before the motor ran is not its own.
      over: over ? (since.over ?? (input.is === 'supply' ? nowMs : undefined)) : undefined,
      // What was in flight when the relay went off is not the first look.
      stuck: wrong ? (since.stuck ?? (wrong.by === input.is ? nowMs : undefined)) : undefined,
    },
  };
  const lasted = (what: 'runs' | 'over' | 'stuck', most: number): boolean => nowMs - (next.since[what] ?? nowMs) > most;
  if (lasted('over', motor.inrushMs)) return stepped(next, { is: 'over-current' });
  if (dock.motor !== 'off' && lasted('runs', motor.travelMs)) return stepped(next, { is: 'overdue' });
  // What was measured before the relay had its word says nothing: only a later look confirms.
  if (wrong?.by === input.is && next.stuck === null && lasted('stuck', followsMs))
    return [{ ...next, stuck: wrong.why }, [{ is: 'relay-stuck', why: wrong.why }]];
  return [next, []];
}

interface Wrong {
  /** What showed it. */
  readonly by: LineInput['is'];
  readonly why: string;
}

/** An output that reads on though it is off, or a current that flows where everything is off. */
function stuckNow(state: LineState, restA: number): Wrong | null {
  const { dock, readBack, amps } = state;
  const wanted = outputsOf(dock, state);
  for (const name of ['opens', 'closes', 'charger', 'heater'] as const)
    if (!wanted[name] && readBack[name]) return { by: 'read-back', why: `the output ${name} reads on while it is off` };
  if (!wanted.opens && !wanted.closes && !wanted.charger && (amps ?? 0) > restA)
    return { by: 'supply', why: `${amps} A flow while motor and charger are off` };
  return null;
}

function seenOf(state: LineState, nowMs: number, { motor, weather, vehicle }: DockSection): Partial<Seen> {
  const { volts, lost, stuck, wind, rain, drone } = state;
  const windMs = wind && nowMs - wind.atMs <= weather.freshMs ? wind.speedMs : null;
  const beyond = rain === true || (windMs !== null && !(windMs <= weather.maxWindMs));
  return {
    power: lost.size === 0 && stuck === null && volts !== null && volts >= motor.minV,
    weather: beyond ? 'beyond' : windMs === null ? null : 'fine',
    airborne: drone && nowMs - drone.atMs <= vehicle.freshMs ? drone.airborne : null,
  };
}
