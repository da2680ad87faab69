import { tag } from './alert-parts.ts';
import type { AlertRecord } from './board.ts';
import { deskOf, isDrill, isMuted, isShelved, isWithheld } from './desk.ts';
import { say } from './text.ts';

/** What people did with an alert, as the list shows it: each by sign and word. */
export function deskTags(record: AlertRecord, nowMs: number): HTMLElement[] {
  const desk = deskOf(record);
  if (!desk) return [];
  return [
    ...(isDrill(record) ? [tag('tag-drill', say('drill.tag'))] : []),
    ...(desk.resolved ? [tag('tag-plain', '✓ ', say(`outcome.${desk.resolved.outcome}`))] : []),
    ...(isWithheld(record) ? [tag('tag-dwelling', '⌂ ', say('dwelling.tag'))] : []),
    ...(desk.escalated && !desk.resolved
      ? [tag('tag-escalated', '⇧ ', say('desk.level', { level: desk.escalated.level }))]
      : []),
    ...(desk.chainOver && !desk.resolved && !record.acknowledged
      ? [tag('tag-escalated', '☎ ', say('delivery.tag'))]
      : []),
    ...(desk.assigned !== null ? [tag('tag-plain', '→ ', desk.assigned)] : []),
    ...(isMuted(record, nowMs) ? [tag('tag-plain', '♪ ', say('desk.muted'))] : []),
    ...(isShelved(record, nowMs) ? [tag('tag-plain', '⏸ ', say('desk.shelved'))] : []),
    ...(desk.duplicateOf !== null ? [tag('tag-plain', '⧉ ', say('desk.duplicateOf'))] : []),
    ...(desk.duplicates.length > 0 ? [tag('tag-plain', '⧉ ', String(desk.duplicates.length))] : []),
  ];
}
