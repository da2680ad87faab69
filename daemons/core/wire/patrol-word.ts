/** What a patrol said of an alert at the box itself, where the centre was away: the detail of an event of this type. */
import * as z from 'zod';
import { pseudonym } from '../access/pseudonym.ts';
import { type Deed, outcomes } from '../values/desk.ts';
import type { Envelope } from '../values/envelope.ts';

export const patrolWordType = 'patrol-word';

/** What a patrol may do at a box; the rest it does at the centre. */
export const patrolDeed = z.discriminatedUnion('what', [
  z.strictObject({ what: z.literal('received') }),
  z.strictObject({ what: z.literal('seen') }),
  z.strictObject({ what: z.literal('acknowledge') }),
  z.strictObject({ what: z.literal('on-scene') }),
  z.strictObject({ what: z.literal('report'), outcome: z.enum(outcomes), text: z.string().trim().max(2000) }),
]) satisfies z.ZodType<Deed>;
export type PatrolDeed = z.infer<typeof patrolDeed>;

export const patrolUnit = z.string().trim().min(1).max(64);
/** A word that is older has nothing to say that is still true. */
const longestAgoMs = 7 * 86_400_000;

/** As a phone says it to the box. `key` is made up by the phone: the same again is done once. */
export const saidByPhone = z.strictObject({
  alert: z.string().min(1).max(128),
  deed: patrolDeed,
  key: z.uuid(),
  agoMs: z.int().min(0).max(longestAgoMs).default(0),
});
export type SaidByPhone = z.infer<typeof saidByPhone>;

/** As the box keeps it: with who was let in, as whom. */
export const patrolWord = z.object({ ...saidByPhone.shape, unit: patrolUnit, by: pseudonym });
export type PatrolWord = z.infer<typeof patrolWord>;

export const isPatrolWord = ({ stream, body }: Envelope): boolean =>
  stream === 'event' && (body as Envelope<'event'>['body']).type === patrolWordType;
