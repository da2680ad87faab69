import test, { type ExecutionContext } from 'ava';
import { Fault } from '../../daemons/core/ports/fault.ts';
import { alertArrival, sampleAlert } from '../support/alerts.ts';
import { bareHtml, openConsole } from '../support/console.ts';
import { memoryRecords } from '../support/records.memory.ts';

const now = 1_700_000_000_000;
const json = { 'content-type': 'application/json' };

async function withAlert(t: ExecutionContext) {
  const records = memoryRecords();
  await records.commit([alertArrival(sampleAlert('a1'), 1)], now);
  const server = await openConsole(records);
  t.teardown(() => server.stop());
  const post = (id: string, body: string, headers: Record<string, string> = json) =>
    fetch(`${server.url}/api/alerts/${id}/acknowledge`, { method: 'POST', body, headers });
  return { records, server, post };
}

/** What every refusal holds. */
async function refusalOf(response: Response) {
  const { error } = (await response.json()) as { error: { what: string; where: string; right: string } };
  return error;
}

test('the page and the API carry the headers that keep scripts, frames and sniffing out', async (t) => {
  const { server } = await withAlert(t);
  for (const path of ['/', '/api/state', '/health', '/nothing']) {
    const { headers } = await fetch(server.url + path);
    const policy = headers.get('content-security-policy') ?? '';
    t.regex(policy, /default-src 'none'/);
    t.regex(policy, /script-src 'self'(;|$)/);
    t.regex(policy, /frame-ancestors 'none'/);
    t.notRegex(policy, /unsafe|blob:|\*/);
    t.is(headers.get('x-content-type-options'), 'nosniff');
    t.is(headers.get('access-control-allow-origin'), null);
  }
});

test('the state names its cursor, its alerts and its devices, and is never cached', async (t) => {
  const { server } = await withAlert(t);
  const response = await fetch(`${server.url}/api/state`);
  const state = (await response.json()) as { cursor: string; alerts: unknown[]; devices: unknown[] };
  t.is(response.headers.get('cache-control'), 'no-store');
  t.is(state.alerts.length, 1);
  t.is(state.devices.length, 1);
  t.is(state.cursor, server.feed.cursor);
});

test('an acknowledgement is stored and answered with who and when', async (t) => {
  const { server, post, records } = await withAlert(t);
  const response = await post('a1', '{"by":"op-17"}');
  const answer = (await response.json()) as { acknowledged: { by: string; atMs: number } };
  t.is(response.status, 200);
  t.is(answer.acknowledged.by, 'op-17');
  t.is((await records.counts()).acknowledged, 1);
  t.is(server.feed.alert('a1')?.alert.condition, 'raised');
});

test('of two who acknowledge at once the first stands, and both are told who it was', async (t) => {
  const { post } = await withAlert(t);
  const answers = await Promise.all([post('a1', '{"by":"op-1"}'), post('a1', '{"by":"op-2"}')]);
  const names = await Promise.all(
    answers.map(async (one) => ((await one.json()) as { acknowledged: { by: string } }).acknowledged.by),
  );
  t.is(names[0], names[1]);
});

test('an unknown alert is refused with 404 and what would be right', async (t) => {
  const { post } = await withAlert(t);
  const response = await post('nobody', '{"by":"op-17"}');
  const error = await refusalOf(response);
  t.is(response.status, 404);
  t.is(error.what, 'there is no such alert');
  t.is(error.where, 'POST /api/alerts/nobody/acknowledge');
  t.truthy(error.right);
});

for (const [title, body] of [
  ['no operator', '{}'],
  ['an operator that is a sentence', '{"by":"Ivan Petrov, the tall one"}'],
  ['markup as operator', '{"by":"<script>alert(1)</script>"}'],
  ['a number as operator', '{"by":17}'],
  ['a key that nobody knows', '{"by":"op-17","clear":true}'],
  ['a list', '[]'],
  ['broken JSON', '{"by":'],
  ['nothing', ''],
  ['a prototype', '{"by":"op-17","__proto__":{"x":1}}'],
] as const)
  test(`an acknowledgement with ${title} is refused and stores nothing`, async (t) => {
    const { post, records } = await withAlert(t);
    const response = await post('a1', body);
    const error = await refusalOf(response);
    t.is(response.status, 400);
    t.truthy(error.what && error.where && error.right);
    t.is((await records.counts()).acknowledged, 0);
  });

test('a body larger than an acknowledgement is refused with 413', async (t) => {
  const { post } = await withAlert(t);
  const response = await post('a1', JSON.stringify({ by: 'x'.repeat(10_000) }));
  t.is(response.status, 413);
  t.regex((await refusalOf(response)).right, /4096/);
});

for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])
  test(`a body of type ${type}, which any page could send, is refused with 415`, async (t) => {
    const { post, records } = await withAlert(t);
    const response = await post('a1', '{"by":"op-17"}', { 'content-type': type });
    t.is(response.status, 415);
    t.regex((await refusalOf(response)).right, /application\/json/);
    t.is((await records.counts()).acknowledged, 0);
  });

