/** The acts of people on an alert, folded to what stands of them. */
import type { Act, Desk, Said } from '../values/desk.ts';
import { foldTold } from './told.ts';

export const untouched: Desk = {
  assigned: null,
  resolved: null,
  escalated: null,
  accepted: null,
  muted: null,
  shelved: null,
  duplicateOf: null,
  duplicates: [],
  dwelling: null,
  drill: false,
  notes: 0,
  acts: 0,
};

const saidBy = ({ by, atMs }: Act, text: string): Said => ({ by, atMs, text });

/**
 * The desk of alert `self` after one more act, which may be one on another alert that names `self`. Total: an act that
 * makes no sense counts and changes nothing else, so that a log of any origin can be read.
 */
export function foldAct(desk: Desk, act: Act, self: string = act.alert): Desk {
  if (act.alert !== self) return foldNamed(desk, act, self);
  const told = foldTold(desk.told, act);
  return { ...desk, ...newsOf(desk, act), ...(told && { told }), acts: desk.acts + 1 };
}

/** An act on another alert makes `self` the first of a group, or takes one out of it. */
function foldNamed(desk: Desk, { alert, deed, other }: Act, self: string): Desk {
  if (other !== self) return desk;
  const rest = desk.duplicates.filter((id) => id !== alert);
  if (deed.what === 'link') return { ...desk, duplicates: [...rest, alert].sort() };
  return deed.what === 'unlink' ? { ...desk, duplicates: rest } : desk;
}

function newsOf(desk: Desk, act: Act): Partial<Desk> {
  const { deed, by, atMs } = act;
  switch (deed.what) {
    // Kept on the alert's own row, where it was before there were desks.
    case 'acknowledge':
    // What units were told and answered is folded apart.
    case 'received':
    case 'seen':
    case 'on-scene':
    case 'report':
    case 'tell':
    case 'told':
      return {};
    case 'chain-over':
      return {
        ...(deed.unit === undefined && { chainOver: { atMs, why: deed.why } }),
        escalated: { level: (desk.escalated?.level ?? 0) + 1, atMs, why: deed.why },
      };
    case 'assign':
      return { assigned: deed.unit };
    case 'note':
      return { notes: desk.notes + 1 };
    case 'resolve':
      return { resolved: { ...saidBy(act, deed.text), outcome: deed.outcome } };
    case 'reopen':
      return { resolved: null };
    case 'escalate':
      return { escalated: { level: deed.level ?? (desk.escalated?.level ?? 0) + 1, atMs, why: deed.why } };
    case 'accept':
      return { accepted: { by, atMs } };
    case 'mute':
      return { muted: { by, untilMs: deed.untilMs } };
    case 'unmute':
      return { muted: null };
    case 'shelve':
      return { shelved: { by, reason: deed.reason, untilMs: deed.untilMs } };
    case 'unshelve':
      return { shelved: null };
    case 'link':
      return { duplicateOf: deed.to };
    case 'unlink':
      return { duplicateOf: null };
    case 'drill':
      return { drill: true };
    default:
      return { dwelling: dwellingAfter(desk.dwelling, act) };
  }
}

function dwellingAfter(before: Desk['dwelling'], act: Act): Desk['dwelling'] {
  const { deed } = act;
  if (deed.what === 'judge') {
    const isMore = deed.dwellings.some((one) => !before?.touches.includes(one));
    // A dwelling that nobody looked at yet was not released with the others.
    const kept = before && !isMore ? before : { corroborated: null, released: null };
    const { corroborated, released } = kept;
    const clear = deed.clearM === undefined ? {} : { clearM: deed.clearM };
    return { touches: deed.dwellings, rev: deed.rev, ...clear, corroborated, released };
  }
  if (!before) return null;
  if (deed.what === 'corroborate') return { ...before, corroborated: saidBy(act, deed.text) };
  if (deed.what === 'release') return before.corroborated ? { ...before, released: saidBy(act, deed.text) } : before;
  return deed.what === 'withhold' ? { ...before, released: null } : before;
}
