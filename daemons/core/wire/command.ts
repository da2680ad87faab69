/**
 * A person's word at the centre to a box, signed with the key of the centre that the box's profile names: the broker and whatever
 * lies between only carry it. `until` is short: a word that could not be brought in time is said again by a person.
 */
import type { KeyObject } from 'node:crypto';
import * as z from 'zod';
import { keyHashOf } from '../evidence/key-hash.ts';
import { isSigned, type Signer } from '../evidence/seal.ts';
import { parseWire } from './parse.ts';
import { lat, lon } from './place.ts';
import { namePattern } from './topics.ts';

/** Longest text of a command, in characters. */
export const longestCommand = 4096;
/** How long a command is good for, in ms. */
export const commandMs = 120_000;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits');
const id = z.string().min(1).max(128);

const about = z.discriminatedUnion('what', [
  z.strictObject({
    what: z.literal('propose'),
    /** The alert that a second look is asked for, the fixed post that raised it, and the wind there. */
    alert: id,
    post: z.strictObject({ lat, lon }),
    fromDeg: z.number().min(0).max(360).nullable(),
  }),
  z.strictObject({ what: z.literal('approve'), proposal: id, mission: sha256 }),
  z.strictObject({ what: z.literal('reject'), proposal: id, mission: sha256 }),
  /** What is on the drone already is cleared from it. */
  z.strictObject({ what: z.literal('withdraw'), proposal: id, mission: sha256 }),
]);
export type CommandAbout = z.infer<typeof about>;

const command = z.strictObject({
  v: z.literal(1),
  id,
  device: z.string().regex(namePattern),
  /** The pseudonym of who says it. */
  by: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{1,31}$/),
  atMs: z.number(),
  untilMs: z.number(),
  about,
  key: sha256,
  signature: z.string().max(200),
});
export type Command = Readonly<z.infer<typeof command>>;

/** Errors: Fault `protocol` that names the path. */
export const parseCommand = (json: string): Command => parseWire(json, command);

/** What is signed: an array, so that the order of fields is no question. */
function textOf({ id: of, device, by, atMs, untilMs, about: said }: Omit<Command, 'v' | 'key' | 'signature'>): string {
  const what =
    said.what === 'propose' ? [said.alert, said.post.lat, said.post.lon, said.fromDeg] : [said.proposal, said.mission];
  return JSON.stringify(['fieldpost command 1', of, device, by, atMs, untilMs, said.what, ...what]);
}

export function signCommand(signer: Signer, said: Omit<Command, 'v' | 'key' | 'signature'>): Command {
  return { v: 1, ...said, key: signer.key, signature: signer.sign(textOf(said)) };
}

/** Null when one of these keys signed it; else why it is not believed. */
export function distrust(said: Command, signers: readonly KeyObject[]): 'foreign-key' | 'forged' | null {
  const signer = signers.find((one) => keyHashOf(one) === said.key);
  if (!signer) return 'foreign-key';
  return isSigned(textOf(said), said.signature, signer) ? null : 'forged';
}
