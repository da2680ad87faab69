/** The message of a batch. Pure. */
import type { Language, Notice } from '../ports/notifier.ts';
import type { AlertRecord } from '../ports/records.ts';
import { apart, type Way } from '../values/delivery.ts';
import type { Telling } from './chain.ts';
import type { Delivery } from './delivery.ts';
import { alertSaid, endedSaid, groupSaid } from './wording.ts';

/** Null where the unit is not reached that way any more: it, or its contact, went out of the file. */
export function noticeOf(
  records: readonly AlertRecord[],
  telling: Telling,
  { origin, units }: Delivery,
  nowMs: number,
): Notice | null {
  const unit = units.get(telling.unit);
  const to = unit && contactOf(unit.contacts, unit.name, telling.way);
  const [first] = records;
  if (!unit || to === undefined || !first) return null;
  const isEnd = telling.step === apart.ended;
  const isGroup = records.length > 1;
  const ids = records.map(({ alert }) => alert.id);
  return {
    id: [...(isGroup ? ['group', nowMs] : []), first.alert.id, unit.name, telling.step].join('/'),
    about: isEnd ? 'ended' : isGroup ? 'group' : 'alert',
    ...{ unit: unit.name, to, language: unit.language, alerts: ids },
    link: origin === null ? null : `${origin}/patrol/${isGroup ? '' : `#${encodeURIComponent(first.alert.id)}`}`,
    ...saidOf(records, isEnd, unit.language, nowMs),
  };
}

function saidOf(records: readonly AlertRecord[], isEnd: boolean, language: Language, nowMs: number) {
  const [first] = records;
  if (isEnd) return endedSaid(records, language);
  return records.length === 1 && first ? alertSaid(first, language, nowMs) : groupSaid(records, language, nowMs);
}

const contactOf = (
  contacts: { readonly [W in Way]?: string | undefined },
  unit: string,
  way: Way,
): string | undefined => contacts[way] ?? (way === 'web-push' ? unit : undefined);
