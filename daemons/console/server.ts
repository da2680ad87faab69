import path from 'node:path';
import cookie from '@fastify/cookie';
import fastifyStatic from '@fastify/static';
import fastify, { type FastifyInstance } from 'fastify';
import * as z from 'zod';
import type { Archive } from '../core/ports/archive.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { DeskStore } from '../core/ports/desk.ts';
import { Fault } from '../core/ports/fault.ts';
import type { Log } from '../core/ports/log.ts';
import type { Records } from '../core/ports/records.ts';
import { byOf, byRight, forAnybody, needs, tells } from './access/actor.ts';
import { type Access, addGate, type Sees } from './access/gate.ts';
import { addDescription } from './access/openapi.ts';
import { keepOut } from './access/refused.ts';
import { answerError, refusal } from './answers.ts';
import { audienceOf, everything, tellsAlert, tellsDevice } from './audience.ts';
import { addBirths } from './births.ts';
import { addCalibrations } from './calibrations.ts';
import type { DrillWatch } from './desk/drill-watch.ts';
import { addNoDesk } from './desk/none.ts';
import { addDesk } from './desk/routes.ts';
import { addDevices, type DeviceParts } from './devices/routes.ts';
import type { Feed } from './feed.ts';
import { addFeeds } from './feeds/routes.ts';
import { addFlights, addNoFlights, type Commanding } from './flight-routes.ts';
import { guardFor, type Reach, thisMachine } from './guard.ts';
import { addVerification, type Bundles, verificationOf } from './history/verification.ts';
import type { MapFile } from './maps.ts';
import { addPages } from './pages.ts';
import { addPatrol } from './patrol/routes.ts';
import { driftOf, sightOf } from './sight.ts';
import type { Streams } from './streams.ts';
import type { Page } from './web/build.ts';
import { acknowledgement } from './words.ts';

export interface ServerParts {
  readonly records: Records;
  /** Who may see and do what. */
  readonly access: Access;
  /** What is kept, for pictures; absent: the page shows none. */
  readonly archive?: Archive;
  /** What people do beyond acknowledging; absent: nothing else can be done. */
  readonly desk?: DeskStore | undefined;
  /** Collects what answers for an alert. */
  readonly bundles?: Bundles | undefined;
  /** A typeface for reports. */
  readonly font?: () => Uint8Array;
  /** How words are said to boxes; absent: none can be. */
  readonly commanding?: Commanding | undefined;
  /** What boxes say of themselves, where they are asked, and what is kept of the fleet. */
  readonly devices?: Pick<DeviceParts, 'heard' | 'broker' | 'fleet'> | undefined;
  /** Whether there is a layer of dwellings. */
  readonly layered?: boolean;
  readonly feed: Feed;
  readonly streams: Streams;
  readonly drills?: DrillWatch | undefined;
  readonly page: Page;
  /** The page of patrols; absent: there is none. */
  readonly patrol?: Page | undefined;
  /** How the centre is called by radio, for that page. */
  readonly radio?: string | undefined;
  /** Absent: this machine alone. */
  readonly reach?: Reach;
  /** What TLS is spoken with; absent: none. */
  readonly tls?: { readonly cert: Buffer; readonly key: Buffer } | undefined;
  /** Absent: as usual. */
  readonly requestMs?: number;
  readonly maps: readonly MapFile[];
  readonly clock: Clock;
  readonly log: Log;
}

