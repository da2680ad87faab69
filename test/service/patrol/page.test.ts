import test from 'ava';
import fc from 'fast-check';
import type { Kept, Spool } from '../../../daemons/core/ports/spool.ts';
import type { PatrolWord } from '../../../daemons/core/wire/patrol-word.ts';
import { makePairing } from '../../../daemons/service/pairing.ts';
import { openPatrolDesk } from '../../../daemons/service/patrol/desk.ts';
import { buildPlain } from '../../../daemons/service/patrol/plain.ts';
import type { PatrolAnswer } from '../../../daemons/service/patrol/shown.ts';
import { guest, key, room } from '../../support/patrol-page.ts';

test('a word stands when it is in the spool of the box, once, with who was let in', async (t) => {
  const { call, enter, words, own, parts } = await room(t, { isReal: true });
  const phone = await enter();
  const said = { alert: 'danger', deed: { what: 'acknowledge' }, key: key(1), agoMs: 4000 };
  t.deepEqual((await call('POST', '/patrol/words', said, phone)).json(), { stands: true });
  t.deepEqual(await words(), [{ ...said, ...guest } as PatrolWord]);
  // Again, by the same key and by another: it stands already.
  for (const n of [1, 2]) t.is((await call('POST', '/patrol/words', { ...said, key: key(n) }, phone)).statusCode, 200);
  t.is((await words()).length, 1);
  const { alerts } = (await call('GET', '/patrol/alerts', undefined, phone)).json<PatrolAnswer>();
  t.true(alerts[0]?.more?.said.acknowledged);
  // After a restart too, though the centre took everything meanwhile.
  await own?.settle('event', 1000, []);
  const again = await openPatrolDesk({ ...parts, spool: own as Spool });
  t.true(again.list(guest)[0]?.more?.said.acknowledged);
});

test('what the disk does not take is not said to stand', async (t) => {
  const refusing = {
    append: async (): Promise<Kept> => ({ where: 'memory', committed: new Promise(() => {}) }),
    recall: async () => undefined,
  };
  const { call, enter } = await room(t, { spool: refusing });
  const phone = await enter();
  const got = await call('POST', '/patrol/words', { alert: 'danger', deed: { what: 'seen' }, key: key(1) }, phone);
  t.is(got.statusCode, 503);
  t.false((await call('GET', '/patrol/alerts', undefined, phone)).json<PatrolAnswer>().alerts[0]?.more?.said.seen);
});

test('what the box may not show whole nobody speaks of, and no place of it is sent', async (t) => {
  const { call, enter, words } = await room(t);
  const phone = await enter();
  const text = (await call('GET', '/patrol/alerts', undefined, phone)).body;
  t.is(text.split('51.1694').length, 2, 'of the danger to the crew alone');
  for (const alert of ['evidence', 'none']) {
    const got = await call('POST', '/patrol/words', { alert, deed: { what: 'acknowledge' }, key: key(1) }, phone);
    t.is(got.statusCode, 404);
  }
  t.deepEqual(await words(), []);
});

test('reports of one alert are bounded, and so are words in a minute', async (t) => {
  const { call, enter, words, time } = await room(t);
  const phone = await enter();
  const report = (n: number) =>
    call(
      'POST',
      '/patrol/words',
      { alert: 'danger', deed: { what: 'report', outcome: 'found', text: `${n}` }, key: key(n) },
      phone,
    );
  const codes: number[] = [];
  for (let n = 0; n < 25; n++) codes.push((await report(n)).statusCode);
  t.deepEqual([codes.filter((one) => one === 200).length, codes.filter((one) => one === 429).length], [20, 5]);
  t.is((await words()).length, 20);
  for (let n = 0; n < 250; n++) codes.push((await report(0)).statusCode);
  t.is(codes.at(-1), 429);
  time.nowMs += 60_000;
  t.is((await report(0)).statusCode, 200);
});

test('a code lets one phone in, five wrong ones spoil it, and it ends; so does the session', async (t) => {
  const { call, enter, codeFor, time, codes } = await room(t);
  const pair = async (code: string): Promise<number> => (await call('POST', '/patrol/pair', { code })).statusCode;
  const code = codeFor(guest);
  t.is(await pair(code), 200);
  t.is(await pair(code), 403);
  const second = codeFor(guest);
  for (let i = 0; i < 5; i++) t.is(await pair(second === '12345678' ? '87654321' : '12345678'), 403);
  t.is(await pair(second), 403);
  t.is(codes.patrol, null);
  const late = codeFor(guest);
  time.nowMs += 11 * 60_000;
  t.is(await pair(late), 403);
  const phone = await enter();
  t.is((await call('GET', '/patrol/alerts', undefined, phone)).statusCode, 200);
  time.monoMs += 12 * 3_600_000 + 1;
  t.is((await call('GET', '/patrol/alerts', undefined, phone)).statusCode, 401);
});

