/** What was: alerts found again, and how often a kind of them led to something. */
import type { FastifyInstance } from 'fastify';
import * as z from 'zod';
import { placeOf } from '../../core/desk/conditions.ts';
import { precisionOf } from '../../core/desk/precision.ts';
import type { DeskStore } from '../../core/ports/desk.ts';
import { needs, tells } from '../access/actor.ts';
import { refusal } from '../answers.ts';
import { precisionQuery, searchOf, searchQuery, searchRight } from '../desk/shapes.ts';

export function addHistory(app: FastifyInstance, desk: DeskStore): void {
  app.get('/api/search', tells('itself', 'history.search'), async (request, reply) => {
    reply.header('cache-control', 'no-store');
    const { data, error } = searchQuery.safeParse(request.query);
    const after = data?.after ?? null;
    if (!data || (after !== null && !placeOf(after))) {
      reply.code(400);
      return refusal(
        `this is no search: ${error ? z.prettifyError(error) : '"after" names no page'}`,
        `GET ${request.url}`,
        searchRight,
      );
    }
    const found = await desk.search(searchOf(data), { after, limit: data.limit });
    const told = found.alerts.map(({ alert }) => alert.id);
    await request.record('search', told, JSON.stringify(data));
    return found;
  });

  app.get('/api/precision', needs('alerts.read'), async (request, reply) => {
    reply.header('cache-control', 'no-store');
    const { data, error } = precisionQuery.safeParse(request.query);
    if (data) return precisionOf(await desk.outcomes(data));
    reply.code(400);
    return refusal(`this asks for no precision: ${z.prettifyError(error)}`, `GET ${request.url}`, '?kind=...&site=...');
  });
}
