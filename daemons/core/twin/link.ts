/** What the agent asks the uplink over its socket in the state folder: one JSON value a line, one answer each. */
import * as z from 'zod';
import { longestAsk } from '../fleet/ask.ts';
import { agentHealth } from '../fleet/health.ts';
import { longestText } from '../release/signed.ts';

/** Questions that wait for the agent at the most. */
export const mostAsks = 4;

export const longestTwinLine = 3 * longestText;

/** An event that the uplink is to deliver for the agent. */
const told = z.strictObject({
  type: z.string().min(1).max(64),
  severity: z.enum(['info', 'warning', 'error']),
  message: z.string().max(8000),
  detail: z.record(z.string(), z.unknown()),
});

export const twinRequest = z.strictObject({
  ask: z.literal('twin'),
  /** What is to stand, retained, at twin/reported; null: nothing is known yet. */
  reported: z.string().max(200_000).nullable(),
  told: z.array(told).max(32).readonly(),
  /** How the box is, as far as the agent knows; absent from an older agent. */
  health: agentHealth.nullish(),
});
export type TwinRequest = Readonly<z.infer<typeof twinRequest>>;

export const twinReply = z.looseObject({
  say: z.literal('twin'),
  connected: z.boolean(),
  /** The newest text at twin/desired; null: none came yet. */
  desired: z.string().nullable(),
  /** Questions of an operator to the agent, each once; absent from an older uplink. */
  asks: z.array(z.string().max(longestAsk)).max(mostAsks).default([]),
});
export type TwinReply = Readonly<z.infer<typeof twinReply>>;
