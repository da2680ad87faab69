/**
 * The dock's hatch, charger and what locks them: every state and every input, pure. Held for every reachable state by
 * `test/dock/interlocks.ts`, which walks them all:
 *  - the hatch moves only with power, without emergency stop, with limit switches that do not contradict each other;
 *  - it closes only over a drone that is seated, or when the drone is known to fly; by hand, a person at the box may vouch
 *    for an empty pad where no drone is heard;
 *  - it opens to launch only in weather within limits; to recover a drone that is not home it opens in any weather;
 *  - it never drives into an end that it is at;
 *  - the charger is on only at a seated drone under a closed hatch;
 *  - after a restart nothing moves, and nothing moves by itself but a launch that weather overtakes: that closes again.
 * The emergency stop is wired into the supply of the motors: software only sees it and switches off too.
 */
import { commanded } from './commands.ts';
import { closesOver, mayDrive, mayMoveByHand } from './interlock.ts';
import { blind, type Dock, type Input, resting, type Step, still, to } from './state.ts';

export function step(dock: Dock, input: Input): Step {
  switch (input.is) {
    case 'restart':
      return to(dock, { ...resting({ ...dock, seen: blind }), ...still }, 'the daemon starts');
    case 'over-current':
      return jammed(dock, 'the motor drew too much current');
    case 'overdue':
      return jammed(dock, 'the hatch did not reach its end in time');
    case 'seen':
      return settled(dock, { ...dock, seen: { ...dock.seen, ...input.seen } });
    case 'command':
      return commanded(dock, input.command, input.by);
  }
}

function jammed(dock: Dock, why: string): Step {
  if (dock.motor === 'off') return [dock, []];
  // By hand the person sees it; maintenance goes on with the motor off.
  if (dock.mode === 'maintenance') return [{ ...dock, ...still }, []];
  const jam = dock.motor === 'opens' ? 'obstructed-opening' : 'obstructed-closing';
  return to(dock, { ...dock, ...still, mode: 'jammed', jam }, why);
}

/** What follows from what is seen, whatever was going on. */
function settled(before: Dock, dock: Dock): Step {
  const { seen, mode, motor } = dock;
  const on = (next: Dock, why: string): Step => to(before, next, why);
  if (seen.stopPressed) return on({ ...dock, ...still, mode: 'emergency', jam: null }, 'the emergency stop is pressed');
  if (mode === 'emergency') return [dock, []];
  if (mode === 'maintenance') return [mayMoveByHand(dock, motor) ? dock : { ...dock, ...still }, []];
  if (seen.atOpen && seen.atClosed)
    return on({ ...dock, ...still, mode: 'jammed', jam: 'switches-contradict' }, 'both limit switches are closed');
  if (!seen.power && motor !== 'off') return on(resting(dock), 'power was lost in mid-motion');
  return motor === 'off' ? atRest(before, dock) : inMotion(before, dock);
}

function inMotion(before: Dock, dock: Dock): Step {
  const { seen } = dock;
  const on = (next: Dock, why: string): Step => to(before, next, why);
  if (dock.mode === 'opening') {
    if (seen.atOpen) return on(resting(dock), 'the hatch is open');
    const isOvertaken = dock.purpose === 'launch' && seen.weather !== 'fine';
    return isOvertaken ? on(overtaken(dock), 'weather went beyond its limits') : [dock, []];
  }
  if (seen.atClosed) return on(resting(dock), 'the hatch is closed');
  return closesOver(seen) ? [dock, []] : on(resting(dock), 'the drone is not seated: the hatch stands');
}

function atRest(before: Dock, dock: Dock): Step {
  const { seen, mode } = dock;
  if (mode === 'jammed') return to(before, recovered(dock), 'the hatch is at an end');
  if (mode !== 'charging') return to(before, rested(dock), 'the hatch moved by itself');
  if (seen.atClosed && seen.seated === true && seen.power) return [dock, []];
  const why = seen.atClosed ? 'charging ended: no seated drone, or no power' : 'the hatch moved by itself';
  return to(before, rested(dock), why);
}

/** A launch that weather overtakes: closed again over a drone that still sits there, else it stands. */
function overtaken(dock: Dock): Dock {
  if (dock.seen.seated === true && closesOver(dock.seen) && mayDrive(dock, 'closes'))
    return { ...dock, mode: 'closing', motor: 'closes', purpose: null };
  return resting(dock);
}

/** A hatch at rest that leaves its end without a motor was moved by somebody. */
function rested(dock: Dock): Dock {
  const next = resting(dock);
  return next.jam === 'between' ? { ...next, jam: 'moved' } : next;
}

/** What was obstructed stays so until a person resets it; a hatch that merely stood between its ends may come to one. */
function recovered(dock: Dock): Dock {
  if (dock.jam === 'between') return resting(dock);
  return dock;
}
