/** Wrong logins are counted by name and by address; in memory, so that a restart forgives. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Book, failed, noted, patience, untried, waitMs } from '../../core/access/lockout.ts';
import { available, bucket, filled, spent } from '../../core/flow/bucket.ts';
import type { Clock } from '../../core/ports/clock.ts';
import { type Refusal, refusal } from '../answers.ts';

export interface Waits {
  /** Milliseconds to wait before this may be tried; 0: now. */
  left(name: string | null, address: string): number;
  /** The same for what takes a hash, of which there are only so many a second for all: asked when nothing else holds it up. */
  hashLeft(name: string | null, address: string): number;
  wrong(name: string | null, address: string): void;
  /** Takes back the mistake that was counted before it was tried: many at once are counted each. */
  right(name: string | null, address: string): void;
}

/** Hashes a second, for all who knock: each takes 128 MiB and half a second of a core. */
const hashesPerS = 3;
const hashesAtOnce = 12;

export function openWaits(clock: Clock): Waits {
  let book: Book = new Map();
  let tokens = bucket(hashesPerS, clock.now().monoNs / 1e6, hashesAtOnce);
  const nowMs = (): number => clock.now().monoNs / 1e6;
  const keys = (name: string | null, address: string) => [
    ...(name === null ? [] : [{ key: `name ${name}`, how: patience.name }]),
    { key: `address ${address}`, how: patience.address },
  ];
  const left = (name: string | null, address: string): number => {
    const now = nowMs();
    return Math.max(...keys(name, address).map(({ key }) => waitMs(book.get(key) ?? untried, now)));
  };
  return {
    left,
    hashLeft: (name, address) => {
      const now = nowMs();
      const wait = left(name, address);
      if (wait > 0) return wait;
      tokens = filled(tokens, hashesPerS, now, hashesAtOnce);
      if (available(tokens) === 0) return 1000 / hashesPerS;
      tokens = spent(tokens, 1);
      return 0;
    },
    wrong: (name, address) => {
      for (const { key, how } of keys(name, address))
        book = noted(book, key, failed(book.get(key) ?? untried, nowMs(), how));
    },
    right: (name, address) => {
      if (name !== null) book = noted(book, `name ${name}`, null);
      const at = `address ${address}`;
      const { failures } = book.get(at) ?? untried;
      book = noted(book, at, failures > 1 ? { failures: failures - 1, untilMs: 0, atMs: nowMs() } : null);
    },
  };
}

/** The same words whoever it is about. */
export function waitFirst(request: FastifyRequest, reply: FastifyReply, ms: number): Refusal {
  const seconds = Math.max(1, Math.ceil(ms / 1000));
  reply.code(429).header('retry-after', String(seconds));
  return refusal('too many wrong logins', `${request.method} ${request.url}`, `try again in ${seconds} s`);
}
