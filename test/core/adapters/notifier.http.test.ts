import { createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { systemClock } from '../../../daemons/core/adapters/clock.system.ts';
import { openNtfy } from '../../../daemons/core/adapters/notifier.ntfy.ts';
import { notAllowed } from '../../../daemons/core/adapters/notifier.post.ts';
import { openSmsGateway } from '../../../daemons/core/adapters/notifier.sms-gateway.ts';
import { openWebhook } from '../../../daemons/core/adapters/notifier.webhook.ts';
import { type FaultKind, isFault } from '../../../daemons/core/ports/fault.ts';
import type { Notice, Notifier, Sent } from '../../../daemons/core/ports/notifier.ts';
import { noticeOf } from '../../support/notices.ts';
import { ntfyServer } from '../../support/ntfy-server.ts';
import { sitePki } from '../../support/site-pki.ts';

const never = new AbortController().signal;
const clock = systemClock();
const outcome = (way: Notifier, notice: Notice, signal = never): Promise<Sent | FaultKind> =>
  way.send(notice, signal).catch((error: unknown) => {
    if (!isFault(error)) throw error;
    return error.kind;
  });

/** A server that says what `answer` says, and keeps what it was told. */
async function peer(
  t: ExecutionContext,
  answer: (response: http.ServerResponse, n: number) => void = (one) => void one.end('ok'),
) {
  const told: {
    method?: string | undefined;
    url?: string | undefined;
    headers: http.IncomingHttpHeaders;
    body: string;
  }[] = [];
  const server = http.createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (some) => {
      body += some;
    });
    request.on('end', () => {
      told.push({ method: request.method, url: request.url, headers: request.headers, body });
      answer(response, told.length);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return { told, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

test('ntfy: priority, tags and link by what it is about; the same notice again is one on the phone; no place', async (t) => {
  const server = await ntfyServer({ token: 'tk_abc' });
  t.teardown(() => server.close());
  const way = openNtfy({ url: server.url, token: 'tk_abc' }, clock);
  const topic = 'u1-Qk3';
  t.is(await outcome(way, noticeOf({ to: topic })), 'sent');
  t.is(await outcome(way, noticeOf({ to: topic })), 'sent');
  t.is(server.count, 2);
  t.is(server.shown.length, 1);
  t.like(server.shown[0], {
    topic,
    priority: 5,
    tags: ['rotating_light'],
    click: 'https://centre.example/patrol/#a-1',
  });
  t.is(await outcome(way, noticeOf({ id: 'b', to: topic, about: 'ended', drill: true, link: null })), 'sent');
  t.like(server.shown[1], { priority: 2, tags: ['white_check_mark', 'drill'] });
  t.false('click' in (server.shown[1] ?? {}));
  t.is(await outcome(way, noticeOf({ id: 'c', to: topic, text: 'ы'.repeat(5000) })), 'sent');
  t.true(Buffer.byteLength(server.shown[2]?.message ?? '') <= 4096);
  t.notRegex(server.shown[2]?.message ?? '', /\ufffd/);
});

test('ntfy: a server that refuses, redirects, is none, or is away is a Fault; one that was away for a moment is tried again', async (t) => {
  const server = await ntfyServer();
  t.teardown(() => server.close());
  const way = openNtfy({ url: server.url }, { ...clock, sleep: async () => {} });
  const status =
    (code: number, headers = {}) =>
    (_: http.IncomingMessage, one: http.ServerResponse) =>
      void one.writeHead(code, headers).end('no');
  server.misbehave(
    status(403),
    status(429),
    status(500),
    status(301, { location: 'http://192.0.2.1/' }),
    status(200),
    status(504),
  );
  const seen: string[] = [];
  for (let i = 0; i < 6; i++) seen.push(await outcome(way, noticeOf()));
  t.deepEqual(seen, ['refused', 'refused', 'refused', 'refused', 'protocol', 'unsure']);
  t.is(await outcome(way, noticeOf({ to: 'no topic' })), 'refused');
  // All of it was written and no answer came.
  server.misbehave((request) => void request.socket.destroy());
  t.is(await outcome(way, noticeOf()), 'unsure');
  await server.close();
  let slept = 0;
  const sleeping = async (): Promise<void> => {
    slept += 1;
  };
  const away = openNtfy({ url: server.url }, { ...clock, sleep: sleeping });
  t.is(await outcome(away, noticeOf()), 'absent');
  t.is(slept, 2);
  t.is(await outcome(away, noticeOf(), AbortSignal.abort()), 'timeout');
});

test('ntfy: over TLS only a server of the authority that was named is told anything', async (t) => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-ntfy-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const pki = await sitePki(path.join(folder, 'pki'));
  const other = await sitePki(path.join(folder, 'other'));
  const own = await pki.server(path.join(folder, 'server'));
  const pem = (name: string): Buffer => readFileSync(path.join(own, name));
  const server = await ntfyServer({ tls: { cert: pem('server.crt'), key: pem('server.key') } });
  t.teardown(() => server.close());
  const quick = { ...clock, sleep: async () => {} };
  t.is(await outcome(openNtfy({ url: server.url, ca: pki.authority }, quick), noticeOf()), 'sent');
  t.is(await outcome(openNtfy({ url: server.url, ca: other.authority }, quick), noticeOf()), 'absent');
  t.is(await outcome(openNtfy({ url: server.url }, quick), noticeOf()), 'absent');
  t.is(server.count, 1);
});

test('webhook: what is said is signed with its time; nothing of it is a place; no redirection is followed', async (t) => {
  const secret = 's'.repeat(32);
  const { told, url } = await peer(
    t,
    (one, n) => void one.writeHead([200, 204, 302, 400][n - 1] ?? 500, { location: '/x' }).end(),
  );
  const way = openWebhook({ secret }, clock);
  const seen: string[] = [];
  for (let i = 0; i < 5; i++) seen.push(await outcome(way, noticeOf({ to: `${url}/hook?x=1` })));
  t.deepEqual(seen, ['sent', 'sent', 'refused', 'refused', 'refused']);
  t.is(told.length, 5);
  const [{ method, url: at, headers, body } = { headers: {}, body: '' }] = told;
  t.like({ method, at }, { method: 'POST', at: '/hook?x=1' });
  const mac = createHmac('sha256', secret).update(`${headers['fieldpost-timestamp']}.${body}`).digest('hex');
  t.is(headers['fieldpost-signature'], `sha256=${mac}`);
  t.is(headers['fieldpost-id'], 'a-1/unit-1/0');
  const said = JSON.parse(body);
  t.like(said, {
    v: 1,
    unit: 'unit-1',
    severity: 'critical',
    link: 'https://centre.example/patrol/#a-1',
    alerts: ['a-1'],
  });
  t.notRegex(body, /"(to|lat|lon|where|place)"/);
  t.throws(() => openWebhook({ secret: 'short' }, clock), { message: /must have 32/ });
});

test('nothing goes unencrypted to another machine, to what is only near, or to a name that hides this machine', async (t) => {
  const way = openWebhook({ secret: 's'.repeat(32) }, clock);
  for (const to of ['http://centre.example/x', 'ftp://127.0.0.1/', 'https://a:b@centre.example/'])
    t.is(await outcome(way, noticeOf({ to })), 'config', to);
  for (const to of [
    'https://169.254.169.254/latest',
    'https://[fe80::1]/',
    'https://0.0.0.0/',
    'https://224.0.0.1/',
    'https://[::ffff:169.254.169.254]/',
  ])
    t.is(await outcome(way, noticeOf({ to })), 'refused', to);
  t.is(notAllowed(new URL('https://10.0.0.7/')), null);
  t.is(notAllowed(new URL('http://[::1]:80/')), null);
  t.throws(() => openNtfy({ url: 'http://ntfy.example' }, clock), { message: /must be https/ });
  t.throws(() => openSmsGateway({ url: 'http://192.0.2.1', body: { form: {} } }), { message: /must be https/ });
});

test('an address that takes the connection and says nothing is given up when nobody waits any more: it may have gone out', async (t) => {
  const server = net.createServer(() => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => void server.close());
  const stop = new AbortController();
  server.on('connection', (socket) => socket.on('data', () => stop.abort()).on('error', () => {}));
  const to = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  t.is(await outcome(openWebhook({ secret: 's'.repeat(32) }, clock), noticeOf({ to }), stop.signal), 'unsure');
});

test('SMS gateway: JSON as its maker documents it, or a form; a key in a header; an answer that must be a yes', async (t) => {
  const { told, url } = await peer(t, (one, n) => void one.end(n === 2 ? 'ERR low credit' : '[{"status":"queued"}]'));
  const json = { to: ['{to}'], text: '{text}', encoding: 'unicode', test: false, nested: [{ n: 1, of: 'to {to}' }] };
  const way = openSmsGateway({
    url,
    body: { json },
    header: { name: 'access-token', value: 'k' },
    accepted: /"queued"/,
  });
  const notice = noticeOf({ to: '+77010000001', title: '{to} "x"', text: '$&', link: null });
  t.is(await outcome(way, notice), 'sent');
  t.is(await outcome(way, notice), 'refused');
  t.is(told[0]?.headers['access-token'], 'k');
  t.deepEqual(JSON.parse(told[0]?.body ?? ''), {
    ...{ to: ['+77010000001'], text: '{to} "x"\n$&', encoding: 'unicode', test: false },
    nested: [{ n: 1, of: 'to +77010000001' }],
  });
  const form = openSmsGateway({ url, body: { form: { number: '{to}', msg: '{text}' } } });
  t.is(await outcome(form, noticeOf({ to: '+77010000001', title: 'a&b', text: 'ы' })), 'sent');
  const fields = new URLSearchParams(told[2]?.body);
  t.is(fields.get('number'), '+77010000001');
  t.is(fields.get('msg'), 'a&b\nы\nhttps://centre.example/patrol/#a-1');
});
