import test, { type ExecutionContext } from 'ava';
import type { Running } from '../../daemons/core/daemon/running.ts';
import { Fault } from '../../daemons/core/ports/fault.ts';
import type { Identity, IdentityStore } from '../../daemons/core/ports/identity.ts';
import type { Renew } from '../../daemons/core/ports/renewal.ts';
import { type Keeper, keepCertificate, type Said } from '../../daemons/uplink/renewal.ts';
import { until } from '../core/spool/keeping.ts';
import { stampAt } from '../support/alerts.ts';

const day = 86_400_000;
const start = Date.UTC(2027, 0, 1);

/** A clock that goes only when it is told, an identity in memory, and a service that answers what it is given. */
function lay(
  t: ExecutionContext,
  {
    days,
    nowMs = start,
    answers,
  }: { days: number; nowMs?: number; answers: (Fault | Awaited<ReturnType<Renew>>)[] | null },
) {
  const stop = new AbortController();
  const clock = { nowMs, sleeping: [] as (() => void)[] };
  let installed = 0;
  let untilMs = start + days * day;
  const read = (): Identity => ({
    key: '',
    certificate: '',
    authority: '',
    facts: {
      name: 'post-1',
      issuer: 'x',
      serial: `ab${installed}`,
      fromMs: start,
      untilMs,
      keyHash: '',
      hosts: [],
      client: true,
      server: false,
    },
    trusts: [],
  });
  const store: IdentityStore = {
    files: { key: 'device.key', nextKey: 'device.key.next', certificate: 'device.crt', authority: 'ca.crt' },
    read,
    install: async () => {
      installed += 1;
      untilMs = clock.nowMs + 398 * day;
    },
  };
  const said: Said[] = [];
  let asked = 0;
  const renew: Renew | null =
    answers &&
    (async () => {
      asked += 1;
      const answer = answers.shift() ?? new Fault('absent', 'nobody there');
      if (answer instanceof Fault) throw answer;
      return answer;
    });
  const ctx: Running = {
    signal: stop.signal,
    progress: () => {},
    log: { info: () => {}, warn: () => {}, error: () => {} },
    clock: {
      now: () => stampAt(clock.nowMs),
      sleep: (_ms, _name, signal) =>
        new Promise((resolve) => {
          clock.sleeping.push(resolve);
          signal?.addEventListener('abort', () => resolve(), { once: true });
        }),
    },
  };
  const keeper: Keeper = keepCertificate({ store, renew, tell: (one) => said.push(one) }, ctx);
  t.teardown(async () => {
    stop.abort();
    await keeper.ended;
  });
  return {
    keeper,
    said,
    asked: () => asked,
    installed: () => installed,
    /** Time passes and everybody who sleeps wakes. */
    pass: async (ms: number) => {
      await until(() => clock.sleeping.length > 0);
      clock.nowMs += ms;
      for (const wake of clock.sleeping.splice(0)) wake();
      await until(() => clock.sleeping.length > 0);
    },
  };
}
const issued = { outcome: 'issued', certificate: 'pem' } as const;
const expired = { kind: 'own-expired', reason: 'the broker refused us' } as const;

test('a certificate is renewed at two thirds of its life, and not before', async (t) => {
  const one = lay(t, { days: 90, answers: [issued] });
  await one.pass(59 * day);
  t.is(one.asked(), 0);
  await one.pass(1.1 * day);
  t.is(one.installed(), 1);
  t.deepEqual(
    one.said.map(({ type }) => type),
    ['certificate-renewed'],
  );
});

test('every renewal is told, also when nothing else was said since the one before', async (t) => {
  const one = lay(t, { days: 90, answers: [issued, issued] });
  await one.pass(61 * day);
  await one.pass(250 * day);
  t.is(one.installed(), 2);
  t.deepEqual(
    one.said.map(({ detail }) => detail.serial),
    ['ab1', 'ab2'],
  );
});

test('a service that is away is asked again, and told of once', async (t) => {
  const one = lay(t, {
    days: 90,
    nowMs: start + 400 * day,
    answers: [new Fault('absent', 'no road'), new Fault('absent', 'no road'), issued],
  });
  await one.pass(1000);
  await one.pass(1000);
  t.is(one.installed(), 1);
  t.deepEqual(
    one.said.map(({ type }) => type),
    ['renewal-failed', 'certificate-renewed'],
  );
});

test('what waits for a person is asked after until it is approved', async (t) => {
  const waits = { outcome: 'waits', reason: 'a person must approve' } as const;
  const one = lay(t, { days: 90, nowMs: start + 700 * day, answers: [waits, waits, issued] });
  await one.pass(1000);
  await one.pass(1000);
  t.deepEqual(
    one.said.map(({ type }) => type),
    ['renewal-waits', 'certificate-renewed'],
  );
});

test('when the broker calls it expired it is renewed, whatever the clock of the box says', async (t) => {
  const one = lay(t, { days: 90, nowMs: start + day, answers: [issued] });
  await one.pass(1000);
  t.is(one.asked(), 0);
  one.keeper.onRefusal(expired);
  await until(() => one.installed() === 1);
  t.deepEqual(
    one.said.map(({ type }) => type),
    ['connection-refused', 'certificate-renewed'],
  );
});

test('a clock before the program was written renews nothing', async (t) => {
  const one = lay(t, { days: 90, nowMs: 3_600_000, answers: [issued] });
  await one.pass(day);
  t.is(one.asked(), 0);
});

test('a refusal is told once until the broker accepts the box again', async (t) => {
  const one = lay(t, { days: 90, answers: null });
  for (let i = 0; i < 5; i++) one.keeper.onRefusal({ kind: 'peer-name', reason: 'another name' });
  one.keeper.onRefusal({ kind: 'unreachable', reason: 'no road' });
  one.keeper.onConnect();
  one.keeper.onConnect();
  t.deepEqual(
    one.said.map(({ type }) => type),
    ['connection-refused', 'connection-accepted'],
  );
  t.regex(one.said[0]?.message ?? '', /another name\. Measuring goes on; everything waits in the spool/);
});

test('without a renewal service a technician is told in time, once', async (t) => {
  const one = lay(t, { days: 90, answers: null });
  await one.pass(61 * day);
  await one.pass(day);
  t.deepEqual(
    one.said.map(({ type }) => type),
    ['certificate-due'],
  );
  t.regex(one.said[0]?.message ?? '', /names no uplink\.renewal\. By hand: fieldpost pki request/);
});
