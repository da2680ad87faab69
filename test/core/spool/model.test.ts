import { cpSync } from 'node:fs';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { openSpoolFile } from '../../../daemons/core/adapters/spool.sqlite.file.ts';
import { openMended } from '../../../daemons/core/adapters/spool.sqlite.mend.ts';
import { openSpool } from '../../../daemons/core/adapters/spool.sqlite.ts';
import { findBrokenLink } from '../../../daemons/core/evidence/chain.ts';
import type { Shed } from '../../../daemons/core/spool/gone.ts';
import { pack } from '../../../daemons/core/spool/link.ts';
import { type Stream, streams } from '../../../daemons/core/values/envelope.ts';
import { freshFolder, item, markOf } from './keeping.ts';

/** What a spool is, without a disk: lists. */
class Obvious {
  waiting: Record<Stream, { seq: number; n: number }[]> = { alert: [], event: [], tele: [] };
  last: Record<Stream, number> = { alert: 0, event: 0, tele: 0 };
  state = new Map<string, unknown>();

  append(items: readonly { stream: Stream; n: number }[], state: Record<string, unknown>): void {
    for (const { stream, n } of items) {
      this.last[stream] += 1;
      this.waiting[stream].push({ seq: this.last[stream], n });
    }
    for (const [key, value] of Object.entries(state)) this.state.set(key, value);
  }

  /** The oldest of each stream up to these numbers are gone; what the spool itself says is an event of its own. */
  drop(last: Readonly<Record<Stream, number>>, told: number): void {
    for (const stream of streams) this.waiting[stream] = this.waiting[stream].filter(({ seq }) => seq > last[stream]);
    for (let i = 0; i < told; i++) {
      this.last.event += 1;
      this.waiting.event.push({ seq: this.last.event, n: Number.NaN });
    }
  }

  settle(stream: Stream, through: number, missing: readonly number[]): void {
    this.waiting[stream] = this.waiting[stream].filter(({ seq }) => seq > through || missing.includes(seq));
  }
}

type Command =
  | { readonly do: 'append'; readonly items: readonly { stream: Stream; n: number }[]; readonly state: number }
  | { readonly do: 'settle'; readonly stream: Stream; readonly through: number; readonly missing: readonly number[] }
  | { readonly do: 'peek'; readonly stream: Stream; readonly after: number; readonly limit: number }
  | { readonly do: 'trim'; readonly bytes: Readonly<Record<Stream, number>> }
  | { readonly do: 'room'; readonly bytes: number }
  | { readonly do: 'reopen' }
  /** The process is killed: its files stay as they are, the log is not brought in. */
  | { readonly do: 'crash' };

const stream = fc.constantFrom(...streams);
const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('append' as const),
      items: fc.array(fc.record({ stream, n: fc.nat(9999) }), { maxLength: 6 }),
      state: fc.nat(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('settle' as const),
      stream,
      through: fc.nat(20),
      missing: fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 4 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('peek' as const),
      stream,
      after: fc.nat(15),
      limit: fc.integer({ min: 1, max: 6 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('trim' as const),
      bytes: fc.record({ alert: fc.nat(8000), event: fc.nat(4000), tele: fc.nat(3000) }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('room' as const), bytes: fc.nat(3000) }) },
  { weight: 1, arbitrary: fc.constant({ do: 'reopen' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'crash' as const }) },
);

const noAge = { alert: 1e15, event: 1e15, tele: 1e15 };

/** What the spool dropped, from its own reports, held against the model: the oldest of each, and nothing that was settled. */
function takeDrop(t: ExecutionContext, model: Obvious, shed: readonly Shed[], isUnread: boolean): void {
  const last: Record<Stream, number> = { alert: 0, event: 0, tele: 0 };
  for (const { seqs } of shed) {
    for (const stream of streams) {
      const dropped = seqs[stream].flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, i) => from + i));
      t.deepEqual(
        dropped,
        model.waiting[stream].map(({ seq }) => seq).filter((seq) => dropped.length > 0 && seq <= (dropped.at(-1) ?? 0)),
      );
      last[stream] = Math.max(last[stream], dropped.at(-1) ?? 0);
    }
  }
  // Until something is appended the report has no moment, and waits.
  model.drop(last, isUnread ? 0 : shed.length);
}

type Act = { readonly [C in Command['do']]: (one: Extract<Command, { readonly do: C }>) => void };

