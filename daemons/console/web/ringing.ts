import { isOpen } from '../../core/desk/urgency.ts';
import type { Board } from './board.ts';
import { isDrill, isMuted } from './desk.ts';
import { isAside } from './order.ts';

/** How many alerts ring: critical, open, acknowledged by nobody, neither muted nor put aside, and none of a drill. */
export function ringingIn({ alerts }: Board, nowMs: number): number {
  let n = 0;
  for (const record of alerts.values())
    if (
      record.alert.severity === 'critical' &&
      record.acknowledged === null &&
      isOpen(record) &&
      !isMuted(record, nowMs) &&
      !isAside(record, nowMs) &&
      !isDrill(record)
    )
      n += 1;
  return n;
}
