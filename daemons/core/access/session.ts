import type { Role, Session } from '../values/account.ts';

/** Ends when nothing was asked for so long, in ms; an open page asks by its stream. */
export const idleMs = 3_600_000;
/** Ends anyway: a shift of twelve hours and its change. */
export const absoluteMs = 50_400_000;
/** A look is written down this often, so that reading costs no writing. */
export const touchMs = 60_000;

/** A patrol's phone lies in a pocket with no signal for hours, and gloves type no password: it has the whole shift. */
const idleOf = (role: Role | null): number => (role === 'patrol' ? absoluteMs : idleMs);

export const isOver = ({ seenMs, startedMs }: Session, role: Role | null, nowMs: number): boolean =>
  nowMs - seenMs > idleOf(role) || nowMs - startedMs > absoluteMs;

/** Links are good for a day; the first one, which a console prints, for an hour. */
export const invitationMs = 86_400_000;
export const firstMs = 3_600_000;
