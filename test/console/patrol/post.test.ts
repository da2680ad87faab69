import test from 'ava';
import { heardIn, sending } from '../../../daemons/console/patrol-web/post.ts';
import type { Word } from '../../../daemons/console/patrol-web/queue.ts';

const answered = (status: number, body: unknown = null) => ({ status, body, centreMs: null });

test('only an answer that it was taken takes a word out; what nobody can know is said again', (t) => {
  t.deepEqual(heardIn(answered(200, { act: 1 })), { is: 'done', body: { act: 1 } });
  for (const status of [0, 408, 425, 428, 429, 500, 502, 503, 504])
    t.is(heardIn(answered(status)).is, 'later', `${status}`);
  for (const status of [401, 403]) t.is(heardIn(answered(status)).is, 'over', `${status}`);
  t.deepEqual(heardIn(answered(409, { error: { what: 'it is resolved' } })), { is: 'never', why: 'it is resolved' });
  t.deepEqual(heardIn(answered(404, '<html>')), { is: 'never', why: 'HTTP 404' });
});

const word: Word = {
  ...{ key: 'k', account: 'pt-1', refused: null, said: { alert: 'a/b', deed: { what: 'on-scene' } } },
  at: { wallMs: 0, elapsedMs: 0, run: 'one', aheadMs: null },
};

test('a word goes with its key, its age and the word of the session; a page of a captive portal is no answer', async (t) => {
  const seen: [string, RequestInit][] = [];
  const send = sending(
    async (url, init) => {
      seen.push([url, init]);
      return seen.length > 1 ? new Response('<html>pay here</html>') : Response.json({ act: null });
    },
    () => 'csrf',
  );
  t.is((await send(word, 77)).is, 'done');
  const [[url, init] = ['', {}]] = seen;
  t.is(url, '/api/alerts/a%2Fb/acts');
  t.deepEqual(JSON.parse(String(init.body)), { deed: { what: 'on-scene' }, key: 'k', agoMs: 77 });
  t.is((init.headers as Record<string, string>)['fieldpost-csrf'], 'csrf');
  t.is((await send(word, 77)).is, 'later');
});
