/**
 * Phones that are in. A session lasts by what nobody sets: the moment in which a box learns the time must not lock a phone out. Where
 * they are kept in a file as well, they outlive a start of this daemon, and end at once when somebody takes the file away.
 */
import { createHash } from 'node:crypto';
import * as z from 'zod';

/** Of a session that is kept: not its token. `untilMs` is Unix ms by the machine's clock. */
export interface KeptSession<P> {
  readonly hash: string;
  readonly untilMs: number;
  readonly by: P;
}
export const keptSessions = <P>(by: z.ZodType<P>): z.ZodType<readonly KeptSession<P>[]> =>
  z.array(z.strictObject({ hash: z.string().regex(/^[0-9a-f]{64}$/), untilMs: z.number(), by })).max(64);

export interface Sessions<P> {
  add(token: string, by: P): void;
  /** What the phone was let in by; null: it is not in, or not any more. */
  of(token: string | undefined): P | null;
}

export interface SessionsParts<P> {
  /** Monotonic ms. */
  lastsMs(): number;
  /** Absent: they end with this daemon. */
  readonly file?:
    | {
        systemMs(): number;
        /** Empty where there is none. */
        read(): readonly KeptSession<P>[];
        /** False where the disk refuses: they are then in memory alone. */
        write(all: readonly KeptSession<P>[]): boolean;
      }
    | undefined;
}

/** A shift. Then the phone is paired anew. */
const sessionMs = 12 * 3_600_000;
const mostSessions = 16;

const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');

export function openSessions<P>({ lastsMs, file }: SessionsParts<P>): Sessions<P> {
  /** By hash of the token; `kept`: it stands in the file, and ends with it. */
  const known = new Map<string, { readonly untilMs: number; readonly by: P; readonly kept: boolean }>();
  const recalled = (hash: string): P | null => {
    const one = file?.read().find((each) => each.hash === hash);
    const before = known.get(hash);
    if (before?.kept === false) return before.untilMs > lastsMs() ? before.by : null;
    if (!file || !one) return null;
    // From before a start: a clock that was set back gives nobody more than a shift.
    const leftMs = before ? before.untilMs - lastsMs() : Math.min(sessionMs, one.untilMs - file.systemMs());
    if (leftMs <= 0) return null;
    if (!before) known.set(hash, { untilMs: lastsMs() + leftMs, by: one.by, kept: true });
    return one.by;
  };
  return {
    add: (token, by) => {
      const hash = hashOf(token);
      const [oldest] = known.keys();
      if (known.size >= mostSessions && oldest !== undefined) known.delete(oldest);
      const others = file?.read().filter(({ untilMs }) => untilMs > file.systemMs()) ?? [];
      const all = file ? [...others.slice(1 - mostSessions), { hash, untilMs: file.systemMs() + sessionMs, by }] : [];
      known.set(hash, { untilMs: lastsMs() + sessionMs, by, kept: file?.write(all) ?? false });
    },
    of: (token) => (token === undefined ? null : recalled(hashOf(token))),
  };
}
