/** What must not be disturbed: nothing is changed while a gate is shut, and each says why. Pure. */
import type { Desired, Gate } from '../core/twin/desired.ts';

/** What the daemons of the box say of what they are at; null: it runs and does not say. One that does not run is absent. */
export interface Busy {
  /** Of the dock: its mode, and whether the drone flies. */
  readonly dock?: { readonly mode: string; readonly airborne: boolean | null } | null;
  /** Of the gas daemon: what a technician has in hand, and what is raised. */
  readonly gas?: { readonly inHand: readonly string[]; readonly raised: readonly string[] } | null;
  readonly wallMs: number;
}

const still = new Set(['closed', 'open', 'charging', 'jammed', 'emergency']);

/**
 * Reasons by gate, without those that the operator took on. A daemon that runs and says nothing may be in the midst of what the gate
 * is for; one that does not run holds nothing up: an update may be its cure.
 */
export function shutGates(
  busy: Busy,
  { schedule, override }: Pick<Desired, 'schedule' | 'override'>,
): readonly string[] {
  const { dock, gas, wallMs } = busy;
  const shut: [Gate, string][] = [];
  if (dock && dock.airborne !== false)
    shut.push(['dock', dock.airborne ? 'the drone is in flight' : 'nobody knows whether the drone is in flight']);
  if (dock && !still.has(dock.mode)) shut.push(['dock', `the dock is ${dock.mode}`]);
  if (dock === null) shut.push(['dock', 'the dock daemon runs and does not say what it does']);
  if (gas === null) shut.push(['calibration', 'the gas daemon runs and does not say what is in hand']);
  for (const one of gas?.inHand ?? []) shut.push(['calibration', `a technician has ${one} in hand`]);
  for (const one of gas?.raised ?? []) shut.push(['alert', `${one} is raised`]);
  if (schedule && !isWithin(schedule, wallMs))
    shut.push(['schedule', `it is not between ${schedule.from} and ${schedule.until} UTC`]);
  const taken = override?.gates ?? [];
  return shut.filter(([gate]) => !taken.includes(gate)).map(([, why]) => `waits: ${why}`);
}

function isWithin({ from, until }: { readonly from: string; readonly until: string }, wallMs: number): boolean {
  const now = new Date(wallMs).toISOString().slice(11, 16);
  return from <= until ? from <= now && now < until : now >= from || now < until;
}
