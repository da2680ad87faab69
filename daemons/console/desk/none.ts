/** For a console without a desk: nobody leads a shift, and no drill runs. The page asks for both all the time. */
import type { FastifyInstance } from 'fastify';
import { needs } from '../access/actor.ts';

export function addNoDesk(app: FastifyInstance): void {
  app.get('/api/shift', needs('alerts.read'), async (_, reply) => {
    reply.header('cache-control', 'no-store');
    return { lead: null, sinceMs: 0, handover: null };
  });
  app.get('/api/drill', needs('alerts.read'), async (_, reply) => {
    reply.header('cache-control', 'no-store');
    return { drill: null };
  });
}
