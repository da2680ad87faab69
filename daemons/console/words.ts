/** What people say to the console about alerts, as it comes over HTTP. */
import * as z from 'zod';
import { pseudonym } from '../core/access/pseudonym.ts';

const by = pseudonym.optional();
export const acknowledgement = z.strictObject({ by });

const id = z.string().min(1).max(128);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
export const flightWord = z.discriminatedUnion('what', [
  z.strictObject({ what: z.literal('propose'), dock: id, by }),
  z.strictObject({ what: z.literal('approve'), dock: id, by, proposal: id, mission: sha256 }),
  z.strictObject({ what: z.literal('reject'), dock: id, by, proposal: id, mission: sha256 }),
  z.strictObject({ what: z.literal('withdraw'), dock: id, by, proposal: id, mission: sha256 }),
]);
export type FlightWord = z.infer<typeof flightWord>;
