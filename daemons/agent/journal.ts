/**
 * The one value that says what a box runs: the generation that is known to work, and the one on trial if there is. It is written and
 * flushed before anything follows from it; the link `current` follows it, and is set again from it at every start. So a power cut
 * leaves a link to one of two whole generations, and a value that says which of them is only on trial. Pure.
 */
import * as z from 'zod';

/** Name of a generation's folder; null: what was laid on the box, and the program of its package. */
const generation = z
  .string()
  .regex(/^[a-z0-9-]{1,64}$/)
  .nullable();

const ending = z.strictObject({
  desired: z.int().min(0),
  /** Hash of its text: another text under the same number is another. */
  hash: z.string().max(64),
  outcome: z.enum(['applied', 'reverted', 'refused']),
  reasons: z.array(z.string().max(4000)).max(32).readonly(),
});

export const journalShape = z.strictObject({
  v: z.literal(1),
  good: generation,
  /** Version of the desired state that `good` was made from; 0: none. */
  goodDesired: z.int().min(0),
  trial: z
    .strictObject({
      generation,
      desired: z.int().min(0),
      hash: z.string().max(64),
      starts: z.int().min(0),
      /** What was well before it, and must be again. */
      demands: z.array(z.string().max(200)).max(64).readonly(),
      steadyS: z.number().positive(),
      withinS: z.number().positive(),
    })
    .nullable(),
  last: ending.nullable(),
});
export type Journal = Readonly<z.infer<typeof journalShape>>;
export type Ending = Readonly<z.infer<typeof ending>>;

export const freshJournal: Journal = { v: 1, good: null, goodDesired: 0, trial: null, last: null };

/** The generation that is to run. */
export const inForce = ({ good, trial }: Journal): string | null => (trial ? trial.generation : good);

export type Trial = NonNullable<Journal['trial']>;
export type Wanted = Omit<Trial, 'starts'>;

/** A trial begins. Errors: RangeError while another one is on: a mistake of the caller. */
export function begun(journal: Journal, wanted: Wanted): Journal {
  if (journal.trial) throw new RangeError(`a trial of ${journal.trial.desired} is on already`);
  return { ...journal, trial: { ...wanted, starts: 0 } };
}

/**
 * The box starts, whoever starts it. One start of a trial is the power coming back; what starts again and again with nobody to say
 * that it is well is given up, also where the agent itself no longer comes up.
 */
export function started(journal: Journal, mostStarts: number): Journal {
  const { trial } = journal;
  if (!trial) return journal;
  const starts = trial.starts + 1;
  if (starts > mostStarts)
    return failed(journal, [`the box started ${starts} times without becoming well; the generation before it is back`]);
  return { ...journal, trial: { ...trial, starts } };
}

const over = (
  journal: Journal,
  outcome: Ending['outcome'],
  reasons: readonly string[],
): Pick<Journal, 'trial' | 'last'> => {
  const { desired = 0, hash = '' } = journal.trial ?? {};
  return { trial: null, last: { desired, hash, outcome, reasons } };
};

export function passed(journal: Journal): Journal {
  const { trial } = journal;
  if (!trial) return journal;
  return { ...journal, ...over(journal, 'applied', []), good: trial.generation, goodDesired: trial.desired };
}

export const failed = (journal: Journal, reasons: readonly string[]): Journal =>
  journal.trial ? { ...journal, ...over(journal, 'reverted', reasons) } : journal;

/** A desired state that is not tried. */
export const refused = (
  journal: Journal,
  { desired, hash }: Pick<Wanted, 'desired' | 'hash'>,
  reasons: readonly string[],
): Journal => ({
  ...journal,
  last: { desired, hash, outcome: 'refused', reasons },
});
