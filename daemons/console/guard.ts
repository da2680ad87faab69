import type { FastifyReply, FastifyRequest } from 'fastify';
import { isLoopback } from '../core/config/loopback.ts';
import { refusal } from './answers.ts';

/**
 * No inline script or style, nothing from another origin, never in a frame. `data:` images are the buttons of
 * MapLibre's own style sheet.
 */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "worker-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

export const securityHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': policy,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'geolocation=(), camera=(), microphone=()',
};

/**
 * A fastify `onRequest` hook. Refuses a Host that is not loopback (a hostile page whose name was rebound to 127.0.0.1
 * would otherwise read the alerts) and a write that a browser sends from another origin.
 */
export async function guard(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> {
  reply.headers(securityHeaders);
  const where = `${request.method} ${request.url}`;
  const host = request.headers.host ?? '';
  if (!isLoopback(host.replace(/:\d+$/, ''))) {
    return reply.code(421).send(refusal(`host ${JSON.stringify(host)} is not this machine`, where, 'http://127.0.0.1'));
  }
  if (request.method === 'GET' || request.method === 'HEAD') return undefined;
  if (sameOrigin(request, host)) return undefined;
  return reply.code(403).send(refusal('the request comes from another origin', where, `origin http://${host}`));
}

/** Browsers always name the origin of a write; a caller that names none is not a browser and carries nobody's rights. */
function sameOrigin(request: FastifyRequest, host: string): boolean {
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin') return false;
  const origin = request.headers.origin;
  return origin === undefined || origin === `http://${host}`;
}
