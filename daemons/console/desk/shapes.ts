/** What is asked of the desk over HTTP, and what it answers. The page imports the types. */
import { z } from 'zod';
import { pseudonym } from '../../core/access/pseudonym.ts';
import { type Act, type Deed, type Desk, outcomes } from '../../core/values/desk.ts';

export const alertId = z.string().min(1).max(128);
const text = z.string().trim().min(1).max(2000);
const untilMs = z.int().positive();
export const unitName = z.string().trim().min(1).max(64);

/** The deeds of people; those of the centre alone are not said over HTTP. */
export const deed = z.discriminatedUnion('what', [
  z.strictObject({ what: z.literal('acknowledge') }),
  z.strictObject({ what: z.literal('assign'), unit: unitName.nullable() }),
  z.strictObject({ what: z.literal('note'), text }),
  z.strictObject({ what: z.literal('resolve'), outcome: z.enum(outcomes), text: z.string().trim().max(2000) }),
  z.strictObject({ what: z.literal('reopen'), text }),
  z.strictObject({ what: z.literal('escalate'), why: text }),
  z.strictObject({ what: z.literal('accept') }),
  z.strictObject({ what: z.literal('mute'), untilMs }),
  z.strictObject({ what: z.literal('unmute') }),
  z.strictObject({ what: z.literal('shelve'), reason: text, untilMs }),
  z.strictObject({ what: z.literal('unshelve') }),
  z.strictObject({ what: z.literal('link'), to: alertId }),
  z.strictObject({ what: z.literal('unlink') }),
  z.strictObject({ what: z.literal('corroborate'), text }),
  z.strictObject({ what: z.literal('release'), text }),
  z.strictObject({ what: z.literal('withhold'), text }),
]) satisfies z.ZodType<Deed>;
export const deedRight =
  '{"deed": {"what": "acknowledge"}}, or "assign" with "unit", "note" with "text", "resolve" with "outcome" and "text", ' +
  '"shelve" with "reason" and "untilMs", ...; texts of at most 2000 characters';

/** `seen`: how many acts the sender saw; told back, so that a page can say what came between. */
export const actRequest = z.strictObject({ deed, seen: z.int().min(0).optional(), by: pseudonym.optional() });

/** `act` is null where an acknowledgement was there already: the first stands, and `acknowledged` names who gave it. */
export interface ActAnswer {
  readonly act: Act | null;
  readonly desk: Desk | null;
  readonly acknowledged: { readonly by: string; readonly atMs: number } | null;
  /** Acts that came since what the sender saw, this one not counted. */
  readonly between: number;
}
export interface ActsAnswer {
  readonly acts: readonly Act[];
}
