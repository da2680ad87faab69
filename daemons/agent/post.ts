/** What the daemons of a box say of themselves when the agent asks. Parsed here, so that an older daemon is merely silent. */
import * as z from 'zod';

const post = z.looseObject({
  good: z.int(),
  inHand: z.array(z.string()),
  raised: z.array(z.string()),
  overdue: z.array(z.string().max(100)).max(64).default([]),
  flagged: z.record(z.string().max(64), z.number()).default({}),
});
export type Post = z.infer<typeof post>;

const dock = z.looseObject({ mode: z.string(), seen: z.looseObject({ airborne: z.boolean().nullable() }) });

export const readPost = (said: unknown): Post | null => post.safeParse(said).data ?? null;

export function readDock(line: string): { readonly mode: string; readonly airborne: boolean | null } | null {
  try {
    const said = dock.safeParse(JSON.parse(line)).data;
    return said ? { mode: said.mode, airborne: said.seen.airborne } : null;
  } catch {
    return null;
  }
}
