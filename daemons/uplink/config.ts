import * as z from 'zod';
import { type Backoff, spreadOf } from '../core/flow/backoff.ts';

/** How a box comes back after it lost the broker. */
const reconnect = z.strictObject({
  firstMs: z.int().min(50).max(60_000).default(250).describe('the first try after this long, for a fleet of one'),
  mostMs: z.int().min(1000).max(3_600_000).default(60_000).describe('the longest wait between two tries'),
  fleet: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(1)
    .describe(
      'boxes that share the broker: their tries are spread so that attemptsPerS holds when all lose it at once',
    ),
  attemptsPerS: z
    .int()
    .min(10)
    .max(100_000)
    .default(200)
    .describe('connection attempts a second that the broker can take from the whole fleet'),
});

/** The `uplink` section of a profile. */
export const uplinkSection = z.strictObject({
  brokers: z
    .array(
      z
        .string()
        .regex(/^mqtts?:\/\/[^\s/]+$/)
        .describe('mqtt://host:port or mqtts://host:port'),
    )
    .min(1)
    .max(8)
    .describe('tried in turn'),
  renewal: z
    .string()
    .regex(/^https:\/\/[^\s/]+$/)
    .optional()
    .describe('https://host:port of fieldpost enrol: the certificate is renewed there, also after it expired'),
  keepaliveS: z
    .int()
    .min(10)
    .max(3600)
    .default(40)
    .describe(
      'seconds between signs of life; a dead box shows as silent after half as long again. 900 on a line that is paid by the megabyte',
    ),
  telemetry: z
    .boolean()
    .default(true)
    .describe('false: telemetry stays on the box until its spool sheds it; alerts and events go as ever'),
  window: z
    .int()
    .min(1)
    .max(200)
    .default(32)
    .describe('messages that the broker has not answered; above 20 to 50 only the delay grows'),
  unconfirmed: z
    .int()
    .min(1)
    .max(1000)
    .default(400)
    .describe('messages of a stream that the ledger has not confirmed; brokers hold some 1000 for a slow reader'),
  historyPerS: z
    .number()
    .min(0.01)
    .max(10_000)
    .default(20)
    .describe('telemetry envelopes a second from before the connection, so that what is live goes first'),
  silentMs: z
    .int()
    .min(1000)
    .max(3_600_000)
    .default(60_000)
    .describe('a broker that brings no receipt for this long is left for the next one of the list'),
  resendMs: z
    .int()
    .min(500)
    .max(600_000)
    .default(5000)
    .describe('how long to wait for the receipt before sending again'),
  reconnect: reconnect.prefault({}),
});

export type UplinkSection = z.infer<typeof uplinkSection>;

export const paceOf = ({ firstMs, mostMs, fleet, attemptsPerS }: UplinkSection['reconnect']): Backoff => ({
  firstMs,
  mostMs,
  spreadMs: spreadOf(fleet, attemptsPerS),
});
