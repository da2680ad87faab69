/** Messages that could not be read, in the central store: a room of bounded size, and what had to leave it is counted. */
import type { Quarantined, Unreadable } from '../ports/records.ts';
import type { RecordsFile } from './records.sqlite.file.ts';

/** In bytes of payload, and in messages. */
export interface Room {
  readonly bytes: number;
  readonly messages: number;
}
export const usualRoom: Room = { bytes: 64_000_000, messages: 100_000 };

export interface Quarantine {
  keep(messages: readonly Unreadable[], nowMs: number): void;
  newest(limit: number): readonly Quarantined[];
}

export function quarantineIn({ db, add, read }: RecordsFile, room: Room = usualRoom): Quarantine {
  const q = {
    keep: db.prepare('INSERT INTO quarantine (topic, payload, reason, at_ms) VALUES (?, ?, ?, ?)'),
    oldest: db.prepare('SELECT id, length(payload) AS bytes FROM quarantine ORDER BY id LIMIT 1'),
    drop: db.prepare('DELETE FROM quarantine WHERE id = ?'),
    newest: db.prepare('SELECT topic, payload, reason, at_ms AS atMs FROM quarantine ORDER BY id DESC LIMIT ?'),
  };
  return {
    keep: (messages, nowMs) => {
      for (const { topic, payload, reason } of messages) q.keep.run(topic, payload, reason, nowMs);
      const size = messages.reduce((sum, { payload }) => sum + payload.length, 0);
      let count = add('quarantined', messages.length) - read('quarantineDropped');
      let bytes = add('quarantineBytes', size);
      let dropped = 0;
      let freed = 0;
      while (count > 0 && (bytes > room.bytes || count > room.messages)) {
        const oldest = q.oldest.get();
        if (!oldest) break;
        q.drop.run(Number(oldest.id));
        dropped += 1;
        count -= 1;
        freed += Number(oldest.bytes);
        bytes -= Number(oldest.bytes);
      }
      add('quarantineDropped', dropped);
      add('quarantineBytes', -freed);
    },
    newest: (limit) => q.newest.all(limit) as unknown as Quarantined[],
  };
}
