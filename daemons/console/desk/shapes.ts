/** What is asked of the desk over HTTP, and what it answers. The page imports the types. */
import * as z from 'zod';
import { pseudonym } from '../../core/access/pseudonym.ts';
import type { Drill } from '../../core/desk/drill.ts';
import type { Found, Search } from '../../core/ports/history.ts';
import { type Act, type Deed, type Desk, outcomes, type Shift } from '../../core/values/desk.ts';
import { reportLanguages } from '../history/report-languages.ts';

export const alertId = z.string().min(1).max(128);
const text = z.string().trim().min(1).max(2000);
const untilMs = z.int().positive();
/** As made by `crypto.randomUUID()`. */
export const doneKey = z.uuid();
/** A phone that was out of reach for longer has nothing to say that is still true. */
export const longAgo = z
  .int()
  .min(0)
  .max(7 * 86_400_000);
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
  z.strictObject({ what: z.literal('received') }),
  z.strictObject({ what: z.literal('seen') }),
  z.strictObject({ what: z.literal('on-scene') }),
  z.strictObject({ what: z.literal('report'), outcome: z.enum(outcomes), text: z.string().trim().max(2000) }),
]) satisfies z.ZodType<Deed>;
export const deedRight =
  '{"deed": {"what": "acknowledge"}}, or "assign" with "unit", "note" with "text", "resolve" with "outcome" and "text", ' +
  '"shelve" with "reason" and "untilMs", ...; texts of at most 2000 characters';

/** `seen`: how many acts the sender saw; told back, so that a page can say what came between. */
export const actRequest = z.strictObject({
  deed,
  seen: z.int().min(0).optional(),
  key: doneKey.optional().describe('made up where it is done: the same again is done once'),
  agoMs: longAgo.optional().describe('how long ago it was done, where it could not be sent at once'),
  by: pseudonym.optional(),
});

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

/** A patrol calls for help; `where` is where its phone was, if it knew and may tell. */
export const helpRequest = z.strictObject({
  key: doneKey,
  text: z.string().trim().max(500).default(''),
  where: z
    .strictObject({
      ...{
        lat: z.number().min(-90).max(90),
        lon: z.number().min(-180).max(180),
        ceM: z.number().positive().max(100_000),
      },
    })
    .nullable()
    .default(null),
  agoMs: longAgo.default(0),
  by: pseudonym.optional(),
});
export const helpRight = '{"key": "<uuid>", "text", "where": {"lat", "lon", "ceM"} or null, "agoMs"}';
/** It is under way once `acknowledged` names a dispatcher, and not before. */
export interface HelpAnswer {
  readonly id: string;
  readonly acknowledged: { readonly by: string; readonly atMs: number } | null;
}

const of = z.string().min(1).max(128).nullable().default(null);
export const ruleRequest = z.strictObject({
  device: of,
  kind: of,
  site: of,
  reason: text,
  untilMs,
  by: pseudonym.optional(),
});
export const ruleRight =
  '{"device", "kind", "site": each a name or null for all, "reason": "...", "untilMs": in the next 7 days}';

export const shiftRequest = z.discriminatedUnion('what', [
  z.strictObject({ what: z.literal('hand-over'), to: pseudonym, by: pseudonym.optional() }),
  z.strictObject({ what: z.literal('take'), by: pseudonym.optional() }),
]);
export const shiftRight = '{"what": "hand-over", "to": "op-18"} or {"what": "take"}';
/** `waiting`: open alerts that the incoming lead did not accept yet, 500 at the most of `total`. */
export interface ShiftAnswer extends Pick<Shift, 'lead' | 'sinceMs'> {
  readonly handover:
    | (NonNullable<Shift['handover']> & { readonly waiting: readonly string[]; readonly total: number })
    | null;
}

const where = z.strictObject({
  ...{ lat: z.number().min(-90).max(90), lon: z.number().min(-180).max(180), ceM: z.number().positive().max(100_000) },
  source: z.literal('surveyed').default('surveyed'),
});
const scene = {
  kind: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]{0,60}$/)
    .optional(),
  severity: z.enum(['info', 'warning', 'critical']).optional(),
  where: where.optional(),
  by: pseudonym.optional(),
};
/** `start` raises a first alert, `alert` a further one. */
export const drillRequest = z.discriminatedUnion('what', [
  z.strictObject({ what: z.literal('start'), text, ...scene }),
  z.strictObject({ what: z.literal('alert'), ...scene }),
  z.strictObject({ what: z.literal('end'), by: pseudonym.optional() }),
]);
export const drillRight =
  '{"what": "start", "text": "what is exercised"}, {"what": "alert", "kind", "severity", "where": {"lat", "lon", "ceM"}} or {"what": "end"}';
export interface DrillAnswer {
  readonly drill: Drill | null;
}

const name = z.string().min(1).max(128).optional();
const ms = z.coerce.number().int().min(0).max(9_007_199_254_740_991).optional();
const sought = {
  ...{ text: z.string().trim().min(1).max(200).optional(), from: ms, to: ms, kind: name, site: name, device: name },
  severity: z.enum(['info', 'warning', 'critical']).optional(),
  outcome: z.enum(outcomes).optional(),
  drill: z.enum(['only', 'none', 'both']).default('none'),
};
/** A search as it stands in an export. */
export const search = z.strictObject(sought);
/** As a query string; `after` is the `next` of the page before. */
export const searchQuery = z.strictObject({
  ...sought,
  after: z.string().max(220).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export const searchRight =
  '?text=&from=&to= (Unix ms) &kind=&severity=&site=&device=&outcome=&drill=only|none|both&after=&limit= (1 to 200)';
export const searchOf = ({ from, to, ...rest }: z.infer<typeof search>): Search => ({
  ...rest,
  fromMs: from,
  toMs: to,
});
export type SearchAnswer = Found;
export const precisionQuery = z.strictObject({ kind: name, site: name });

/** What is exported: all that a search finds, or these. */
export const exportRequest = z
  .strictObject({
    format: z.enum(['csv', 'geojson', 'cap', 'pdf']),
    search: search.optional(),
    ids: z.array(alertId).min(1).max(200).optional(),
    by: pseudonym.optional(),
  })
  .refine((one) => (one.search === undefined) !== (one.ids === undefined), { error: 'either "search" or "ids"' });
export const exportRight =
  '{"format": "csv" | "geojson" | "cap" | "pdf", "search": as GET /api/search, or "ids": ["..."]}';
/** Whoever fetches it reads it: of two people each has a report in their own language. */
export const fileQuery = z.strictObject({ language: z.enum(reportLanguages).optional() });
export const approval = z.strictObject({ by: pseudonym.optional() });
/** One export as it stands; `waiting` is for a second person. */
export interface ExportEntry {
  readonly id: string;
  readonly format: 'csv' | 'geojson' | 'cap' | 'pdf';
  readonly by: string;
  readonly atMs: number;
  readonly untilMs: number;
  readonly count: number;
  readonly approvedBy: string | null;
  readonly state: 'waiting' | 'ready';
}

/** `partly`: nothing is wrong, and not all is there or vouched for. A line is right, wrong, or not known. */
export interface VerificationAnswer {
  readonly verdict: 'whole' | 'partly' | 'broken' | 'nothing';
  readonly lines: readonly { readonly ok: boolean | null; readonly text: string }[];
}
