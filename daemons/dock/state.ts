/** What the dock is, what comes in and what it says. */
import type { Refusal } from './interlock.ts';

export type Mode = 'closed' | 'opening' | 'open' | 'closing' | 'jammed' | 'charging' | 'maintenance' | 'emergency';

/** What the sensors say; null is "not known", and never counts as leave. */
export interface Seen {
  readonly atOpen: boolean;
  readonly atClosed: boolean;
  readonly seated: boolean | null;
  readonly airborne: boolean | null;
  readonly weather: 'fine' | 'beyond' | null;
  readonly power: boolean;
  readonly stopPressed: boolean;
  /** The key switch at the box: somebody stands there. */
  readonly person: boolean;
}

export type Jam = 'obstructed-opening' | 'obstructed-closing' | 'switches-contradict' | 'between' | 'moved';

export interface Dock {
  readonly mode: Mode;
  readonly motor: 'off' | 'opens' | 'closes';
  readonly charger: boolean;
  /** What the hatch opens for while it does. */
  readonly purpose: 'launch' | 'recover' | null;
  readonly jam: Jam | null;
  readonly seen: Seen;
}

export type Command =
  | 'open-to-launch'
  | 'open-to-recover'
  | 'close'
  | 'stop'
  | 'charge'
  | 'stop-charging'
  | 'maintain'
  | 'end-maintenance'
  | 'hand-open'
  | 'hand-close'
  | 'hand-stop'
  | 'reset';

export type Input =
  | { readonly is: 'command'; readonly command: Command; readonly by: string }
  | { readonly is: 'seen'; readonly seen: Partial<Seen> }
  /** The motor draws more than it may, for longer than its start takes. */
  | { readonly is: 'over-current' }
  /** The hatch has not come to its end in time. */
  | { readonly is: 'overdue' }
  /** The daemon starts; all that is known is what the sensors said last, and they are read anew. */
  | { readonly is: 'restart' };

export type Said =
  | { readonly is: 'changed'; readonly from: Mode; readonly to: Mode; readonly why: string }
  | { readonly is: 'refused'; readonly command: Command; readonly by: string; readonly why: Refusal }
  /** A person's act at the box, for the record. */
  | { readonly is: 'by-hand'; readonly command: Command; readonly by: string };

export type Step = readonly [Dock, readonly Said[]];

export const blind: Seen = {
  atOpen: false,
  atClosed: false,
  seated: null,
  airborne: null,
  weather: null,
  power: false,
  stopPressed: false,
  person: false,
};

/** Nothing is known yet: no power counts as seen, nothing moves. */
export const freshDock: Dock = {
  mode: 'jammed',
  motor: 'off',
  charger: false,
  purpose: null,
  jam: 'between',
  seen: blind,
};

export const still = { motor: 'off', charger: false, purpose: null } as const;

/** Where the hatch is by its switches, with everything off. */
export function resting({ seen }: Dock): Dock {
  const at = (mode: Mode, jam: Jam | null): Dock => ({ ...still, mode, jam, seen });
  if (seen.stopPressed) return at('emergency', null);
  if (seen.atOpen && seen.atClosed) return at('jammed', 'switches-contradict');
  if (seen.atOpen) return at('open', null);
  return seen.atClosed ? at('closed', null) : at('jammed', 'between');
}

/** The step to `next`; a change of mode is told. */
export function to(from: Dock, next: Dock, why: string): Step {
  return [next, from.mode === next.mode ? [] : [{ is: 'changed', from: from.mode, to: next.mode, why }]];
}
