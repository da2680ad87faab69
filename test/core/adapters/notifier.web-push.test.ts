import test, { type ExecutionContext } from 'ava';
import { systemClock } from '../../../daemons/core/adapters/clock.system.ts';
import { openWebPush, retryAfterMs } from '../../../daemons/core/adapters/notifier.web-push.ts';
import { isFault } from '../../../daemons/core/ports/fault.ts';
import type { Notice } from '../../../daemons/core/ports/notifier.ts';
import { numberOf } from '../../../daemons/core/push/message.ts';
import type { PushPhone } from '../../../daemons/core/values/push-phone.ts';
import { keptLog } from '../../support/console.ts';
import { noticeOf } from '../../support/notices.ts';
import { saying } from '../../support/push-service.ts';
import { ca, openPushSite } from '../../support/push-site.ts';

const never = new AbortController().signal;

/** The way over phones in memory; waits are counted in place of waited for. */
async function room(t: ExecutionContext, names: readonly string[], hosts?: readonly string[]) {
  const site = await openPushSite(t);
  let phones: readonly PushPhone[] = names.map((name) => site.phone(name));
  const waits: number[] = [];
  const log = keptLog();
  const clock = { ...systemClock(), sleep: async (ms: number) => void waits.push(ms) };
  const book = {
    of: async () => phones,
    drop: async (gone: PushPhone) => {
      phones = phones.filter((one) => one !== gone);
    },
    close: async () => {},
  };
  const way = openWebPush(
    { phones: book, key: site.vapid, contact: 'mailto:a@b.example', hosts: hosts ?? [site.service.host], ca },
    { clock, log },
  );
  const send = (notice: Notice = noticeOf({ to: 'red-1' }), signal = never): Promise<string> =>
    way.send(notice, signal).catch((error: unknown) => {
      if (!isFault(error)) throw error;
      return `${error.kind}: ${error.message}`;
    });
  return {
    ...site.service,
    send,
    waits,
    log,
    take: () => {
      phones = [];
    },
    left: () => phones.length,
    phones: () => phones,
  };
}

test('each phone of the unit is told: sealed, urgent by severity, for four hours, and the end in the place of the call', async (t) => {
  const { send, arrived, refusedBy } = await room(t, ['a', 'b']);
  t.is(await send(), 'sent');
  t.is(await send(noticeOf({ to: 'red-1', about: 'ended', severity: 'info', language: 'kk' })), 'sent');
  t.deepEqual(refusedBy, []);
  t.deepEqual(arrived.map(({ name }) => name).sort(), ['a', 'a', 'b', 'b']);
  const [call, end] = arrived.filter(({ name }) => name === 'a');
  const [other] = arrived.filter(({ name }) => name === 'b');
  t.like(call, { ttl: 14_400, urgency: 'high', bytes: 86 + 1024 + 17 });
  t.like(call?.said, { v: 1, about: 'alert', severity: 'critical', alert: numberOf('a-1'), language: 'en' });
  t.like(end, { urgency: 'normal', topic: call?.topic, bytes: call?.bytes });
  t.like(end?.said, { about: 'ended', tag: call?.topic, language: 'kk' });
  t.not(other?.topic, call?.topic);
  t.is(call?.claims.sub, 'mailto:a@b.example');
});

