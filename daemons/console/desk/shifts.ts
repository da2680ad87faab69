/** The shift change. */
import type { FastifyInstance } from 'fastify';
import { handOver, shiftIn, take } from '../../core/desk/shift.ts';
import type { Shift } from '../../core/values/desk.ts';
import { needs } from '../access/actor.ts';
import type { DeskParts } from './acts.ts';
import { askedIn, conflict } from './asked.ts';
import { type ShiftAnswer, shiftRequest, shiftRight } from './shapes.ts';
import { change } from './shared.ts';

const mostWaiting = 500;

export function addShifts(app: FastifyInstance, { desk, clock, log }: DeskParts): void {
  const answerOf = async ({ lead, sinceMs, handover }: Shift): Promise<ShiftAnswer> => {
    if (!handover) return { lead, sinceMs, handover };
    const { alerts, total } = await desk.unaccepted(handover.startedMs, mostWaiting);
    return { lead, sinceMs, handover: { ...handover, waiting: alerts, total } };
  };

  app.get('/api/shift', needs('alerts.read'), async (_request, reply) => {
    reply.header('cache-control', 'no-store');
    return answerOf(shiftIn((await desk.read('shift')).value));
  });

  app.post('/api/shift', needs('shift.hand'), async (request, reply) => {
    const all = askedIn(request, reply, shiftRequest, shiftRight);
    if ('error' in all) return all;
    const { asked, by } = all;
    const asking = { by, supervises: request.actor.role === 'supervisor', nowMs: clock.now().wallMs };
    const answer = await change(desk, 'shift', (value) => {
      const shift = shiftIn(value);
      return asked.what === 'take' ? take(shift, asking) : handOver(shift, asked.to, asking);
    });
    if (answer.why !== null) return conflict(request, reply, answer.why, 'the shift as GET /api/shift shows it');
    log.info('shift', { by, what: asked.what });
    return answerOf(answer.value);
  });
}
