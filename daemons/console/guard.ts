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

/** Where the page may be opened at, and who may connect. */
export interface Reach {
  /** Beside loopback addresses, which are this machine. */
  readonly origins: readonly string[];
  /** TLS, here or at the proxy. */
  readonly secure: boolean;
  /** Empty: everybody. */
  readonly proxies: readonly string[];
}
export const thisMachine: Reach = { origins: [], secure: false, proxies: [] };

/** A year, as browsers ask for (RFC 6797). */
const hsts = 'max-age=31536000';

/**
 * A fastify `onRequest` hook. Refuses a Host that is neither named nor loopback (a hostile page whose name was rebound to
 * 127.0.0.1 would otherwise read the alerts), a write that a browser sends from another origin, and one that is no proxy where
 * a proxy is named.
 */
export const guardFor = ({ origins, secure, proxies }: Reach) => {
  const hosts = new Set(origins.map((origin) => new URL(origin).host.toLowerCase()));
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    reply.headers(securityHeaders);
    if (secure) reply.header('strict-transport-security', hsts);
    const host = (request.headers.host ?? '').toLowerCase();
    const from = callerOf(request);
    const refuse = (code: number, what: string, right: string) =>
      reply.code(code).send(refusal(what, `${request.method} ${request.url}`, right));
    if (proxies.length > 0 && !proxies.includes(from))
      return refuse(403, `${from} is not the proxy of this console`, 'the address of the page');
    if (!hosts.has(host) && !isLoopback(host.replace(/:\d+$/, '')))
      return refuse(421, `host ${JSON.stringify(host)} is not this machine`, origins[0] ?? 'http://127.0.0.1');
    if (request.method === 'GET' || request.method === 'HEAD') return undefined;
    const own = origins.filter((origin) => new URL(origin).host === host);
    const should = own.length > 0 ? own : [`${secure ? 'https' : 'http'}://${host}`];
    if (sameOrigin(request, should)) return undefined;
    return refuse(403, 'the request comes from another origin', `origin ${should.join(' or ')}`);
  };
};

/** The other end of the socket; an IPv4 address on a socket of both kinds is one of IPv4. */
const callerOf = ({ socket }: FastifyRequest): string => socket.remoteAddress?.replace(/^::ffff:/, '') ?? '';

/** Browsers always name the origin of a write; a caller that names none is not a browser and carries nobody's rights. */
function sameOrigin(request: FastifyRequest, should: readonly string[]): boolean {
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin') return false;
  const origin = request.headers.origin;
  return origin === undefined || should.includes(origin);
}