test('nobody to wake, a host that is not allowed, a service that is away: a Fault each, and the address is in none', async (t) => {
  t.regex(await (await room(t, [])).send(), /^absent: no phone of red-1 is switched/);
  const elsewhere = await room(t, ['a'], ['push.example']);
  t.regex(await elsewhere.send(), /^config: the push service localhost:\d+ is not allowed here/);
  t.deepEqual(elsewhere.asked, []);
  const away = await room(t, ['a']);
  await away.close();
  t.regex(await away.send(), /^absent: the push service localhost:\d+: .*ECONNREFUSED.*Nothing was sent/);
  t.deepEqual(away.waits, [1000, 1000]);
  t.notRegex(JSON.stringify([elsewhere.log.lines, away.log.lines]), /\/push\//);
});

test('a subscription that is gone is forgotten at once, and the other phones are told', async (t) => {
  const { send, misbehave, left, asked } = await room(t, ['a', 'b', 'c']);
  misbehave('a', saying(410));
  misbehave('b', saying(404));
  t.is(await send(), 'sent');
  t.is(left(), 1);
  t.is(await send(), 'sent');
  t.deepEqual(asked.slice(3), ['c']);
  misbehave('c', saying(410));
  t.regex(await send(), /^refused: the push service .* knows that phone no more; it is forgotten/);
  t.is(left(), 0);
});

test('a service that asks to wait is waited for, within reason; one that stays busy is a refusal', async (t) => {
  const { send, misbehave, waits, left } = await room(t, ['a']);
  misbehave('a', saying(429, { 'retry-after': '7' }), saying(503, { 'retry-after': '3' }));
  t.is(await send(), 'sent');
  t.deepEqual(waits, [7000, 3000]);
  misbehave('a', saying(504, { 'retry-after': '2' }));
  t.is(await send(), 'sent');
  misbehave('a', saying(500), saying(500), saying(500));
  t.regex(await send(), /^refused: the push service .* answers 500\. It was not taken/);
  t.deepEqual(waits.slice(2), [2000, 1000, 2000]);
  misbehave('a', saying(429, { 'retry-after': '3600' }));
  t.regex(await send(), /answers 429 and asks to wait 3600 s; it is not waited for/);
  t.is(waits.length, 5);
  t.is(left(), 1);
});

test('a phone that is taken away while its service is waited for gets nothing', async (t) => {
  const { send, misbehave, take, asked } = await room(t, ['a']);
  misbehave('a', (response) => {
    take();
    response.writeHead(429, { 'retry-after': '5' }).end();
  });
  t.regex(await send(), /^refused: the push service .* was switched off meanwhile/);
  t.deepEqual(asked, ['a']);
});

test('other refusals say what and where; a redirection is not followed; garbage for an answer leaves it open', async (t) => {
  const { send, misbehave, phones, waits } = await room(t, ['a']);
  const endpoint = phones()[0]?.endpoint ?? '';
  misbehave('a', saying(403, {}, `the key is wrong for ${endpoint}\n${'x'.repeat(500)}`));
  const why = await send();
  t.regex(
    why,
    /^refused: the push service localhost:\d+ answers 403: the key is wrong for \.\.\. x+\. It was not taken/,
  );
  t.notRegex(why, /\/push\//);
  misbehave('a', saying(302, { location: 'https://localhost:1/' }));
  t.regex(await send(), /answers 302: it is elsewhere/);
  misbehave('a', saying(504));
  t.is(await send(), 'unsure');
  misbehave('a', (response) => void response.socket?.end('\u0000\u00ffno HTTP at all\r\n\r\n'));
  t.is(await send(), 'unsure');
  misbehave('a', (response) => void response.destroy());
  t.is(await send(), 'unsure');
  t.deepEqual(waits, []);
});

test('a service that never answers ends with the time that there is', async (t) => {
  const { send, misbehave } = await room(t, ['a']);
  const late = new AbortController();
  misbehave('a', () => late.abort());
  t.is(await send(noticeOf({ to: 'red-1' }), late.signal), 'unsure');
  t.regex(await send(noticeOf({ to: 'red-1' }), AbortSignal.abort()), /^timeout/);
});

test('Retry-After is seconds or a date, and nothing else', (t) => {
  const nowMs = Date.parse('2026-11-30T12:00:00Z');
  t.is(retryAfterMs('120', nowMs), 120_000);
  t.is(retryAfterMs('Mon, 30 Nov 2026 12:00:05 GMT', nowMs), 5000);
  t.is(retryAfterMs('Mon, 30 Nov 2026 11:00:00 GMT', nowMs), 0);
  for (const none of ['', '-1', '1.5', 'soon', '9'.repeat(20), '2026-11-30'])
    t.is(retryAfterMs(none, nowMs), null, none);
});
