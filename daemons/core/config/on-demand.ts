/**
 * Shapes that are made when something is first parsed by them, and let go once nothing is: a daemon reads its configuration once and
 * then runs for a year, and zod keeps about a kilobyte for every rule in it.
 */
import * as z from 'zod';
import { $constructor } from 'zod/v4/core';

const Lazy: $constructor<z.ZodLazy> = z.ZodLazy;
/** zod's own lazy shape keeps what it made, and makes it to ask whether it may be absent. */
const OnDemand = $constructor<z.ZodLazy>('OnDemand', (one, def) => {
  Lazy.init(one, def);
  const never = { value: undefined };
  Object.defineProperties(one._zod, { innerType: { get: def.getter }, optin: never, optout: never });
});

/**
 * The shape that `make` gives, as a shape: it parses, describes itself and infers as that one does. What may be absent says so outside:
 * `onDemand(...).optional()`. Not for what is parsed all the time, since it is made anew after each collection of garbage in between.
 */
export function onDemand<T extends z.ZodType>(make: () => T): z.ZodLazy<T> {
  let made: WeakRef<T> | undefined;
  const getter = (): T => {
    const before = made?.deref();
    if (before) return before;
    const now = make();
    if (now._zod.optin || now._zod.optout) throw new Error('a shape on demand may not be absent: say so outside of it');
    made = new WeakRef(now);
    return now;
  };
  return new OnDemand({ type: 'lazy', getter }) as z.ZodLazy<T>;
}
