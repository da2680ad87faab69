/** What a patrol's phone asks of the box: its own alerts, and to keep what the patrol says of them. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import * as z from 'zod';
import type { Clock } from '../../core/ports/clock.ts';
import type { Log } from '../../core/ports/log.ts';
import { saidByPhone } from '../../core/wire/patrol-word.ts';
import { cookieIn, setCookie } from '../headers.ts';
import type { Doorkeeper, Pairing } from '../pairing.ts';
import type { Heard, PatrolAtBox } from './desk.ts';
import type { PatrolGuest } from './guest.ts';
import type { Direct, PatrolAnswer } from './shown.ts';

export interface PatrolParts {
  readonly door: Doorkeeper<Pairing & { readonly guest: PatrolGuest }>;
  readonly desk: PatrolAtBox;
  readonly device: string;
  readonly direct: Exclude<Direct, 'off'>;
  readonly clock: Pick<Clock, 'now'>;
}

const cookie = '__Host-fieldpost-patrol';
const codes: Readonly<Record<Heard, number>> = { stands: 200, unknown: 404, full: 429, later: 503 };
const refusals: Readonly<Record<Exclude<Heard, 'stands'>, string>> = {
  unknown: 'the box has no such alert that may be spoken of here',
  full: 'there are as many reports of it as this box keeps; nothing was kept',
  later: 'the disk of the box takes nothing just now; say it again',
};
/** Words of one phone in a minute: more than a person says of a hundred alerts one after another. */
const mostInMinute = 240;

export function addPatrol(app: FastifyInstance, { door, desk, device, direct, clock }: PatrolParts, log: Log): void {
  const guestOf = (request: FastifyRequest): PatrolGuest | null =>
    door.pairingOf(cookieIn(request, cookie))?.guest ?? null;
  const refused = (reply: FastifyReply) => reply.code(401).send({ refused: 'pair this phone first' });
  const rates = new Map<string, { readonly minute: number; readonly count: number }>();
  const isTooMuch = ({ by, unit }: PatrolGuest): boolean => {
    const minute = Math.floor(clock.now().monoNs / 60e9);
    const key = `${unit} ${by}`;
    const before = rates.get(key);
    const count = before?.minute === minute ? before.count + 1 : 1;
    rates.set(key, { minute, count });
    return count > mostInMinute;
  };

  app.get('/patrol/session', async (request) => ({ paired: guestOf(request) !== null }));

  app.post('/patrol/pair', async (request, reply) => {
    const asked = z.strictObject({ code: z.string().regex(/^\d{8}$/) }).safeParse(request.body);
    const token = asked.success ? door.enter(asked.data.code) : null;
    const guest = token === null ? null : door.pairingOf(token)?.guest;
    if (token === null || !guest) {
      log.warn("a patrol's phone gave a wrong code");
      return reply.code(403).send({ refused: 'wrong code, or it has expired' });
    }
    log.info("a patrol's phone was paired", { ...guest });
    setCookie(reply, cookie, token);
    return { paired: true };
  });

  app.get('/patrol/alerts', async (request, reply) => {
    const guest = guestOf(request);
    if (!guest) return refused(reply);
    const { synced, uncertaintyMs } = clock.now();
    return {
      ...{ ...guest, device, direct, clock: { synced, uncertaintyMs } },
      alerts: desk.list(guest),
    } satisfies PatrolAnswer;
  });

  app.post('/patrol/words', { bodyLimit: 16_384 }, async (request, reply) => {
    const guest = guestOf(request);
    if (!guest) return refused(reply);
    const said = saidByPhone.safeParse(request.body);
    if (!said.success) return reply.code(400).send({ refused: z.prettifyError(said.error) });
    if (isTooMuch(guest)) return reply.code(429).send({ refused: 'too many words in a minute; say it again later' });
    const heard = await desk.say(guest, said.data);
    if (heard === 'stands') return { stands: true };
    return reply.code(codes[heard]).send({ refused: refusals[heard] });
  });
}
