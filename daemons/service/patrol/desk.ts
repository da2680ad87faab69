/** The box's own alerts and what patrols say of them here, kept in a spool of this daemon's own: a word stands when it is on the disk. */
import * as z from 'zod';
import type { Clock } from '../../core/ports/clock.ts';
import type { Log } from '../../core/ports/log.ts';
import type { Item, Spool } from '../../core/ports/spool.ts';
import type { Alert } from '../../core/values/alert.ts';
import type { Told } from '../../core/values/delivery.ts';
import { alert as alertShape } from '../../core/wire/envelope.ts';
import { type PatrolWord, patrolWordType, type SaidByPhone } from '../../core/wire/patrol-word.ts';
import { after, type Book, type Entry, isFull, noted, stands, swept } from './book.ts';
import type { PatrolGuest } from './guest.ts';
import { bareOf, type Direct, isOpenTo, type Listed, type Looking, listOf, shownTo } from './shown.ts';

/** `stands`: on the disk. `unknown`: there is no such alert here, or it may not be spoken of here. `full`, `later`: nothing was kept. */
export type Heard = 'stands' | 'unknown' | 'full' | 'later';

export interface PatrolAtBox {
  list(guest: PatrolGuest): readonly Listed[];
  bare(): readonly ReturnType<typeof bareOf>[];
  say(guest: PatrolGuest, said: SaidByPhone): Promise<Heard>;
  /** A revision that a daemon of the box kept. */
  note(alert: Alert): void;
  /** What changed of the book, onto the disk; forgets what is long over. */
  keep(): Promise<void>;
}

export interface PatrolDeskParts {
  readonly spool: Pick<Spool, 'append' | 'recall'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly direct: Direct;
  readonly box: Looking['box'];
  readonly simulated: boolean;
}

/** Where the disk takes nothing for so long, the phone is told to say it again. */
const patienceMs = 4000;

export async function openPatrolDesk(parts: PatrolDeskParts): Promise<PatrolAtBox> {
  const { spool, clock, log, direct, box, simulated } = parts;
  let book = await recallBook(spool);
  /** The book as it is on the disk, or on its way there. */
  let kept = book;
  const looking = (): Looking => ({ direct, now: clock.now(), box, simulated });

  const append = async (items: readonly Item[], next: Book): Promise<boolean> => {
    const state = newsOf(kept, next);
    if (items.length === 0 && Object.keys(state).length === 0) return true;
    kept = next;
    const { where, committed } = await spool.append(items, state);
    if (where === 'disk') return true;
    return Promise.race([committed, clock.sleep(patienceMs, 'the spool').then(() => false)]);
  };

  return {
    list: ({ unit }) => listOf(book).map((entry) => shownTo(unit, entry, looking())),
    bare: () => (direct === 'off' ? [] : listOf(book).map((entry) => bareOf(entry, looking()))),
    say: async ({ unit, by }, said) => {
      const entry = book.get(said.alert);
      if (!entry || !isOpenTo(direct, entry.alert)) return 'unknown';
      if (stands(entry, unit, said.deed, said.key)) return 'stands';
      if (isFull(entry, said.deed)) return 'full';
      const at = clock.now();
      const word: PatrolWord = { ...said, unit, by };
      const next = new Map(book).set(said.alert, after(entry, word, at.wallMs - said.agoMs));
      if (!(await append([itemOf(word, at)], next))) return 'later';
      // Alerts may have come meanwhile: only what was said is taken over.
      const now = book.get(said.alert);
      if (now) book = new Map(book).set(said.alert, after(now, word, at.wallMs - said.agoMs));
      log.info('a patrol said at the box', { alert: said.alert, unit, by, what: said.deed.what });
      return 'stands';
    },
    note: (alert) => {
      book = noted(book, alert);
    },
    keep: async () => {
      book = swept(book, clock.now());
      await append([], book);
    },
  };
}

function itemOf(word: PatrolWord, at: ReturnType<Clock['now']>): Item {
  const message = `${word.by} of ${word.unit} said at the box: ${word.deed.what}, of alert ${word.alert}`;
  const body = { type: patrolWordType, severity: 'info', at, message, detail: { ...word } } as const;
  return { stream: 'event', at, body };
}

const index = z.array(z.string().min(1).max(128)).max(1000);
const moment = z.object({ by: z.string(), atMs: z.number() }).nullable();
const told = z.object({
  ...{ unit: z.string(), sinceMs: z.number(), tried: z.array(z.never()) },
  ...{ received: moment, seen: moment, acknowledged: moment, onScene: moment },
  reported: z.looseObject({ by: z.string(), atMs: z.number() }).nullable(),
});
const entryShape = z.object({ alert: alertShape, told: z.array(told), reports: z.array(z.string()) });

const keyOf = (id: string): string => `alert/${id}`;

/** What an alert that goes on says again is no news for the card: it is said again after a restart too. */
const isNews = (before: Entry | undefined, { alert, told: said }: Entry): boolean =>
  !before ||
  before.told !== said ||
  before.alert.condition !== alert.condition ||
  before.alert.severity !== alert.severity ||
  before.alert.certainty !== alert.certainty;

function newsOf(before: Book, next: Book): Record<string, unknown> {
  const news: Record<string, unknown> = {};
  for (const [id, entry] of next) if (isNews(before.get(id), entry)) news[keyOf(id)] = entry;
  const gone = [...before.keys()].filter((id) => !next.has(id));
  for (const id of gone) news[keyOf(id)] = undefined;
  if (gone.length > 0 || next.size !== before.size || [...next.keys()].some((id) => !before.has(id)))
    news.alerts = [...next.keys()];
  return news;
}

/** As it was kept; an entry that cannot be read is passed over. */
async function recallBook({ recall }: Pick<Spool, 'recall'>): Promise<Book> {
  const ids = index.safeParse(await recall('alerts')).data ?? [];
  const found = await Promise.all(
    ids.map(async (id): Promise<[string, Entry][]> => {
      const one = entryShape.safeParse(await recall(keyOf(id)));
      if (!one.success) return [];
      const { alert, told: said, reports } = one.data;
      return [[id, { alert: alert as Alert, told: said as readonly unknown[] as readonly Told[], reports }]];
    }),
  );
  return new Map(found.flat());
}
