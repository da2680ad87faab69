/**
 * The page for a phone that does not trust the organisation's authority: plain HTTP, which anybody near can read and change. So it has
 * no place, no name of an alert, no code to enter and no word to take; only that there is something, how grave, and since when.
 */
import fastify, { type FastifyInstance } from 'fastify';
import { type Language, languageOf } from '../../core/procedure/words.ts';
import { escaped } from '../../core/xml/text.ts';
import { headers } from '../headers.ts';
import type { Bare } from './shown.ts';
import { lastingIn, type PatrolSay, patrolWordFor, sayPatrol } from './words.ts';

export interface PlainParts {
  readonly device: string;
  readonly simulated: boolean;
  alerts(): readonly Bare[];
}

const policy =
  "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/** Without a script the page looks again by itself. */
const againS = 20;

const style = `body{margin:0;font:18px/1.4 system-ui,sans-serif;color:#101418;background:#fff}main{max-width:720px;margin:0 auto;padding:12px}
h1{font-size:22px;margin:0 0 8px}li{list-style:none;border:3px solid #101418;border-radius:10px;padding:10px;margin:0 0 10px}ul{padding:0}
b{font-size:22px}.mark{border:2px solid #101418;padding:0 8px;font-weight:800}.critical{border-left-width:14px;border-left-color:#b3261e}
.warning{border-left-width:14px;border-left-color:#8a5a00}`;

/** The page as text. Pure. */
export function plainPage({ device, simulated, alerts }: PlainParts, language: Language): string {
  const say = sayPatrol(language);
  const lines = alerts().map((one) => lineOf(one, say));
  const mark = simulated ? `<p><span class="mark">${escaped(say('mark.simulated'))}</span></p>` : '';
  const list = lines.length > 0 ? `<ul>${lines.join('')}</ul>` : `<p>${escaped(say('list.none'))}</p>`;
  return `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="refresh" content="${againS}"><title>Fieldpost</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/style.css"></head>
<body><main><h1>${escaped(device)}</h1>${mark}<p>${escaped(say('plain.why'))}</p>${list}</main></body></html>`;
}

function lineOf({ kind, severity, over, sinceMs, stale, simulated }: Bare, say: PatrolSay): string {
  const state = over ? say('state.over') : stale ? say('state.stale') : '';
  const parts = [say(`severity.${severity}`), lastingIn(say, sinceMs), state, simulated ? say('mark.simulated') : ''];
  const text = parts
    .filter((one) => one !== '')
    .map(escaped)
    .join(' · ');
  return `<li class="${severity}"><b>${escaped(patrolWordFor(say, 'kind', kind))}</b><br>${text}</li>`;
}

/** It listens only when the caller says so. */
export function buildPlain(parts: PlainParts): FastifyInstance {
  const app = fastify({ logger: false, bodyLimit: 1, requestTimeout: 10_000, forceCloseConnections: true });
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(headers).header('content-security-policy', policy);
    if (request.method === 'GET') return undefined;
    return reply.code(405).header('allow', 'GET').send({ refused: 'this page takes no words' });
  });
  app.get('/', async (request, reply) => {
    const language = languageOf(...(request.headers['accept-language']?.split(',') ?? []).map((one) => one.trim()));
    return reply.type('text/html; charset=utf-8').send(plainPage(parts, language));
  });
  app.get('/style.css', async (_request, reply) => reply.type('text/css; charset=utf-8').send(style));
  return app;
}
