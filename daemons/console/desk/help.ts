/** A patrol calls for help. */
import type { FastifyInstance } from 'fastify';
import { helpAlert, helpId, helpSite } from '../../core/desk/help.ts';
import { Fault, isFault } from '../../core/ports/fault.ts';
import type { AlertRecord } from '../../core/ports/records.ts';
import { needs } from '../access/actor.ts';
import { refusal } from '../answers.ts';
import type { DeskParts } from './acts.ts';
import { askedIn } from './asked.ts';
import { type HelpAnswer, helpRequest, helpRight } from './shapes.ts';

export function addHelp(app: FastifyInstance, { desk, feed, clock, log }: DeskParts): void {
  app.post('/api/help', needs('help.call'), async (request, reply) => {
    const all = askedIn(request, reply, helpRequest, helpRight);
    if ('error' in all) return all;
    const { key, text, where, agoMs } = all.asked;
    const { unit, role } = request.actor;
    if (unit === null) {
      reply.code(409);
      return refusal(`${all.by} belongs to no unit`, `POST ${request.url}`, 'an account of a patrol with a unit');
    }
    const now = clock.now();
    const alert = helpAlert(unit, key, text, where && { ...where, source: 'gnss' }, {
      ...now,
      wallMs: now.wallMs - agoMs,
    });
    const wish = { by: all.by, role, atMs: now.wallMs, unit, doneMs: now.wallMs - agoMs } as const;
    // A phone that did not hear the answer calls again; it is one call.
    const raised = await desk.raise(alert, helpSite, unit, { ...wish, deed: { what: 'seen' } }).catch((error) => {
      if (isFault(error) && error.kind === 'refused') return null;
      throw error;
    });
    const record = raised?.record ?? (await desk.record(helpId(unit, key)));
    if (!record) throw new Fault('refused', `the call of ${unit} was not kept; call by radio`);
    if (raised) log.warn('a patrol calls for help', { alert: alert.id, unit });
    await feed.refresh();
    return answerOf(record);
  });
}

const answerOf = ({ alert, acknowledged }: AlertRecord): HelpAnswer => ({ id: alert.id, acknowledged });
