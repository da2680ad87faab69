/** A phone is let in by a code that the box shows once: eight digits, ten minutes, five tries. Nothing is preset. */
import { randomBytes, randomInt, scryptSync, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';
import { patrolGuest } from './patrol/guest.ts';
import type { Sessions } from './sessions.ts';

const code = { salt: z.string(), hash: z.string(), expiresMs: z.number() };
/** What the box keeps of a code (`pairing.json`, mode 0600): not the code. */
export const pairing = z.strictObject(code);
export type Pairing = z.infer<typeof pairing>;
/** Of a patrol's code (`pairing-patrol.json`): whom it lets in too. */
export const patrolPairing = z.strictObject({ ...code, guest: patrolGuest });

/** Patrols that are in; who takes this file out of the state folder ends all of their sessions at once. */
export const patrolSessions = 'patrol-sessions.json';

const minutesMs = 10 * 60_000;
const hashOf = (code: string, salt: string): Buffer => scryptSync(code, Buffer.from(salt, 'hex'), 32);

/** A new code, and what is kept of it. */
export function makePairing(nowMs: number): { readonly code: string; readonly kept: Pairing } {
  const code = String(randomInt(0, 100_000_000)).padStart(8, '0');
  const salt = randomBytes(16).toString('hex');
  return { code, kept: { salt, hash: hashOf(code, salt).toString('hex'), expiresMs: nowMs + minutesMs } };
}

export interface Doorkeeper<P extends Pairing = Pairing> {
  /** A token for a right code, which is then used up; null for a wrong one. The fifth wrong one uses it up too. */
  enter(code: string): string | null;
  knows(token: string | undefined): boolean;
  /** The pairing that it was let in by; null: it is not, or not any more. */
  pairingOf(token: string | undefined): P | null;
}

export interface DoorParts<P extends Pairing = Pairing> {
  /** Of the wall: codes are made by another process. */
  nowMs(): number;
  readonly sessions: Sessions<P>;
  /** What stands in the file; null: no code is out. */
  read(): P | null;
  /** Takes the code away. */
  forget(): void;
}

const mostTries = 5;

export function doorkeeper<P extends Pairing>({ nowMs, sessions, read, forget }: DoorParts<P>): Doorkeeper<P> {
  let tries = { hash: '', count: 0 };
  return {
    enter: (code) => {
      const kept = read();
      if (!kept || kept.expiresMs < nowMs()) return null;
      if (tries.hash !== kept.hash) tries = { hash: kept.hash, count: 0 };
      tries.count += 1;
      const right = timingSafeEqual(hashOf(code, kept.salt), Buffer.from(kept.hash, 'hex'));
      if (right || tries.count >= mostTries) forget();
      if (!right) return null;
      const token = randomBytes(32).toString('hex');
      sessions.add(token, kept);
      return token;
    },
    knows: (token) => sessions.of(token) !== null,
    pairingOf: (token) => sessions.of(token),
  };
}
