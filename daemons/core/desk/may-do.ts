/** Which deeds make sense on an alert as it is. */
import type { AlertRecord } from '../ports/records.ts';
import { apart } from '../values/delivery.ts';
import type { ActingRole, Deed, Desk } from '../values/desk.ts';
import { untouched } from './fold.ts';
import { helpKind } from './help.ts';
import { isHeldBack } from './standing.ts';
import { toldOf, triedOf } from './told.ts';

/** A deed that somebody wants to do. */
export interface Wanted {
  readonly by: string;
  readonly role: ActingRole;
  /** Of a patrol. */
  readonly unit?: string | undefined;
  readonly atMs: number;
  readonly deed: Deed;
}

type Of<W extends Deed['what']> = Extract<Deed, { what: W }>;

/** A day of silence, and a week out of the list: beyond that somebody has to say it anew. */
export const longest = { muteMs: 86_400_000, shelveMs: 7 * 86_400_000 } as const;

const handling: readonly ActingRole[] = ['operator', 'supervisor', 'centre'];
const rolesOf: Readonly<Record<Deed['what'], readonly ActingRole[]>> = {
  acknowledge: [...handling, 'patrol'],
  assign: handling,
  note: [...handling, 'patrol'],
  // Centre: alerts of a drill, when it is over.
  resolve: handling,
  reopen: handling,
  escalate: [...handling, 'patrol'],
  accept: handling,
  mute: handling,
  unmute: handling,
  shelve: handling,
  unshelve: handling,
  link: handling,
  unlink: handling,
  corroborate: ['supervisor'],
  release: ['supervisor'],
  withhold: ['supervisor'],
  received: ['patrol'],
  seen: ['patrol'],
  'on-scene': ['patrol'],
  report: ['patrol'],
  tell: ['centre'],
  told: ['centre'],
  'chain-over': ['centre'],
  judge: ['centre'],
  drill: ['centre'],
};

/**
 * Null when the deed makes sense, else why not, for the reader. `other` is the alert that a link names, null where there is
 * none. Acknowledging, clearing and resolving are three things: none of them stands in the way of another.
 */
export function mayDo(record: AlertRecord, wanted: Wanted, other: AlertRecord | null = null): string | null {
  const { deed, role } = wanted;
  const who = rolesOf[deed.what];
  if (!who.includes(role))
    return `the role ${role} may not ${deed.what}; ${who.filter((one) => one !== 'centre').join(' or ')} may`;
  const desk = record.desk ?? untouched;
  if (desk.resolved && isOver.includes(deed.what))
    return `it is resolved as ${desk.resolved.outcome} by ${desk.resolved.by}; reopen it first`;
  const judge = judges[deed.what] as ((seen: Seen<Deed['what']>) => string | null) | undefined;
  return judge?.({ ...wanted, record, desk, deed, other }) ?? null;
}

/** What is done with alerts that are still somebody's work. */
const isOver: readonly Deed['what'][] = ['assign', 'resolve', 'escalate', 'accept', 'mute', 'shelve'];

interface Seen<W extends Deed['what']> {
  readonly record: AlertRecord;
  readonly desk: Desk;
  readonly deed: Of<W>;
  readonly role: ActingRole;
  readonly unit?: string | undefined;
  readonly atMs: number;
  readonly other: AlertRecord | null;
}

/** What is not here makes sense at any time. */
const judges: { readonly [W in Deed['what']]?: (seen: Seen<W>) => string | null } = {
  acknowledge: acknowledgeable,
  resolve: ({ desk, role }) =>
    role === 'operator' && (desk.assigned !== null || (desk.told?.length ?? 0) > 0)
      ? 'it was given to a unit; a supervisor closes it'
      : null,
  received: ({ desk, unit }) => saidAlready(desk, unit, 'received'),
  seen: ({ desk, unit }) => saidAlready(desk, unit, 'seen'),
  'on-scene': ({ desk, unit }) => saidAlready(desk, unit, 'onScene'),
  tell: tellable,
  told: ({ desk, deed }) =>
    triedOf(desk.told, deed) ? null : `nobody claimed to tell ${deed.unit} by ${deed.way} at step ${deed.step}`,
  'chain-over': ({ record, desk, deed: { unit } }) => {
    const isSaid = unit === undefined ? desk.chainOver : toldOf(desk.told, unit)?.unanswered;
    return isSaid ? 'its chain is over already' : inHand(record, desk, unit);
  },
  assign: ({ desk, deed }) =>
    deed.unit === desk.assigned ? `it is assigned to ${deed.unit ?? 'nobody'} already` : null,
  reopen: ({ desk }) => (desk.resolved ? null : 'it is not resolved'),
  escalate: ({ desk, deed }) =>
    escalatesAnew(desk, deed) ? null : `it stands at level ${desk.escalated?.level} already`,
  mute: ({ deed, atMs }) => untilIn(deed.untilMs, atMs, longest.muteMs),
  unmute: ({ desk }) => (desk.muted ? null : 'it is not muted'),
  shelve: ({ record, deed, atMs }) => shelvable(record) ?? untilIn(deed.untilMs, atMs, longest.shelveMs),
  unshelve: ({ desk }) => (desk.shelved ? null : 'it is not shelved'),
  link: linkable,
  unlink: ({ desk }) => (desk.duplicateOf ? null : 'it is a duplicate of none'),
  corroborate: ({ desk }) => releasable(desk, 'corroborate'),
  release: ({ desk }) => releasable(desk, 'release'),
  withhold: ({ desk }) => releasable(desk, 'withhold'),
  judge: judgeable,
  drill: ({ desk }) => (desk.drill ? 'it is of a drill already' : null),
};