for (const [title, headers] of [
  ['another origin', { origin: 'https://evil.example' }],
  ['the same host by https', { origin: 'https://127.0.0.1' }],
  ['an opaque origin', { origin: 'null' }],
  ['a cross-site fetch', { 'sec-fetch-site': 'cross-site' }],
  ['a same-site fetch from another port', { 'sec-fetch-site': 'same-site' }],
] as const)
  test(`a write from ${title} is refused with 403`, async (t) => {
    const { server, records } = await withAlert(t);
    const response = await post(server.url, { ...json, ...headers });
    t.is(response.status, 403);
    t.is((await records.counts()).acknowledged, 0);
  });

test('a write from the page itself passes', async (t) => {
  const { server } = await withAlert(t);
  const response = await post(server.url, { ...json, origin: server.url, 'sec-fetch-site': 'same-origin' });
  t.is(response.status, 200);
});

/** Like `fetch`, but it may name any Host, Origin and path, as an attacker's own client can. */
async function post(
  url: string,
  headers: Record<string, string>,
  path = '/api/alerts/a1/acknowledge',
  method = 'POST',
) {
  const { request } = await import('node:http');
  return new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const sent = request({ hostname, port, path, method, headers }, async (response) => {
      let text = '';
      for await (const chunk of response) text += chunk;
      resolve({ status: response.statusCode, text });
    });
    sent.on('error', reject);
    sent.end(method === 'POST' ? '{"by":"op-17"}' : undefined);
  });
}

test('a name that was rebound to this machine reads nothing', async (t) => {
  const { server } = await withAlert(t);
  for (const host of ['evil.example', 'evil.example:8480', '127.0.0.1.evil.example', '10.0.0.1'])
    t.is((await post(server.url, { host }, '/api/state', 'GET')).status, 421);
});

for (const path of [
  '/../../etc/passwd',
  '/..%2f..%2fetc%2fpasswd',
  '/assets/../../package.json',
  '/assets/%2e%2e/%2e%2e/package.json',
  '/maps/..%2f..%2fetc%2fpasswd',
  '/maps/0.pmtiles/../../server.ts',
  '//etc/passwd',
  '/%00',
])
  test(`${path} leads nowhere`, async (t) => {
    const { server } = await withAlert(t);
    const { status, text } = await post(server.url, {}, path, 'GET');
    t.true(status === 404 || status === 400);
    t.notRegex(text, /root:|"dependencies"|import /);
    t.truthy((JSON.parse(text) as { error?: { what?: string } }).error?.what);
  });

test('the page is served as HTML that is looked up anew each time', async (t) => {
  const { server } = await withAlert(t);
  const response = await fetch(server.url);
  t.is(await response.text(), bareHtml);
  t.is(response.headers.get('cache-control'), 'no-cache');
});

test('health is 503 with the reason while the store cannot be read', async (t) => {
  const records = memoryRecords();
  let isBroken = false;
  const changes = (cursor: number, limit: number) => {
    if (isBroken) throw new Fault('absent', 'records.db: gone');
    return records.changes(cursor, limit);
  };
  const server = await openConsole({ ...records, changes });
  t.teardown(() => server.stop());
  t.is((await fetch(`${server.url}/health`)).status, 200);
  isBroken = true;
  await server.feed.refresh();
  const response = await fetch(`${server.url}/health`);
  t.is(response.status, 503);
  t.like(await response.json(), { ok: false, trouble: 'records.db: gone' });
});

test('a store that cannot take an acknowledgement gives 503 with its own words', async (t) => {
  const records = memoryRecords();
  const acknowledge = () => Promise.reject(new Fault('refused', 'records.db: disk full'));
  const server = await openConsole({ ...records, acknowledge });
  t.teardown(() => server.stop());
  const response = await fetch(`${server.url}/api/alerts/a1/acknowledge`, {
    method: 'POST',
    body: '{"by":"op-17"}',
    headers: json,
  });
  t.is(response.status, 503);
  t.is((await refusalOf(response)).what, 'records.db: disk full');
});

test('a bug in a request is logged with its stack, answered without it, and ends nobody else', async (t) => {
  const acknowledge = () => Promise.reject(new TypeError('secret detail'));
  const server = await openConsole({ ...memoryRecords(), acknowledge });
  t.teardown(() => server.stop());
  const response = await fetch(`${server.url}/api/alerts/a1/acknowledge`, {
    method: 'POST',
    body: '{"by":"op-17"}',
    headers: json,
  });
  t.is(response.status, 500);
  t.notRegex(JSON.stringify(await response.json()), /secret|TypeError|\.ts/);
  t.true(
    server.log.lines.some(({ level, fields }) => level === 'error' && String(fields.stack).includes('secret detail')),
  );
  t.is((await fetch(`${server.url}/health`)).status, 200);
});

test('no log line holds a position', async (t) => {
  const { server, post: acknowledge } = await withAlert(t);
  await acknowledge('a1', '{"by":"op-17"}');
  t.notRegex(JSON.stringify(server.log.lines), /51\.16|71\.44/);
  t.true(server.log.lines.some(({ message }) => message === 'alert acknowledged'));
});
