import { z } from 'zod';

/** What each way out needs beyond the contacts of units: a key a way, absent where it is not used. */
export const waysSection = z.strictObject({});
export type WaysSection = z.infer<typeof waysSection>;
