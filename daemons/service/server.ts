/** The page that a box serves to a phone on its own link: HTTPS, no address of anybody else, nobody without a code. */
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import * as z from 'zod';
import { historyOf } from '../core/calibration/history.ts';
import { readRecord } from '../core/calibration/record-shape.ts';
import { isFault } from '../core/ports/fault.ts';
import type { Log } from '../core/ports/log.ts';
import { historyPage } from '../core/procedure/history.ts';
import { request as linkRequest } from '../core/procedure/link.ts';
import { sheetOf } from '../core/procedure/sheet.ts';
import { languageOf, sayIn } from '../core/procedure/words.ts';
import { cookieIn, headers, setCookie } from './headers.ts';
import type { Doorkeeper } from './pairing.ts';
import { addPatrol, type PatrolParts } from './patrol/routes.ts';
import type { Phone } from './phone.ts';
import { type AskCamera, previewRoute } from './preview.ts';
import type { LocalPage } from './web/build.ts';

export interface LocalPageParts {
  /** PEM, from the organisation's authority. */
  readonly tls: { readonly key: string; readonly cert: string };
  readonly page: LocalPage;
  readonly door: Doorkeeper;
  /** The phone behind a session. */
  readonly phone: (token: string) => Phone;
  readonly camera: AskCamera;
  /** Absent: patrols are not served. */
  readonly patrol?: PatrolParts | undefined;
  readonly log: Log;
}

const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/** A record to print brings its style with it. */
const sheetPolicy =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const cookie = '__Host-fieldpost';

const tokenOf = (request: FastifyRequest): string | undefined => cookieIn(request, cookie);

/** It listens only when the caller says so. */
export function buildLocalPage(parts: LocalPageParts): FastifyInstance {
  const { tls, page, door, phone, camera, patrol, log } = parts;
  const app = fastify({
    logger: false,
    bodyLimit: 4096,
    requestTimeout: 10_000,
    forceCloseConnections: true,
    https: { ...tls, minVersion: 'TLSv1.2' },
  }) as unknown as FastifyInstance;

  app.addHook('onRequest', async (request, reply) => {
    reply.headers(headers).header('content-security-policy', policy);
    // A page of another origin can neither read nor write here, also while a phone is paired.
    const { origin, host } = request.headers;
    const foreign = origin !== undefined && origin !== `https://${host}`;
    if (request.method !== 'GET' && (foreign || origin === undefined))
      return reply.code(403).send({ refused: 'the request comes from another origin' });
    return undefined;
  });
  const paired = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> =>
    door.knows(tokenOf(request)) ? undefined : reply.code(401).send({ refused: 'pair this phone first' });

  for (const [url, { body, type }] of page)
    if (patrol || !url.startsWith('/patrol/')) app.get(url, async (_request, reply) => reply.type(type).send(body));
  app.get('/session', async (request) => ({ paired: door.knows(tokenOf(request)) }));

  app.post('/pair', async (request, reply) => {
    const asked = z.strictObject({ code: z.string().regex(/^\d{8}$/) }).safeParse(request.body);
    const token = asked.success ? door.enter(asked.data.code) : null;
    if (!token) {
      log.warn('a phone gave a wrong code');
      return reply.code(403).send({ refused: 'wrong code, or it has expired' });
    }
    log.info('a phone was paired');
    setCookie(reply, cookie, token);
    return { paired: true };
  });

  app.post('/ask', { preHandler: paired }, async (request, reply) => {
    const asked = linkRequest.safeParse(request.body);
    if (!asked.success) return reply.code(400).send({ refused: z.prettifyError(asked.error) });
    phone(tokenOf(request) ?? '').ask(asked.data);
    return { ok: true };
  });

  app.get('/events', { preHandler: paired }, async (request, reply) => {
    const { raw } = reply;
    reply.hijack();
    raw.writeHead(200, { ...headers, 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' });
    raw.on('error', () => {});
    const show = (value: unknown): void => void raw.write(`data: ${JSON.stringify(value)}\n\n`);
    try {
      const end = await phone(tokenOf(request) ?? '').attach(show);
      raw.on('close', end);
    } catch (error) {
      if (!isFault(error)) throw error;
      show({ say: 'refused', message: error.message });
      raw.end();
    }
  });

  previewRoute(app, paired, camera);
  if (patrol) addPatrol(app, patrol, log);

  const wanted = z.object({ target: z.string(), id: z.string(), lang: z.string().optional() });
  app.get('/sheet', { preHandler: paired }, async (request, reply) => {
    const query = wanted.safeParse(request.query).data;
    const one = phone(tokenOf(request) ?? '');
    const box = one.box();
    const history = query
      ? (await one.records(query.target)).records.flatMap((each) => readRecord(each).record ?? [])
      : [];
    const record = history.find(({ id }) => id === query?.id);
    if (!record || !box) return reply.code(404).send({ refused: 'there is no such record' });
    const language = languageOf(query?.lang);
    const { device, simulated } = box;
    reply.header('content-security-policy', sheetPolicy).type('text/html; charset=utf-8');
    return sheetOf(record, sayIn(language), { device, simulated, history, language });
  });

  const about = z.object({ target: z.string(), lang: z.string().optional() });
  app.get('/history', { preHandler: paired }, async (request, reply) => {
    const query = about.safeParse(request.query).data;
    const one = phone(tokenOf(request) ?? '');
    const box = one.box();
    if (!query || !box) return reply.code(404).send({ refused: 'there is no such channel' });
    const { records, exposed } = await one.records(query.target);
    const language = languageOf(query.lang);
    const histories = historyOf(
      records.flatMap((each) => readRecord(each).record ?? []),
      exposed ?? [],
    );
    reply.header('content-security-policy', sheetPolicy).type('text/html; charset=utf-8');
    return historyPage(histories, sayIn(language), { device: box.device, simulated: box.simulated, language });
  });
  return app;
}
