/** Who leads, and how the lead goes over. Pure. */
import * as z from 'zod';
import type { Shift } from '../values/desk.ts';

export const noShift: Shift = { lead: null, sinceMs: 0, handover: null };

const handover = z.object({ from: z.string().nullable(), to: z.string(), startedMs: z.number() });
const shape = z.object({ lead: z.string().nullable(), sinceMs: z.number(), handover: handover.nullable() });
/** As it was kept; what cannot be read is nobody's shift. */
export const shiftIn = (value: unknown): Shift => shape.safeParse(value).data ?? noShift;

export interface Asking {
  readonly by: string;
  /** A supervisor may take and hand over what is another's. */
  readonly supervises: boolean;
  readonly nowMs: number;
}

/** The lead names who comes; until that one takes it, naming the lead calls it off. Gives a reason where it makes no sense. */
export function handOver(shift: Shift, to: string, { by, supervises, nowMs }: Asking): Shift | string {
  if (shift.lead === null) return 'nobody leads; take the shift first';
  if (shift.lead !== by && !supervises) return `${shift.lead} leads, and hands it over`;
  const running = shift.handover;
  if (running && running.to === shift.lead) return `${running.to} has not accepted all of the last shift yet`;
  if (to === shift.lead) return running ? { ...shift, handover: null } : `${to} leads already`;
  return { ...shift, handover: { from: shift.lead, to, startedMs: nowMs } };
}

/** Whoever takes it leads, and has to accept what is open; only the very first shift has nothing to accept. */
export function take(shift: Shift, { by, supervises, nowMs }: Asking): Shift | string {
  if (shift.lead === by) return `${by} leads already`;
  const to = shift.handover?.to;
  if (to !== undefined && to !== by && to !== shift.lead && !supervises) return `it is handed over to ${to}`;
  if (shift.lead === null) return { lead: by, sinceMs: nowMs, handover: null };
  return { lead: by, sinceMs: nowMs, handover: { from: shift.lead, to: by, startedMs: nowMs } };
}

/** Everything was accepted by who took it. */
export const accepted = (shift: Shift): Shift => ({ ...shift, handover: null });

/** Whether the incoming lead took it, so that what is open waits for that one's word. */
export const isTaken = ({ lead, handover: running }: Shift): boolean => running !== null && running.to === lead;
