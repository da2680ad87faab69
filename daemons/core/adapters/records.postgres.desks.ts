/** What people did with alerts of which a new revision is about to be kept, in the same transaction: nobody reads one without the other. */
import { afterRevision } from '../desk/moved.ts';
import type { Alert } from '../values/alert.ts';
import type { Desk } from '../values/desk.ts';
import { bigints, texts } from './postgres.arrays.ts';
import type { Ask } from './postgres.ts';

export interface Revised {
  readonly device: string;
  readonly alert: Alert;
}

/** Notes how far regions come that were held against the dwellings. Locks those alerts, in the order in which all lock them. */
export async function moveDesks(ask: Ask, alerts: readonly Revised[]): Promise<void> {
  const later = alerts.filter(({ alert }) => alert.rev > 1);
  if (later.length === 0) return;
  // First locked, then read: a join that waited for a lock still has the other table as it was before.
  await ask({
    text: 'SELECT 1 FROM alert WHERE id = ANY ($1::text[]) ORDER BY id FOR UPDATE',
    values: [texts(later.map(({ alert }) => alert.id))],
  });
  const { rows } = await ask({
    name: 'desk-judged',
    text: `SELECT a.id, a.body AS alert, d.body AS desk FROM alert a JOIN desk d ON d.alert = a.id
      JOIN unnest($1::text[], $2::text[], $3::bigint[]) AS t (id, device, rev) ON t.id = a.id
      WHERE a.device = t.device AND a.rev < t.rev AND d.body IS NOT NULL`,
    values: [
      texts(later.map(({ alert }) => alert.id)),
      texts(later.map(({ device }) => device)),
      bigints(later.map(({ alert }) => alert.rev)),
    ],
  });
  const next = new Map(later.map(({ alert }) => [alert.id, alert]));
  const moved = rows.flatMap((row): readonly (readonly [string, Desk])[] => {
    const [id, desk] = [String(row.id), JSON.parse(String(row.desk)) as Desk];
    const after = afterRevision(desk, JSON.parse(String(row.alert)) as Alert, next.get(id) as Alert);
    return after === desk ? [] : [[id, after]];
  });
  if (moved.length === 0) return;
  await ask({
    text: `UPDATE desk SET body = t.body FROM unnest($1::text[], $2::text[]) AS t (id, body) WHERE desk.alert = t.id`,
    values: [texts(moved.map(([id]) => id)), texts(moved.map(([, desk]) => JSON.stringify(desk)))],
  });
}
