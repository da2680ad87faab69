import path from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import { openSpoolFile } from '../../../daemons/core/adapters/spool.sqlite.file.ts';
import { openSpool } from '../../../daemons/core/adapters/spool.sqlite.ts';
import { findBrokenLink } from '../../../daemons/core/evidence/chain.ts';
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

  settle(stream: Stream, through: number, missing: readonly number[]): void {
    this.waiting[stream] = this.waiting[stream].filter(({ seq }) => seq > through || missing.includes(seq));
  }
}

type Command =
  | { readonly do: 'append'; readonly items: readonly { stream: Stream; n: number }[]; readonly state: number }
  | { readonly do: 'settle'; readonly stream: Stream; readonly through: number; readonly missing: readonly number[] }
  | { readonly do: 'peek'; readonly stream: Stream; readonly after: number; readonly limit: number }
  | { readonly do: 'reopen' };

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
  { weight: 1, arbitrary: fc.constant({ do: 'reopen' as const }) },
);

test('the file does what lists would do, under any operations and reopenings', (t) => {
  const folder = freshFolder(t);
  let run = 0;
  fc.assert(
    fc.property(fc.array(command, { maxLength: 25 }), (commands) => {
      run += 1;
      const file = path.join(folder, `${run}.db`);
      const model = new Obvious();
      let spool = openSpoolFile(file, 'writer');
      const { id } = spool;
      for (const one of commands) {
        if (one.do === 'append') {
          spool.append(
            'post-7',
            one.items.map(({ stream, n }) => pack(item(stream, n))),
            [['s', String(one.state)]],
          );
          model.append(one.items, { s: one.state });
        } else if (one.do === 'settle') {
          spool.settle(one.stream, one.through, one.missing);
          model.settle(one.stream, one.through, one.missing);
        } else if (one.do === 'peek') {
          const expected = model.waiting[one.stream].filter(({ seq }) => seq > one.after).slice(0, one.limit);
          t.deepEqual(
            spool.peek(one.stream, one.after, one.limit).map(({ seq, text }) => ({ seq, n: markOf(text) })),
            expected,
          );
        } else {
          spool.close();
          spool = openSpoolFile(file, 'writer');
        }
        t.is(spool.id, id);
        t.is(spool.recall('s'), model.state.has('s') ? String(model.state.get('s')) : null);
        t.deepEqual(spool.depth(), {
          alert: model.waiting.alert.length,
          event: model.waiting.event.length,
          tele: model.waiting.tele.length,
        });
      }
      spool.close();
    }),
    { numRuns: 60 },
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
