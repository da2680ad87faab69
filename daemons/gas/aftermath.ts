/**
 * What follows from calibration records and from a change of what is in force, beside the line: events, marks on alerts, doses. A
 * record is answered once, also when the daemon ended between the record and its answer: what was answered is committed with it.
 */
import { asFoundTolerance } from '../core/calibration/judge.ts';
import type { ShiftLimits } from '../core/calibration/zero.ts';
import type { Board } from '../core/config/box.ts';
import { runStep } from '../core/flow/scan.ts';
import type { CalibrationRecord, Calibrations } from '../core/ports/calibrations.ts';
import type { Item, Spool } from '../core/ports/spool.ts';
import type { Alert } from '../core/values/alert.ts';
import type { BoxEvent } from '../core/values/envelope.ts';
import type { Measurement } from '../core/values/measurement.ts';
import type { Stamp } from '../core/values/stamp.ts';
import { type AlertState, revised } from './alert.ts';
import { doubted, noted, type Serials } from './alert-book.ts';
import { type DoseState, dose, exposedOf, freshDose } from './dose.ts';
import { changeEvent, type Meanings, meaningsOf } from './in-force-change.ts';
import { bookNews, recallBook } from './kept-book.ts';
import type { Finding } from './line.ts';
import type { Said } from './sensor-event.ts';

export interface AftermathParts {
  readonly board: Board;
  readonly calibrations: Pick<Calibrations, 'inForce' | 'all'>;
  readonly spool: Pick<Spool, 'recall'>;
  /** Of a box that flies: how far a zero may move from one record to the next. */
  readonly zeroShift?: ShiftLimits;
}

/** What must be kept at once, and the open alerts as they are then. */
export interface Answer {
  readonly said: readonly Said[];
  readonly items: readonly Item[];
  readonly state: Readonly<Record<string, unknown>>;
  readonly open: AlertState;
  /** The next revisions among the items. */
  readonly revised: readonly Alert[];
}

export interface Aftermath {
  /** Takes in what a batch gave; gives what is committed with its alerts. */
  look(finding: Pick<Finding, 'alerts'>, measurements: readonly Measurement[]): Readonly<Record<string, unknown>>;
  /** What the records made since the last call, and a change of what is in force, ask for; null where there is nothing new. */
  answer(open: AlertState, at: Stamp): Answer | null;
  /** What is committed with health. */
  doses(): Readonly<Record<string, unknown>>;
  /** For plots: what every part was exposed to. */
  exposed(): ReturnType<typeof exposedOf>;
}

export async function openAftermath({
  board,
  calibrations,
  spool,
  zeroShift = {},
}: AftermathParts): Promise<Aftermath> {
  let book = await recallBook(spool);
  const serials: Serials = new Map(board.sensors.map(({ id, serial }) => [id, serial]));
  let meanings = ((await spool.recall('meanings')) as Meanings | undefined) ?? null;
  let dosed: DoseState = freshDose((await spool.recall('dose')) as DoseState['doses'] | undefined);
  const known = (await spool.recall('answered')) as readonly string[] | undefined;
  // A box that never answered anything: what was made before is history.
  const answered = new Set(known ?? calibrations.all().map(({ id }) => id));
  let seen: readonly CalibrationRecord[] | null = null;

  const doseStep = dose({
    serials,
    parts: new Set(board.quantities.map(({ quantity, channel }) => `${channel.split('/', 1)[0]}/${quantity}`)),
  });
  const [wetSensor, wetQuantity] = board.climate?.humidity.split('/') ?? [];

  const answerTo = (record: CalibrationRecord, open: AlertState) => {
    const doubt = doubted(book, record, { all: calibrations.all(), tolerance: asFoundTolerance, zeroShift });
    book = doubt.book;
    answered.add(record.id);
    return { said: doubt.event, marks: doubt.alerts, open: revised(open, doubt.alerts, 'check-failed') };
  };

  return {
    look: ({ alerts }, measurements) => {
      const wet = measurements.findLast(
        ({ sensor, quantity }) => quantity === wetQuantity && sensor === wetSensor,
      )?.value;
      if (typeof wet === 'number') dosed = { ...dosed, relativePercent: wet };
      [dosed] = runStep(doseStep, dosed, measurements);
      if (alerts.length === 0) return {};
      const before = book;
      book = noted(book, alerts, serials);
      return bookNews(before, book);
    },
    answer: (open, at) => {
      const all = calibrations.all();
      if (all === seen) return null;
      seen = all;
      const now = meaningsOf(board, calibrations);
      const change = changeEvent(meanings, now);
      const isFirst = meanings === null || known === undefined;
      meanings = now;
      const said: Said[] = change ? [change] : [];
      const before = book;
      const marks: Alert[] = [];
      let after = open;
      // Records come by kind: what each says of the time before it depends on their order.
      const unanswered = all.filter(({ id }) => !answered.has(id)).toSorted((a, b) => a.atMs - b.atMs);
      for (const record of unanswered) {
        const one = answerTo(record, after);
        after = one.open;
        said.push(one.said);
        marks.push(...one.marks);
      }
      if (said.length === 0 && !isFirst) return null;
      const events = said.map((one): Item => ({ stream: 'event', at, body: { ...one, at } satisfies BoxEvent }));
      const ids = all.map(({ id }) => id).filter((id) => answered.has(id));
      return {
        said,
        items: [...events, ...marks.map((body): Item => ({ stream: 'alert', at, body }))],
        revised: marks,
        state: { meanings, ...bookNews(before, book), answered: ids },
        open: marks.length > 0 ? after : open,
      };
    },
    doses: () => ({ dose: dosed.doses }),
    exposed: () => exposedOf(dosed),
  };
}
