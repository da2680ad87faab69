/** What programs of other agencies may read: open alerts as GeoJSON, and CAP messages. Held-back and shelved alerts are in neither. */
import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isForOthers } from '../../core/cap/issue.ts';
import { capText } from '../../core/cap/message.ts';
import { outward } from '../../core/desk/outward.ts';
import type { AlertRecord } from '../../core/ports/records.ts';
import { type Actor, tells } from '../access/actor.ts';
import { refusal } from '../answers.ts';
import type { Feed } from '../feed.ts';
import { atomOf, type CapShelfParts, openCapShelf } from './cap.ts';
import { feedCollection } from './geojson.ts';

const severities = ['info', 'warning', 'critical'];
const ofSite =
  ({ site = null }: Pick<Actor, 'site'>) =>
  (record: AlertRecord): boolean =>
    site === null || record.site === site;

export function addFeeds(app: FastifyInstance, feed: Feed, parts: CapShelfParts): void {
  const { layered, nowMs } = parts;
  const shelf = openCapShelf(feed.alerts, parts);

  app.get('/api/feeds/geojson', tells('list', 'feeds.read'), async (request, reply) => {
    const told = feed
      .alerts()
      .filter(ofSite(request.actor))
      .filter((one) => isForOthers(one) && outward(one, { layered, severities }, nowMs()) === 'show');
    const changedMs = Math.max(0, ...told.map((one) => one.changedMs));
    return sent(request, reply.type('application/geo+json'), feedCollection(told), changedMs);
  });

  app.get('/api/feeds/cap', tells('list', 'feeds.read'), async (request, reply) => {
    const issues = await shelf.issues(ofSite(request.actor));
    const newestMs = issues[0]?.sentMs ?? 0;
    return sent(request, reply.type('application/atom+xml; charset=utf-8'), atomOf(issues, 0), newestMs);
  });

  app.get<{ Params: { message: string } }>(
    '/api/feeds/cap/:message',
    tells('itself', 'feeds.read'),
    async (request, reply) => {
      const issues = await shelf.issues(ofSite(request.actor));
      const found = issues.find(({ identifier }) => identifier === request.params.message);
      reply.header('cache-control', 'no-store');
      if (!found) {
        reply.code(404);
        return refusal('there is no such message', `GET ${request.url}`, 'one of GET /api/feeds/cap');
      }
      await request.record('view', [found.record.alert.id], `CAP ${found.identifier}`);
      const text = `<?xml version="1.0" encoding="UTF-8"?>\n${capText(found)}\n`;
      return sent(request, reply.type('application/cap+xml; charset=utf-8'), text, found.sentMs);
    },
  );
}

/** Who has it already is told so (RFC 9110, 13.1); it is in no cache on the way. */
function sent(request: FastifyRequest, reply: FastifyReply, text: string, changedMs: number): FastifyReply {
  const tag = `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`;
  reply.header('cache-control', 'no-store').header('etag', tag);
  if (changedMs > 0) reply.header('last-modified', new Date(changedMs).toUTCString());
  const has = (request.headers['if-none-match'] ?? '').split(',').map((one) => one.trim().replace(/^W\//, ''));
  if (has.includes(tag)) return reply.code(304).send();
  return reply.send(text);
}