/** The HTTP API and the page. It listens only when the caller says so. */
export async function buildServer(parts: ServerParts): Promise<FastifyInstance> {
  const { access, feed, streams, log, layered = false } = parts;
  const { reach = thisMachine, requestMs = 10_000, tls } = parts;
  const nowMs = (): number => parts.clock.now().wallMs;
  const server = { connectionsCheckingInterval: Math.min(1000, requestMs), headersTimeout: requestMs };
  const app = fastify({
    logger: false,
    bodyLimit: 4096,
    requestTimeout: requestMs,
    // Who is behind a proxy is what that proxy says, and nobody else.
    trustProxy: reach.proxies.length > 0 ? [...reach.proxies] : false,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 200 },
    ...(tls ? { https: { ...tls, ...server, minVersion: 'TLSv1.3' as const } } : { http: server }),
  }) as unknown as FastifyInstance;
  // JSON and nothing else: a form or text/plain is what a page of another origin can send without asking first.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string' }, app.getDefaultJsonParser('error', 'error'));
  app.addHook('onRequest', guardFor(reach));
  await app.register(cookie);
  keepOut(app);
  addGate(app, access, seesFrom(parts));
  app.setErrorHandler(answerError(log));
  app.setNotFoundHandler(async (request, reply) => {
    reply.code(404);
    return refusal(
      'there is nothing here',
      `${request.method} ${request.url}`,
      'the page is at /, the API under /api/',
    );
  });

  const looking = tells('list', 'alerts.read', 'alerts.read-own', 'devices.read');
  app.get('/health', forAnybody, async (_request, reply) => {
    reply.code(feed.trouble ? 503 : 200).header('cache-control', 'no-store');
    return { ok: feed.trouble === null, cursor: feed.cursor, streams: streams.clients, trouble: feed.trouble };
  });

  access.addRoutes(app);
  addDescription(app, parts.page.build);
  app.get('/api/me', forAnybody, async (request, reply) => {
    reply.header('cache-control', 'no-store');
    return access.me(request);
  });

  app.get('/api/state', looking, async (request, reply) => {
    reply.header('cache-control', 'no-store').type('application/json; charset=utf-8');
    return feed.state(audienceOf(request.actor, layered));
  });

  app.get('/api/maps', needs('alerts.read', 'alerts.read-own', 'devices.read'), async (_request, reply) => {
    reply.header('cache-control', 'no-store');
    return { maps: parts.maps.map(({ map }) => map) };
  });

  app.get<{ Querystring: { after?: string } }>('/api/stream', looking, (request, reply) => {
    const last = request.headers['last-event-id'] ?? request.query.after;
    reply.headers({ 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' });
    if (streams.full) {
      reply.code(503).header('retry-after', '5').type('application/json');
      return reply.send(refusal('too many pages are open', 'GET /api/stream', 'close some, or try again'));
    }
    reply.hijack();
    reply.raw.writeHead(200, reply.getHeaders() as Record<string, string>);
    const isOver = async (): Promise<boolean> => (await access.identify(request)) === null;
    streams.add(reply.raw, typeof last === 'string' ? last : null, audienceOf(request.actor, layered), isOver);
    return reply;
  });

  addAcknowledge(app, parts);
  const { archive, bundles } = parts;
  const verified = archive && bundles && ((id: string) => verificationOf(archive, bundles, id));
  if (parts.desk) addDesk(app, { ...parts, desk: parts.desk, layered, font: parts.font ?? noFont, verified });
  addBirths(app, feed);
  addCalibrations(app, parts.archive);
  addDevices(app, { ...parts, ...parts.devices });
  if (parts.archive) {
    addSight(app, parts.archive);
    addVerification(app, parts.archive, parts.bundles);
    if (parts.desk) addFeeds(app, feed, { archive: parts.archive, desk: parts.desk, layered, nowMs });
    addFlights(app, { ...parts, archive: parts.archive });
  } else addNoFlights(app);
  if (!parts.desk) addNoDesk(app);
  addPatrol(app, { ...parts, radio: parts.radio ?? null });
  addPages(app, [parts.page, ...(parts.patrol ? [parts.patrol] : [])]);
  await addMaps(app, parts.maps);
  return app;
}

/** Other people's objects are not there for whoever may not see them, on whatever route they are asked for. */
const seesFrom =
  ({ feed, desk, layered = false }: ServerParts): Sees =>
  async (actor, what, id) => {
    const audience = audienceOf(actor, layered);
    // The route itself says what is not there.
    if (audience.key === everything.key) return true;
    if (what === 'device') return feed.devices().some((one) => one.device === id && tellsDevice(audience, one));
    const record = feed.alert(id) ?? (await desk?.record(id));
    return record != null && tellsAlert(audience, record);
  };

const noFont = (): never => {
  throw new Fault('absent', 'this console has no typeface for reports');
};

function addAcknowledge(app: FastifyInstance, { records, desk, feed, clock, log }: ServerParts): void {
  app.post<{ Params: { id: string } }>(
    '/api/alerts/:id/acknowledge',
    needs('alerts.acknowledge'),
    async (request, reply) => {
      const where = `POST ${request.url}`;
      const body = acknowledgement.safeParse(request.body);
      const by = body.success ? byOf(request.actor, body.data.by) : null;
      if (!body.success || by === null) {
        const why = body.success ? 'it does not say who it is by' : z.prettifyError(body.error);
        reply.code(400);
        return refusal(`the body is not an acknowledgement: ${why}`, where, byRight);
      }
      const { id } = request.params;
      const atMs = clock.now().wallMs;
      const { role } = request.actor;
      const known = desk
        ? await desk.act({ alert: id, by, role, atMs, deed: { what: 'acknowledge' } })
        : await records.acknowledge(id, by, atMs);
      if (!known) {
        reply.code(404);
        return refusal('there is no such alert', where, 'the id of an alert in GET /api/state');
      }
      log.info('alert acknowledged', { alert: id, by });
      await feed.refresh();
      // The first acknowledgement stands: the answer names who gave it, who need not be the caller.
      return { id, acknowledged: feed.alert(id)?.acknowledged ?? null };
    },
  );
}

/** Data of pictures: the page draws them. */
function addSight(app: FastifyInstance, archive: Archive): void {
  app.get<{ Params: { id: string } }>(
    '/api/alerts/:id/timeline',
    needs('alerts.read', 'alerts.read-own'),
    async (request, reply) => {
      reply.header('cache-control', 'no-store');
      const sight = await sightOf(archive, request.params.id);
      if (sight) return sight;
      reply.code(404);
      return refusal('nothing of this alert is kept', `GET ${request.url}`, 'the id of an alert in GET /api/state');
    },
  );
  app.get<{ Params: { device: string } }>(
    '/api/devices/:device/drift',
    needs('devices.read'),
    async (request, reply) => {
      reply.header('cache-control', 'no-store');
      return { drift: await driftOf(archive, request.params.device) };
    },
  );
}

async function addMaps(app: FastifyInstance, maps: readonly MapFile[]): Promise<void> {
  const first = maps[0];
  if (!first) return;
  await app.register(fastifyStatic, { root: path.resolve(path.dirname(first.file)), serve: false, etag: true });
  for (const { map, file } of maps) {
    app.get(map.url, needs('alerts.read', 'alerts.read-own', 'devices.read'), (_request, reply) =>
      reply.type('application/vnd.pmtiles').sendFile(path.basename(file), path.resolve(path.dirname(file))),
    );
  }
}