test('a session outlives a clock that is set and a start of the page, and ends when the file is taken away', async (t) => {
  const { call, enter, time, startAnew } = await room(t);
  const phone = await enter();
  const status = async (): Promise<number> => (await call('GET', '/patrol/alerts', undefined, phone)).statusCode;
  t.notRegex(JSON.stringify(time.kept), new RegExp(phone.split('=')[1] ?? '.'), 'no token is kept');
  time.nowMs += 50 * 365 * 86_400_000;
  t.is(await status(), 200);
  time.nowMs -= 50 * 365 * 86_400_000;
  startAnew();
  t.is(await status(), 200);
  time.monoMs += 12 * 3_600_000 + 1;
  t.is(await status(), 401);
  const second = await enter();
  time.kept = [];
  t.is((await call('GET', '/patrol/alerts', undefined, second)).statusCode, 401);
  // A disk that refuses locks nobody out.
  time.refuses = true;
  t.is((await call('GET', '/patrol/alerts', undefined, await enter())).statusCode, 200);
});

test("a patrol's phone has nothing of the technician's, nor the other way round", async (t) => {
  const { call, enter, codes, time } = await room(t);
  const patrol = await enter();
  const { code, kept } = makePairing(time.nowMs);
  codes.technician = kept;
  t.is((await call('POST', '/patrol/pair', { code })).statusCode, 403);
  const technician = String((await call('POST', '/pair', { code })).headers['set-cookie']).split(';')[0] ?? '';
  t.is((await call('POST', '/ask', { ask: 'alive' }, patrol)).statusCode, 401);
  for (const url of ['/events', '/sheet', '/history'])
    t.is((await call('GET', url, undefined, patrol)).statusCode, 401);
  t.is((await call('GET', '/patrol/alerts', undefined, technician)).statusCode, 401);
  t.is((await call('POST', '/patrol/words', {}, technician)).statusCode, 401);
});

test('garbage to every route is refused, and nothing of it is kept', async (t) => {
  const { call, enter, words } = await room(t);
  const phone = await enter();
  const urls = fc.constantFrom('/patrol/words', '/patrol/pair', '/patrol/alerts', '/patrol/session', '/patrol/../ask');
  const said = fc.record(
    {
      alert: fc.oneof(fc.constant('danger'), fc.string()),
      deed: fc.anything(),
      key: fc.string(),
      agoMs: fc.anything(),
    },
    { requiredKeys: [] },
  );
  const bodies = fc.oneof(
    fc.string(),
    fc.json(),
    said.map((one) => JSON.stringify(one) ?? ''),
  );
  await fc.assert(
    fc.asyncProperty(urls, bodies, async (url, body) => {
      const { statusCode } = await call('POST', url, body, phone);
      t.true(statusCode >= 400 && statusCode < 500, `${url} ${statusCode} ${body}`);
    }),
    { numRuns: 300 },
  );
  const foreign = await call('POST', '/patrol/words', { alert: 'danger', deed: { what: 'seen' }, key: key(1) });
  t.is(foreign.statusCode, 401);
  t.deepEqual(await words(), []);
});

test('the plain page takes no words and holds no place', async (t) => {
  const { desk } = await room(t);
  const plain = buildPlain({ device: 'post-7', simulated: true, alerts: desk.bare });
  t.teardown(() => plain.close());
  for (const language of ['en', 'ru', 'kk']) {
    const got = await plain.inject({ url: '/', headers: { 'accept-language': `${language};q=0.9` } });
    t.is(got.statusCode, 200);
    t.notRegex(got.body, /51\.1|71\.4|danger["<]|<script|<form|<input/);
    t.true(got.body.includes(`lang="${language}"`));
  }
  for (const method of ['POST', 'PUT', 'DELETE', 'PATCH'] as const)
    t.is((await plain.inject({ method, url: '/', payload: 'x' })).statusCode, 405);
  for (const url of ['/patrol/alerts', '/session', '/patrol/', '/main.js', '/..%2f..%2fetc/passwd'])
    t.is((await plain.inject({ url })).statusCode, 404, url);
});
