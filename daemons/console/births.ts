/** The whole of what a box said of itself when it was born: the page is sent a summary, and asks for one at a time. */
import type { FastifyInstance } from 'fastify';
import { needs } from './access/actor.ts';
import { refusal } from './answers.ts';
import type { Feed } from './feed.ts';

export function addBirths(app: FastifyInstance, feed: Feed): void {
  app.get<{ Params: { device: string }; Querystring: { site?: string } }>(
    '/api/devices/:device/birth',
    needs('devices.read'),
    async (request, reply) => {
      reply.header('cache-control', 'no-store');
      const { device } = request.params;
      const { site } = request.query;
      const found = feed.devices().find((one) => one.device === device && (site === undefined || one.site === site));
      if (found) return { site: found.site, device, birth: found.birth };
      reply.code(404);
      return refusal('there is no such device', `GET ${request.url}`, 'a device of GET /api/state, and its site');
    },
  );
}
