/** For a console without a desk: nobody leads a shift, no drill runs, nothing is known of the past. The page asks for all of it. */
import type { FastifyInstance } from 'fastify';
import { needs } from '../access/actor.ts';

const answers = {
  '/api/shift': { lead: null, sinceMs: 0, handover: null },
  '/api/drill': { drill: null },
  '/api/precision': { outcomes: {}, n: 0, found: 0, share: null, low: null, high: null },
} as const;

export function addNoDesk(app: FastifyInstance): void {
  for (const [url, answer] of Object.entries(answers))
    app.get(url, needs('alerts.read'), async (_, reply) => {
      reply.header('cache-control', 'no-store');
      return answer;
    });
}
