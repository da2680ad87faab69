/**
 * A push service and the browsers that it serves, as RFC 8030, 8291 and 8292 have them, strict about each; what a message says is taken off with
 * code of others (http_ece, jose). It is no vendor's service: none was ever spoken to.
 */
import { createECDH, randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { decrypt } from 'http_ece';
import { decodeJwt, importJWK, jwtVerify } from 'jose';

export interface Arrived {
  /** Which browser. */
  readonly name: string;
  readonly ttl: number;
  readonly urgency: string;
  readonly topic: string;
  readonly bytes: number;
  /** What the browser reads, parsed. */
  // biome-ignore lint/suspicious/noExplicitAny: whatever was said.
  readonly said: any;
  readonly claims: Readonly<Record<string, unknown>>;
}
type Answer = (response: ServerResponse, request: IncomingMessage) => void;

type Against = readonly [status: number, why: string];

/** Of RFC 8030 and 8291, before anything is read. */
function whyNoMessage({ method, headers }: IncomingMessage, body: Buffer): Against | null {
  if (method !== 'POST') return [405, 'POST'];
  if (!/^[0-9]+$/.test(String(headers.ttl ?? ''))) return [400, 'RFC 8030, 5.2: TTL'];
  if (!['very-low', 'low', 'normal', 'high'].includes(String(headers.urgency))) return [400, 'RFC 8030, 5.3: Urgency'];
  if (!/^[A-Za-z0-9_-]{1,32}$/.test(String(headers.topic ?? ''))) return [400, 'RFC 8030, 5.4: Topic'];
  if (headers['content-encoding'] !== 'aes128gcm') return [415, 'RFC 8291: Content-Encoding'];
  return body.length > 4096 ? [413, 'RFC 8030, 7.2'] : null;
}

function decodedIn({ headers }: IncomingMessage) {
  const [, jwt = '', k = ''] =
    /^vapid t=([^,\s]+), ?k=([A-Za-z0-9_-]{87})$/.exec(String(headers.authorization ?? '')) ?? [];
  return { jwt, k, payload: jwt === '' ? {} : decodeJwt(jwt) };
}

async function whyNoSender(request: IncomingMessage, vapid: string, url: string): Promise<Against | null> {
  const { jwt, k } = decodedIn(request);
  if (k !== vapid) return [403, 'RFC 8292, 4.2: the subscription is of another key'];
  const point = Buffer.from(k, 'base64url');
  const [x = '', y = ''] = [point.subarray(1, 33), point.subarray(33)].map((one) => one.toString('base64url'));
  const key = await importJWK({ kty: 'EC', crv: 'P-256', x, y }, 'ES256');
  const proven = await jwtVerify(jwt, key, { audience: url, algorithms: ['ES256'] }).catch((error: Error) => error);
  if (proven instanceof Error) return [401, `RFC 8292: ${proven.message}`];
  const { exp = 0, sub = '' } = proven.payload;
  if (exp * 1000 > Date.now() + 86_400_000) return [401, 'RFC 8292, 2: more than a day'];
  return /^(mailto:|https:)/.test(sub) ? null : [401, 'RFC 8292, 2.1: sub'];
}

export async function pushService(tls: { readonly cert: Buffer; readonly key: Buffer }) {
  const browsers = new Map<
    string,
    { readonly name: string; readonly own: ReturnType<typeof createECDH>; readonly auth: string }
  >();
  const arrived: Arrived[] = [];
  const refusedBy: string[] = [];
  const asked: string[] = [];
  const odd = new Map<string, Answer[]>();
  let vapid = '';

  const take = async (request: IncomingMessage, response: ServerResponse, body: Buffer): Promise<void> => {
    const refuse = (status: number, why: string): void => {
      refusedBy.push(`${status} ${why}`);
      response.writeHead(status).end(why);
    };
    const id = /^\/push\/([A-Za-z0-9_-]{22})$/.exec(request.url ?? '')?.[1] ?? '';
    const browser = browsers.get(id);
    if (!browser) return refuse(404, 'no such subscription');
    asked.push(browser.name);
    const strange = odd.get(browser.name)?.shift();
    if (strange) return strange(response, request);
    const against = whyNoMessage(request, body) ?? (await whyNoSender(request, vapid, url));
    if (against) return refuse(...against);
    const plain = decrypt(body, { version: 'aes128gcm', privateKey: browser.own, authSecret: browser.auth });
    const said = JSON.parse(plain.toString());
    const { name } = browser;
    const [ttl, urgency, topic] = ['ttl', 'urgency', 'topic'].map((one) => String(request.headers[one]));
    const { payload } = decodedIn(request);
    arrived.push({
      name,
      ttl: Number(ttl),
      urgency: urgency ?? '',
      topic: topic ?? '',
      bytes: body.length,
      said,
      claims: payload,
    });
    response.writeHead(201, { location: `${url}/message/${arrived.length}` }).end();
  };

  const server = https.createServer(tls, (request, response) => {
    const some: Buffer[] = [];
    request.on('data', (one: Buffer) => some.push(one));
    request.on('end', () => void take(request, response, Buffer.concat(some)).catch(() => response.destroy()));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `https://localhost:${(server.address() as AddressInfo).port}`;
  return {
    url,
    host: new URL(url).host,
    arrived: arrived as readonly Arrived[],
    refusedBy: refusedBy as readonly string[],
    /** Names of browsers, each time that something was posted to them. */
    asked: asked as readonly string[],
    /** A browser that subscribes with that key, as `PushSubscription.toJSON()` gives it. */
    browser: (name: string, applicationServerKey: string) => {
      vapid = applicationServerKey;
      const [own, auth, id] = [createECDH('prime256v1'), randomBytes(16), randomBytes(16).toString('base64url')];
      own.generateKeys();
      browsers.set(id, { name, own, auth: auth.toString('base64url') });
      const keys = { p256dh: own.getPublicKey('base64url'), auth: auth.toString('base64url') };
      return { endpoint: `${url}/push/${id}`, expirationTime: null, keys };
    },
    /** The next answers for a browser, in place of its own. */
    misbehave: (name: string, ...answers: readonly Answer[]) =>
      void odd.set(name, [...(odd.get(name) ?? []), ...answers]),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
export type PushService = Awaited<ReturnType<typeof pushService>>;

export const saying =
  (status: number, headers: Readonly<Record<string, string>> = {}, body = ''): Answer =>
  (response) =>
    void response.writeHead(status, headers).end(body);
