/** What a command does, if what locks the hatch leaves it. */
import { closesOver, mayDrive, mayMoveByHand, opensFor, type Refusal } from './interlock.ts';
import { type Command, type Dock, resting, type Step, still, to } from './state.ts';

/** A command of a person or of the centre; `by` is the pseudonymous id that goes on the record. */
export function commanded(dock: Dock, command: Command, by: string): Step {
  switch (command) {
    case 'stop':
      return dock.motor === 'off' ? [dock, []] : to(dock, stoppedBy(dock), `stopped by ${by}`);
    case 'open-to-launch':
    case 'open-to-recover':
      return open(dock, command, by);
    case 'close':
      return close(dock, command, by);
    case 'charge':
      return charge(dock, command, by);
    case 'stop-charging':
      return dock.mode === 'charging' ? to(dock, resting(dock), `by ${by}`) : [dock, []];
    default:
      return atBox(dock, command, by);
  }
}

const refusal =
  (dock: Dock, command: Command, by: string): ((why: Refusal) => Step) =>
  (why) => [dock, [{ is: 'refused', command, by, why }]];

function open(dock: Dock, command: Command, by: string): Step {
  const purpose = command === 'open-to-launch' ? 'launch' : 'recover';
  if (dock.mode === 'open' || (dock.mode === 'opening' && dock.purpose === purpose)) return [dock, []];
  const why = opensFor(dock, purpose);
  if (why) return refusal(dock, command, by)(why);
  const opening: Dock = { ...dock, ...still, mode: 'opening', motor: 'opens', purpose, jam: null };
  return to(dock, opening, `to ${purpose}, by ${by}`);
}

function close(dock: Dock, command: Command, by: string): Step {
  const refused = refusal(dock, command, by);
  if (dock.mode === 'closed' || dock.mode === 'closing' || dock.mode === 'charging') return [dock, []];
  if (dock.mode !== 'open' && !(dock.mode === 'jammed' && dock.jam === 'between')) return refused(busyAs(dock));
  if (!closesOver(dock.seen)) return refused('drone-not-seated');
  if (!mayDrive(dock, 'closes')) return refused('cannot-drive');
  return to(dock, { ...dock, ...still, mode: 'closing', motor: 'closes', jam: null }, `by ${by}`);
}

function charge(dock: Dock, command: Command, by: string): Step {
  const refused = refusal(dock, command, by);
  if (dock.mode === 'charging') return [dock, []];
  if (dock.mode !== 'closed') return refused(busyAs(dock));
  if (dock.seen.seated !== true) return refused('drone-not-seated');
  if (!dock.seen.power) return refused('no-power');
  return to(dock, { ...dock, mode: 'charging', charger: true }, `by ${by}`);
}

function stoppedBy(dock: Dock): Dock {
  return dock.mode === 'maintenance' ? { ...dock, ...still } : resting(dock);
}

function busyAs({ mode }: Dock): Refusal {
  if (mode === 'maintenance' || mode === 'emergency' || mode === 'jammed') return mode;
  return 'other-state';
}

/** Acts of a person at the box. */
function atBox(dock: Dock, command: Command, by: string): Step {
  const refused = (why: Refusal): Step => [dock, [{ is: 'refused', command, by, why }]];
  const done = (next: Dock): Step => [
    next,
    [{ is: 'by-hand', command, by }, ...to(dock, next, `${command} by ${by}`)[1]],
  ];
  // What only ever makes safe needs nobody there.
  if (command === 'hand-stop')
    return dock.mode === 'maintenance' ? [{ ...dock, ...still }, []] : refused('other-state');
  if (!dock.seen.person) return refused('nobody-at-the-box');
  if (command === 'reset') {
    if (dock.seen.stopPressed) return refused('emergency');
    return dock.mode === 'jammed' || dock.mode === 'emergency' ? done(resting(dock)) : refused('other-state');
  }
  if (command === 'maintain')
    return dock.mode === 'emergency'
      ? refused('emergency')
      : done({ ...dock, ...still, mode: 'maintenance', jam: null });
  if (dock.mode !== 'maintenance') return refused('other-state');
  if (command === 'end-maintenance') return done(resting(dock));
  const motor = command === 'hand-open' ? 'opens' : 'closes';
  if (!mayDrive(dock, motor)) return refused('cannot-drive');
  return mayMoveByHand(dock, motor) ? done({ ...dock, motor }) : refused('drone-not-seated');
}