/** The first stands for the alert; each unit says for itself whether it goes. */
function acknowledgeable({ record: { acknowledged, alert }, desk, role, unit }: Seen<'acknowledge'>): string | null {
  if (role === 'patrol' && alert.kind === helpKind) return 'a call for help is acknowledged by a dispatcher';
  if (unit !== undefined) return saidAlready(desk, unit, 'acknowledged');
  return acknowledged ? `it is acknowledged by ${acknowledged.by}; the first stands` : null;
}

function saidAlready(
  { told }: Desk,
  unit: string | undefined,
  what: 'received' | 'seen' | 'acknowledged' | 'onScene',
): string | null {
  if (unit === undefined) return 'it does not say of which unit; a patrol belongs to one';
  const before = toldOf(told, unit)?.[what];
  return before ? `${before.by} of ${unit} said so already` : null;
}

/** Judged within the transaction of the claim: of two dispatchers one tells, and an acknowledgement that was first stops it. */
function tellable({ record, desk, deed }: Seen<'tell'>): string | null {
  if (triedOf(desk.told, deed)) return `${deed.unit} was told by ${deed.way} at step ${deed.step} already`;
  if (isHeldBack(record, false)) return 'a dwelling lies in its region; release it first';
  if (deed.step === apart.ended) return null;
  return inHand(record, desk, deed.step < apart.given ? undefined : deed.unit);
}

/** Why nobody is told of it any more; of what was given to a unit by hand the word of that one counts alone. */
function inHand({ acknowledged }: AlertRecord, desk: Desk, given: string | undefined): string | null {
  if (desk.resolved) return `it is resolved by ${desk.resolved.by}`;
  if (desk.duplicateOf) return `it is a duplicate of ${desk.duplicateOf}`;
  const who = given === undefined ? acknowledged : toldOf(desk.told, given)?.acknowledged;
  return who ? `it is acknowledged by ${who.by}` : null;
}

const escalatesAnew = ({ escalated }: Desk, { level }: Of<'escalate'>): boolean =>
  level === undefined || level > (escalated?.level ?? 0);

/** A region that is no longer there says nothing of the one that is. */
function judgeable({ record: { alert }, desk: { dwelling }, deed: { rev } }: Seen<'judge'>): string | null {
  if (dwelling && rev <= dwelling.rev) return `revision ${dwelling.rev} was judged`;
  return rev < alert.rev ? `revision ${alert.rev} came meanwhile` : null;
}

function untilIn(untilMs: number, nowMs: number, mostMs: number): string | null {
  if (untilMs <= nowMs) return 'its end lies in the past; name a time to come';
  return untilMs - nowMs > mostMs ? `it would last longer than ${mostMs / 3_600_000} h; name an earlier end` : null;
}

const shelvable = ({ alert }: AlertRecord): string | null =>
  alert.family === 'safety' && alert.condition !== 'cleared'
    ? 'it warns people on site of danger and is not over; it stays in the list'
    : null;

/** Groups are one level deep, so there is no circle to make. */
function linkable({ record, desk, deed: { to }, other }: Seen<'link'>): string | null {
  if (to === record.alert.id) return 'an alert is no duplicate of itself';
  if (!other) return `there is no alert ${to}`;
  if (desk.duplicateOf) return `it is a duplicate of ${desk.duplicateOf}; unlink it first`;
  if (desk.duplicates.length > 0)
    return `${desk.duplicates.length} others are duplicates of it; link ${to} to it instead`;
  if (other.desk?.duplicateOf) return `${to} is itself a duplicate; link it to ${other.desk.duplicateOf}`;
  if ((other.desk?.drill ?? false) !== desk.drill) return 'one of the two is of a drill and the other is real';
  return null;
}

function releasable({ dwelling }: Desk, what: 'corroborate' | 'release' | 'withhold'): string | null {
  if (!dwelling || dwelling.touches.length === 0) return 'its region touches no dwelling; nothing holds it back';
  if (what === 'corroborate')
    return dwelling.corroborated ? `${dwelling.corroborated.by} corroborated it already` : null;
  if (what === 'withhold') return dwelling.released ? null : 'it is not released';
  if (dwelling.released) return `${dwelling.released.by} released it already`;
  return dwelling.corroborated ? null : 'it is not corroborated yet; corroborate it first';
}
