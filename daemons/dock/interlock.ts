/** What locks the hatch, whoever asks. */
import type { Dock, Seen } from './state.ts';

export type Refusal =
  | 'weather-beyond-limits'
  | 'weather-unknown'
  | 'drone-not-seated'
  | 'drone-is-home'
  | 'no-power'
  | 'cannot-drive'
  | 'nobody-at-the-box'
  | 'maintenance'
  | 'emergency'
  | 'jammed'
  | 'other-state';

/** Seated and not said to fly, or flying and not said to be seated. Everything else may be a drone in the way. */
export const closesOver = ({ seated, airborne }: Seen): boolean =>
  (seated === true && airborne !== true) || (seated === false && airborne === true);

/** A drone that flies, or is not on its contacts: letting it in counts more than rain. */
export const isAway = ({ seated, airborne }: Seen): boolean => airborne === true || seated === false;

/** Power, no stop, switches that make sense, and not at that end already. */
export function mayDrive({ seen }: Dock, motor: Dock['motor']): boolean {
  if (motor === 'off') return true;
  if (!seen.power || seen.stopPressed || (seen.atOpen && seen.atClosed)) return false;
  return motor === 'opens' ? !seen.atOpen : !seen.atClosed;
}

/** Why the hatch does not open, or null. From a jam only to recover, and never further into what obstructed it. */
export function opensFor(dock: Dock, purpose: 'launch' | 'recover'): Refusal | null {
  const { mode, seen, jam } = dock;
  if (mode === 'maintenance' || mode === 'emergency') return mode;
  if (mode === 'jammed' && (purpose === 'launch' || (jam !== 'between' && jam !== 'obstructed-closing')))
    return 'jammed';
  if (mode === 'closing' && purpose === 'launch') return 'other-state';
  if (purpose === 'launch' && seen.weather !== 'fine')
    return seen.weather === null ? 'weather-unknown' : 'weather-beyond-limits';
  if (purpose === 'launch' && seen.seated !== true) return 'drone-not-seated';
  if (purpose === 'recover' && !isAway(seen)) return 'drone-is-home';
  return mayDrive(dock, 'opens') ? null : 'cannot-drive';
}

/** No drone on the contacts and none heard: the person at the box sees whether the pad is empty. */
const padVouchedFor = ({ seated, airborne }: Seen): boolean => seated === false && airborne === null;

/** By hand: with a person at the box all along, who may vouch for an empty pad and for nothing else. */
export const mayMoveByHand = (dock: Dock, motor: Dock['motor']): boolean =>
  dock.seen.person &&
  mayDrive(dock, motor) &&
  (motor !== 'closes' || closesOver(dock.seen) || padVouchedFor(dock.seen));
