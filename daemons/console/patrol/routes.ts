/** What the patrol page asks for beside the alerts themselves. */
import type { FastifyInstance } from 'fastify';
import type { Archive } from '../../core/ports/archive.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { DeskStore } from '../../core/ports/desk.ts';
import { needs } from '../access/actor.ts';
import { refusal } from '../answers.ts';
import type { Feed } from '../feed.ts';
import { type CallCard, callCard, type PatrolAnswer } from './card.ts';
import { windsOf } from './winds.ts';

export interface PatrolParts {
  readonly feed: Feed;
  readonly clock: Clock;
  readonly desk?: DeskStore | undefined;
  readonly archive?: Archive | undefined;
  /** How the centre is called where the page cannot reach it; null: nobody wrote it down. */
  readonly radio?: string | null;
}

const nothingKept = { revisions: [], around: null, now: null };

export function addPatrol(app: FastifyInstance, { feed, clock, desk, archive, radio = null }: PatrolParts): void {
  app.get('/api/patrol', needs('alerts.read', 'alerts.read-own'), async (_request, reply) => {
    reply.header('cache-control', 'no-store');
    return { radio } satisfies PatrolAnswer;
  });

  app.get<{ Params: { id: string } }>(
    '/api/alerts/:id/call',
    needs('alerts.read', 'alerts.read-own'),
    async (request, reply): Promise<CallCard | ReturnType<typeof refusal>> => {
      reply.header('cache-control', 'no-store');
      const { id } = request.params;
      const record = feed.alert(id) ?? (await desk?.record(id));
      if (!record) {
        reply.code(404);
        return refusal('there is no such alert', `GET ${request.url}`, 'the id of an alert in GET /api/state');
      }
      const kept = archive ? await windsOf(archive, id) : nothingKept;
      const box = feed.devices().find(({ site, device }) => site === record.site && device === record.device);
      return callCard({ record, ...kept, nowMs: clock.now().wallMs, simulated: box?.simulated ?? false });
    },
  );
}
