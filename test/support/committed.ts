import { DatabaseSync } from 'node:sqlite';

/** Reads a central store on SQLite beside the ledger that writes it. */
export interface Committed {
  count(): number;
  texts(): Iterable<string>;
  close(): void;
}

/** Errors: SQLite's own where there is no store yet. */
export function readCommitted(file: string): Committed {
  const db = new DatabaseSync(file, { readOnly: true, timeout: 10_000 });
  const [count, texts] = [db.prepare('SELECT count(*) AS n FROM envelope'), db.prepare('SELECT text FROM envelope')];
  return {
    count: () => Number(count.get()?.n),
    *texts() {
      for (const { text } of texts.iterate()) yield String(text);
    },
    close: () => db.close(),
  };
}
