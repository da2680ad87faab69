/** The centre's rollouts in one SQLite file beside the keys of its fleet. */
import { DatabaseSync } from 'node:sqlite';
import { Fault } from '../ports/fault.ts';
import type { KnownBox, Rollouts } from '../ports/rollouts.ts';
import { type AuditLine, chained } from '../rollout/audit.ts';
import { isOver, type Note, type Rollout } from '../rollout/plan.ts';
import { faultOf } from './spool.sqlite.fault.ts';
import { transactionsOf } from './sqlite.transaction.ts';

export type FleetStore = Rollouts<Rollout, Note, AuditLine>;

const schema = 1;
const tables = `
  CREATE TABLE rollout (name TEXT PRIMARY KEY, state TEXT, open INTEGER) WITHOUT ROWID;
  CREATE TABLE wish (rollout TEXT, box TEXT, forward TEXT, back TEXT, PRIMARY KEY (rollout, box));
  CREATE TABLE audit (n INTEGER PRIMARY KEY, at_ms INTEGER, who TEXT, rollout TEXT, box TEXT, what TEXT, why TEXT, hash TEXT);
  CREATE TABLE box (name TEXT PRIMARY KEY, labels TEXT, version INTEGER) WITHOUT ROWID;
`;
const columns = 'n, at_ms AS atMs, who AS "by", rollout, box, what, why, hash';

/** Opens or makes it. Errors: Fault `config` for a file of another version, `refused` where it cannot be opened. */
export function openFleetStore(file: string): FleetStore {
  const db = openFile(file);
  const transaction = transactionsOf(db, file, 'nothing of this was kept');
  transaction(() => {
    const found = Number(db.prepare('PRAGMA user_version').get()?.user_version);
    if (found === schema) return;
    if (found !== 0) throw new Fault('config', `${file}: is of version ${found}; this program reads version ${schema}`);
    db.exec(tables);
    db.exec(`PRAGMA user_version = ${schema}`);
  });
  const q = {
    names: db.prepare('SELECT name FROM rollout ORDER BY name'),
    going: db.prepare('SELECT name FROM rollout WHERE open = 1 ORDER BY name'),
    read: db.prepare('SELECT state FROM rollout WHERE name = ?'),
    open: db.prepare('SELECT state FROM rollout WHERE open = 1'),
    make: db.prepare('INSERT INTO rollout VALUES (?, ?, 1)'),
    write: db.prepare('UPDATE rollout SET state = ?, open = ? WHERE name = ?'),
    wish: db.prepare('INSERT INTO wish VALUES (?, ?, ?, ?)'),
    forward: db.prepare('SELECT forward AS text FROM wish WHERE rollout = ? AND box = ?'),
    back: db.prepare('SELECT back AS text FROM wish WHERE rollout = ? AND box = ?'),
    newest: db.prepare(`SELECT ${columns} FROM audit ORDER BY n DESC LIMIT 1`),
    append: db.prepare('INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?, ?)'),
    audit: db.prepare(`SELECT ${columns} FROM audit ORDER BY n`),
    box: db.prepare('SELECT name, labels, version FROM box WHERE name = ?'),
    boxes: db.prepare('SELECT name, labels, version FROM box ORDER BY name'),
    setBox: db.prepare(`INSERT INTO box VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET
      labels = excluded.labels, version = max(version, excluded.version)`),
  };

  const append = (note: Note, by: string, atMs: number, rollout: string | null): void => {
    const before = (q.newest.get() as AuditLine | undefined) ?? null;
    const line = chained(before, { ...note, by, atMs: Math.round(atMs), rollout });
    q.append.run(line.n, line.atMs, line.by, line.rollout, line.box, line.what, line.why, line.hash);
  };
  const read = (name: string): Rollout | null => {
    const row = q.read.get(name);
    return row ? (JSON.parse(String(row.state)) as Rollout) : null;
  };
  const held = (): ReadonlyMap<string, string> =>
    new Map(
      q.open
        .all()
        .map(({ state }) => JSON.parse(String(state)) as Rollout)
        .flatMap(({ boxes, plan, mode }) =>
          Object.entries(boxes)
            .filter(([, { phase }]) => mode !== 'stopped' || phase === 'taken-back')
            .map(([box]) => [box, plan.name]),
        ),
    );

  return {
    create: (rollout, texts, by, atMs) =>
      transaction(() => {
        const { name, why } = rollout.plan;
        if (read(name)) throw new Fault('refused', `${name}: there is a rollout of this name; give it another one`);
        const others = held();
        for (const box of Object.keys(rollout.boxes))
          if (others.has(box))
            throw new Fault('refused', `${box}: is in the rollout ${others.get(box)}, which goes on; end that first`);
        q.make.run(name, JSON.stringify(rollout));
        for (const { box, forward, back } of texts) q.wish.run(name, box, forward, back);
        for (const [box, { back }] of Object.entries(rollout.plan.versions))
          q.setBox.run(box, JSON.stringify(boxOf(q.box.get(box), box).labels), back);
        append({ box: null, what: 'start', why }, by, atMs, name);
      }),
    names: () => q.names.all().map(({ name }) => String(name)),
    going: () => q.going.all().map(({ name }) => String(name)),
    read,
    change: (name, by, atMs, step) =>
      transaction(() => {
        const before = read(name);
        if (!before) throw new Fault('config', `${name}: there is no rollout of this name`);
        const [next, notes] = step(before);
        const text = JSON.stringify(next);
        if (text !== JSON.stringify(before)) q.write.run(text, isOver(next) ? 0 : 1, name);
        for (const note of notes) append(note, by, atMs, name);
        return next;
      }),
    text: (name, box, side) => String((side === 'forward' ? q.forward : q.back).get(name, box)?.text),
    held,
    note: (note, by, atMs) => transaction(() => append(note, by, atMs, null)),
    audit: () => q.audit.iterate() as unknown as Iterable<AuditLine>,
    box: (name) => boxOf(q.box.get(name), name),
    boxes: () => q.boxes.all().map((row) => boxOf(row, String(row.name))),
    setBox: ({ name, labels, version }) => transaction(() => void q.setBox.run(name, JSON.stringify(labels), version)),
    close: () => db.close(),
  };
}

function openFile(file: string): DatabaseSync {
  try {
    const db = new DatabaseSync(file, { timeout: 10_000 });
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
    return db;
  } catch (error) {
    throw (
      faultOf(error, file, 'nothing was changed') ?? new Fault('refused', `${file}: ${(error as Error).message}`, error)
    );
  }
}

const boxOf = (row: Record<string, unknown> | undefined, name: string): KnownBox => ({
  name,
  labels: row ? (JSON.parse(String(row.labels)) as string[]) : [],
  version: Number(row?.version ?? 0),
});
