import * as z from 'zod';
import { Fault } from '../ports/fault.ts';
import type { Gone } from '../spool/gone.ts';
import { type Envelope, streams } from '../values/envelope.ts';

const seq = z.int().min(1);
const detail = z.looseObject({
  gone: z
    .array(
      z.looseObject({
        spool: z.string().min(1).max(64),
        stream: z.enum(streams),
        ranges: z
          .array(z.tuple([seq, seq]).refine(([from, to]) => from <= to, 'must be [from, to], from not above to'))
          .max(10_000),
      }),
    )
    .max(1000),
});

/** Events whose `detail.gone` closes gaps: what the box chose to drop, and what its medium lost. */
const closing = ['shed', 'lost'];

/**
 * The gaps that an envelope closes; most close none. Errors: Fault `protocol` when an event that should say so cannot be
 * read: the event is kept all the same, its gaps stay open and are asked for.
 */
export function goneOf(envelope: Pick<Envelope, 'stream' | 'body'>): readonly Gone[] {
  if (envelope.stream !== 'event') return [];
  const event = (envelope as Envelope<'event'>).body;
  if (!closing.includes(event.type)) return [];
  const parsed = detail.safeParse(event.detail);
  if (parsed.success) return parsed.data.gone;
  const [first] = parsed.error.issues;
  throw new Fault('protocol', `event ${event.type}: detail.${first?.path.join('.')}: ${first?.message}`);
}

/** As `goneOf`, and what cannot be read closes nothing. */
export function readableGone(envelope: Pick<Envelope, 'stream' | 'body'>): readonly Gone[] {
  try {
    return goneOf(envelope);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return [];
  }
}
