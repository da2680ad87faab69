import type { Archive } from '../ports/archive.ts';
import type { DeskStore } from '../ports/desk.ts';
import type { AlertRecord } from '../ports/records.ts';
import type { Alert } from '../values/alert.ts';
import { parseEnvelope } from '../wire/envelope.ts';
import type { CapHistory } from './issue.ts';

/** All that its CAP messages are told from. Errors: the stores' Faults. */
export async function capHistoryOf(record: AlertRecord, archive: Archive, desk: DeskStore): Promise<CapHistory> {
  const { id } = record.alert;
  const [filed, acts] = await Promise.all([archive.revisions(id), desk.acts(id)]);
  const revisions = filed.flatMap(({ text }): readonly Alert[] => {
    const { stream, body } = parseEnvelope(text);
    return stream === 'alert' && (body as Alert).id === id ? [body as Alert] : [];
  });
  return { record, revisions, acts };
}
