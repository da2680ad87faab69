import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { ActAnswer } from '../../../daemons/console/desk/shapes.ts';
import { openSqliteDesk } from '../../../daemons/core/adapters/desk.sqlite.ts';
import { openRecords } from '../../../daemons/core/adapters/records.sqlite.ts';
import { freshFolder } from '../../core/spool/keeping.ts';
import { openConsole } from '../../support/console.ts';
import { raised } from '../../support/desk-contract.ts';

async function withAlert(t: ExecutionContext) {
  const file = path.join(freshFolder(t), 'ledger.db');
  const records = await openRecords(file);
  const desk = openSqliteDesk(file);
  await raised(records, 'a', 'b');
  const server = await openConsole(records, { desk });
  t.teardown(async () => {
    await server.stop();
    await desk.close();
    await records.close();
  });
  const post = (id: string, body: unknown) =>
    fetch(`${server.url}/api/alerts/${id}/acts`, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    });
  return { server, post };
}
const answerOf = async (response: Response) => (await response.json()) as ActAnswer & { error?: { what: string } };

test('a deed is done, rides on the alert in the state, and stands in its log', async (t) => {
  const { server, post } = await withAlert(t);
  const response = await post('a', { by: 'op-17', deed: { what: 'note', text: '<script>alert(1)</script>' } });
  t.is(response.status, 200);
  const { act, desk } = await answerOf(response);
  t.is(act?.by, 'op-17');
  t.is(desk?.notes, 1);
  t.is(server.feed.alert('a')?.desk?.notes, 1);
  const log = await fetch(`${server.url}/api/alerts/a/acts`);
  t.regex(log.headers.get('content-type') ?? '', /application\/json/);
  const { acts } = (await log.json()) as { acts: { deed: { text: string } }[] };
  t.deepEqual(
    acts.map(({ deed }) => deed.text),
    ['<script>alert(1)</script>'],
  );
});

test('what came between is counted, what makes no sense is 409 with the desk, a second acknowledgement is no fault', async (t) => {
  const { post } = await withAlert(t);
  await post('a', { by: 'op-1', deed: { what: 'resolve', outcome: 'found', text: 'barrels' } });
  const late = await post('a', { by: 'op-2', seen: 0, deed: { what: 'resolve', outcome: 'not-found', text: '' } });
  t.is(late.status, 409);
  const { error, desk, between } = await answerOf(late);
  t.regex(error?.what ?? '', /resolved as found by op-1/);
  t.is(desk?.resolved?.by, 'op-1');
  t.is(between, 1);
  await post('a', { by: 'op-1', deed: { what: 'acknowledge' } });
  const second = await post('a', { by: 'op-2', deed: { what: 'acknowledge' } });
  t.is(second.status, 200);
  const told = await answerOf(second);
  t.deepEqual([told.act, told.acknowledged?.by], [null, 'op-1']);
});

test('what is no deed of a person is refused by name', async (t) => {
  const { post } = await withAlert(t);
  for (const deed of [
    { what: 'drill', text: 'x' },
    { what: 'judge', dwellings: [], rev: 1 },
    { what: 'note', text: ' ' },
    null,
  ])
    t.is((await post('a', { by: 'op-1', deed })).status, 400);
  t.is((await post('a', { deed: { what: 'accept' } })).status, 400);
  t.is((await post('a', { by: 'op-1', deed: { what: 'note', text: 'x'.repeat(2001) } })).status, 400);
  t.is((await post('nowhere', { by: 'op-1', deed: { what: 'accept' } })).status, 404);
});

test('the old way to acknowledge is an act too', async (t) => {
  const { server } = await withAlert(t);
  const answer = await fetch(`${server.url}/api/alerts/a/acknowledge`, {
    method: 'POST',
    body: '{"by": "op-17"}',
    headers: { 'content-type': 'application/json' },
  });
  t.is(((await answer.json()) as ActAnswer).acknowledged?.by, 'op-17');
  const { acts } = (await (await fetch(`${server.url}/api/alerts/a/acts`)).json()) as { acts: { by: string }[] };
  t.deepEqual(
    acts.map(({ by }) => by),
    ['op-17'],
  );
});
