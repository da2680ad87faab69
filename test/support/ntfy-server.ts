/**
 * A ntfy server as far as its documentation goes (docs.ntfy.sh: "Publish as JSON", "Access tokens", "Subscribe as JSON stream"): takes messages, refuses what a
 * real one refuses, and tells subscribers. It is no ntfy server: none could be had from Debian or npm.
 */
import { randomBytes } from 'node:crypto';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';

/** Every field that is documented for JSON, of its type; another one is a mistake of the sender, which this peer refuses and a real one ignores. */
const published = z.strictObject({
  topic: z.string().regex(/^[-_A-Za-z0-9]{1,64}$/),
  message: z.string().optional(),
  title: z.string().optional(),
  tags: z.array(z.string()).optional(),
  priority: z.int().min(1).max(5).optional(),
  click: z.url().optional(),
  sequence_id: z
    .string()
    .regex(/^[-_A-Za-z0-9]{1,64}$/)
    .optional(),
});
export type Published = z.infer<typeof published>;

export interface NtfyServer {
  readonly url: string;
  /** What a phone shows: the newest of each sequence. */
  readonly shown: readonly Published[];
  readonly count: number;
  /** The next answers, in place of its own. */
  misbehave(...answers: ((request: IncomingMessage, response: ServerResponse) => void)[]): void;
  close(): Promise<void>;
}

export async function ntfyServer({
  token,
  tls,
}: {
  token?: string;
  tls?: { cert: Buffer; key: Buffer };
} = {}): Promise<NtfyServer> {
  const shown = new Map<string, Published>();
  const subscribers = new Set<{ readonly topic: string; readonly response: ServerResponse }>();
  const strange: ((request: IncomingMessage, response: ServerResponse) => void)[] = [];
  let count = 0;
  const say = (response: ServerResponse, status: number, body: object): void =>
    void response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`);
  const publish = (text: string, response: ServerResponse): void => {
    const read = published.safeParse(parsed(text));
    if (!read.success) {
      say(response, 400, { code: 40024, http: 400, error: 'invalid request: request body must be message JSON' });
      return;
    }
    const id = randomBytes(9).toString('base64url').replace(/[-_]/g, 'a');
    const event = { id, time: Math.floor(Date.now() / 1000), expires: 0, event: 'message', ...read.data };
    count += 1;
    shown.set(read.data.sequence_id ?? id, read.data);
    for (const one of subscribers) if (one.topic === read.data.topic) one.response.write(`${JSON.stringify(event)}\n`);
    say(response, 200, event);
  };
  const subscribe = (topic: string, response: ServerResponse): void => {
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    response.write(`${JSON.stringify({ id: 'open', event: 'open', topic })}\n`);
    const one = { topic, response };
    subscribers.add(one);
    response.on('close', () => subscribers.delete(one));
  };
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    const odd = strange.shift();
    const topic = /^\/([-_A-Za-z0-9]{1,64})\/json$/.exec(request.url ?? '')?.[1];
    if (odd) odd(request, response);
    else if (token && request.headers.authorization !== `Bearer ${token}`)
      say(response, 403, { code: 40301, http: 403, error: 'forbidden' });
    else if (request.method === 'GET' && topic) subscribe(topic, response);
    else if (request.method !== 'POST' || request.url !== '/')
      say(response, 404, { code: 40401, http: 404, error: 'page not found' });
    else {
      let text = '';
      request.setEncoding('utf8').on('data', (some) => {
        text += some;
      });
      request.on('end', () => publish(text, response));
    }
  };
  const server = tls ? https.createServer(tls, handle) : http.createServer(handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get shown() {
      return [...shown.values()];
    },
    get count() {
      return count;
    },
    misbehave: (...answers) => void strange.push(...answers),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