/** A spool beside the lists that it is held against. */
function sideBySide(t: ExecutionContext, first: string) {
  let file = first;
  let spool = openSpoolFile(file, 'writer');
  const model = new Obvious();
  const { id } = spool;
  /** Reports that wait for the first append after the opening. */
  let untold = 0;
  let appended = false;
  const take = (shed: readonly Shed[]): void => {
    takeDrop(t, model, shed, !appended);
    if (!appended) untold += shed.length;
  };
  const act: Act = {
    append: ({ items, state }) => {
      spool.append(
        'post-7',
        items.map(({ stream, n }) => pack(item(stream, n))),
        [['s', String(state)]],
      );
      model.append(items, { s: state });
      if (items.length === 0) return;
      model.drop({ alert: 0, event: 0, tele: 0 }, untold);
      untold = 0;
      appended = true;
    },
    settle: ({ stream, through, missing }) => {
      spool.settle(stream, through, missing);
      model.settle(stream, through, missing);
    },
    peek: ({ stream, after, limit }) => {
      const expected = model.waiting[stream].filter(({ seq }) => seq > after).slice(0, limit);
      const found = spool.peek(stream, after, limit).map(({ seq, text }) => ({ seq, n: markOf(text) }));
      t.deepEqual(found, expected);
    },
    trim: ({ bytes: limit }) => {
      take(spool.trim('post-7', { bytes: limit, ageMs: noAge }, null));
      t.true(spool.bytes().tele <= limit.tele);
    },
    room: ({ bytes }) => {
      const shed = spool.makeRoom('post-7', bytes, ['tele', 'event']);
      take(shed ? [shed] : []);
    },
    reopen: () => {
      spool.close();
      spool = openSpoolFile(file, 'writer');
      appended = false;
    },
    crash: () => {
      const next = `${file}-after.db`;
      for (const end of ['', '-wal', '-shm']) cpSync(`${file}${end}`, `${next}${end}`);
      spool.close();
      file = next;
      const opened = openMended(file);
      t.deepEqual(opened.notes, []);
      spool = opened.file;
      appended = false;
    },
  };
  const compare = (): void => {
    t.is(spool.id, id);
    t.is(spool.recall('s'), model.state.has('s') ? String(model.state.get('s')) : null);
    const { alert, event, tele } = model.waiting;
    t.deepEqual(spool.depth(), { alert: alert.length, event: event.length, tele: tele.length });
    const total = (stream: Stream): number =>
      spool.peek(stream, 0, 1e6).reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
    t.deepEqual(spool.bytes(), { alert: total('alert'), event: total('event'), tele: total('tele') });
  };
  return { act, compare, close: () => spool.close() };
}

test('the file does what lists would do, under any operations, limits, reopenings and crashes', (t) => {
  const folder = freshFolder(t);
  let run = 0;
  fc.assert(
    fc.property(fc.array(command, { maxLength: 25 }), (commands) => {
      run += 1;
      const { act, compare, close } = sideBySide(t, path.join(folder, `${run}.db`));
      for (const one of commands) {
        (act[one.do] as (command: Command) => void)(one);
        compare();
      }
      close();
    }),
    { numRuns: 100 },
  );
});

test('the chain goes on over reopenings and after everything was settled', (t) => {
  const file = path.join(freshFolder(t), 'gas.db');
  const texts: string[] = [];
  for (let round = 0; round < 4; round++) {
    const spool = openSpoolFile(file, 'writer');
    spool.append(
      'post-7',
      [1, 2, 3].map((n) => pack(item('event', n))),
      [],
    );
    texts.push(...spool.peek('event', 0, 100).map(({ text }) => text));
    spool.settle('event', 1e6, []);
    spool.close();
  }
  t.is(texts.length, 12);
  t.is(findBrokenLink(texts), null);
});

test('a sequence number is never given twice, also when all was settled and the file reopened', async (t) => {
  const file = path.join(freshFolder(t), 'gas.db');
  for (const expected of [1, 2, 3]) {
    const spool = await openSpool({ path: file, device: 'post-7' });
    await spool.append([item('alert', expected)]);
    t.deepEqual(
      (await spool.peek('alert', 0, 10)).map(({ seq }) => seq),
      [expected],
    );
    await spool.settle('alert', expected, []);
    t.is((await spool.depth()).alert, 0);
    await spool.close();
  }
});
