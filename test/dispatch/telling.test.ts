import test, { type ExecutionContext } from 'ava';
import type { DeskStore } from '../../daemons/core/ports/desk.ts';
import { Fault } from '../../daemons/core/ports/fault.ts';
import type { AlertRecord } from '../../daemons/core/ports/records.ts';
import { openTelling } from '../../daemons/dispatch/telling.ts';
import { keptLog } from '../support/console.ts';
import { deliveryOf, units } from '../support/delivery-rules.ts';
import { dispatchRoom, startMs, triedIn } from '../support/dispatch-room.ts';
import { needs } from '../support/needs.ts';
import { heardNotifier } from '../support/notifiers.ts';
import { startPostgres } from '../support/postgres.ts';

const chain = [
  { unit: 'red-1', way: 'page', waitS: 30, until: 'received' },
  { unit: 'red-1', way: 'ntfy', waitS: 60, until: 'received' },
  { unit: 'red-1', way: 'sms', waitS: 180 },
  { unit: 'duty', way: 'email', waitS: 600 },
] as const;
const delivery = deliveryOf({ origin: 'https://centre.example', rules: [{ name: 'all', chain: [...chain] }] });

test('a chain runs to its end: page, push, SMS, the next unit, and then the consoles', async (t) => {
  const room = await dispatchRoom(t, delivery);
  const [ntfy, sms, email] = [heardNotifier('ntfy'), heardNotifier('sms'), heardNotifier('email')];
  const { log } = room.dispatch([ntfy, sms, email]);
  await room.raise('a');
  const told = (what: string) => room.until('a', (record) => triedIn(record).includes(what));
  await told('red-1 page 0 sending');
  room.clock.turn(30_000);
  await told('red-1 ntfy 1 sent');
  room.clock.turn(60_000);
  await told('red-1 sms 2 sent');
  room.clock.turn(180_000);
  await told('duty email 3 sent');
  room.clock.turn(600_000);
  const { desk } = await room.until('a', (record) => record.desk?.chainOver !== undefined);
  t.like(desk, { chainOver: { atMs: startMs + 870_000 }, escalated: { level: 1 } });
  t.deepEqual(
    [ntfy, sms, email].map(({ heard }) => heard.length),
    [1, 1, 1],
  );
  t.like(sms.heard[0], { link: 'https://centre.example/patrol/#a', to: '+77010000001', about: 'alert' });
  await log.said('nobody acknowledged to the end of the chain');
  const acts = await room.desk.acts('a');
  t.deepEqual(
    acts.map(({ deed }) => deed.what),
    ['tell', 'tell', 'told', 'tell', 'told', 'tell', 'told', 'chain-over'],
  );
});

test('what a unit answers stops it, what fails goes on at once, and the unit hears once that it is over', async (t) => {
  const room = await dispatchRoom(t, delivery);
  const ntfy = heardNotifier('ntfy', async () => {
    throw new Fault('refused', 'ntfy.example: 507, its disk is full');
  });
  const [sms, email] = [heardNotifier('sms'), heardNotifier('email')];
  const { log } = room.dispatch([ntfy, sms, email]);
  await room.raise('a');
  await room.until('a', (record) => triedIn(record).includes('red-1 page 0 sending'));
  room.clock.turn(30_000);
  const failed = await room.until('a', (record) => triedIn(record).includes('red-1 sms 2 sent'));
  t.regex(failed.desk?.told?.[0]?.tried.find(({ way }) => way === 'ntfy')?.why ?? '', /^refused: ntfy\.example: 507/);
  t.like(await log.said('a unit could not be told'), {
    level: 'warn',
    fields: { unit: 'red-1', way: 'ntfy', alerts: 1 },
  });
  await room.act('a', { what: 'acknowledge' }, 'red-1');
  room.clock.turn(3_600_000);
  await room.raise('a', { rev: 2, condition: 'cleared' });
  await room.until('a', (record) => triedIn(record).includes('red-1 sms -1 sent'));
  room.clock.turn(3_600_000);
  await room.raise('b');
  await room.until('b', (record) => triedIn(record).includes('red-1 page 0 sending'));
  t.deepEqual(
    sms.heard.map(({ about }) => about),
    ['alert', 'ended'],
  );
  t.is(email.heard.length, 0);
  t.is((await room.desk.record('a'))?.desk?.chainOver, undefined);
});

async function eachOnce(t: ExecutionContext, where?: string): Promise<void> {
  const steps = [
    { unit: 'red-1', way: 'ntfy', waitS: 60 },
    { unit: 'duty', way: 'sms', waitS: 60 },
  ] as const;
  const quick = deliveryOf({ flood: { most: 1000 }, rules: [{ name: 'all', chain: [...steps] }] });
  const room = await dispatchRoom(t, quick, where);
  const ids = Array.from({ length: 60 }, (_, i) => `a${i}`);
  await room.raiseAll(ids.slice(0, 30));
  const ways = () => [heardNotifier('ntfy'), heardNotifier('sms')] as const;
  const [one, two] = [ways(), ways()];
  room.dispatch(one);
  room.dispatch(two);
  for (const id of ids.slice(30)) await room.raise(id);
  for (const id of ids) await room.until(id, (record) => triedIn(record).includes('red-1 ntfy 0 sent'));
  room.clock.turn(60_000);
  for (const id of ids) await room.until(id, (record) => triedIn(record).includes('duty sms 1 sent'));
  for (const way of [0, 1]) {
    const heard = [...(one[way]?.heard ?? []), ...(two[way]?.heard ?? [])].flatMap(({ alerts }) => alerts);
    t.deepEqual(heard.sort(), ids.toSorted());
  }
}

test('two dispatchers on one store tell each once', (t) => eachOnce(t));

(needs('initdb', 'two dispatchers on PostgreSQL') ? test : test.skip)(
  'two dispatchers on one PostgreSQL tell each once',
  async (t) => {
    const server = await startPostgres();
    const url = await server.space('dispatch');
    t.teardown(server.close);
    await eachOnce(t, url);
  },
);

test('a store that is away: nothing goes out that could not be claimed, and what came of a sending is written when it is back', async (t) => {
  const room = await dispatchRoom(t, delivery);
  let away = true;
  const desk: DeskStore = {
    ...room.desk,
    actAll: (wishes) => (away ? Promise.reject(new Fault('absent', 'central.db: is away')) : room.desk.actAll(wishes)),
  };
  const ntfy = heardNotifier('ntfy', async () => {
    away = true;
    return 'sent';
  });
  const log = keptLog();
  const stopper = new AbortController();
  const ctx = { signal: stopper.signal, progress: () => {}, log, clock: room.clock };
  const one = deliveryOf({ rules: [{ name: 'all', chain: [{ unit: 'red-1', way: 'ntfy', waitS: 600 }] }] });
  const line = openTelling({ desk, ways: new Map([['ntfy', ntfy]]), delivery: one, knownMs: 0 }, ctx);
  line.begun();
  const run = line.run();
  const standstills = async (n: number): Promise<void> => {
    while (log.lines.filter(({ message }) => message.startsWith('delivery stands still')).length < n)
      await new Promise((resolve) => setTimeout(resolve, 5));
  };
  await room.raise('a');
  line.take((await room.desk.record('a')) as AlertRecord);
  await standstills(1);
  t.deepEqual(ntfy.heard, []);
  away = false;
  room.clock.turn(1000);
  await standstills(2);
  t.deepEqual(triedIn((await room.desk.record('a')) as AlertRecord), ['red-1 ntfy 0 sending']);
  away = false;
  room.clock.turn(1000);
  await room.until('a', (record) => triedIn(record).includes('red-1 ntfy 0 sent'));
  stopper.abort();
  await run;
  t.is(ntfy.heard.length, 1);
});

test('a dispatcher that dies between claim and sending: nothing is sent twice, and the next step comes in its time', async (t) => {
  const room = await dispatchRoom(t, delivery);
  const dying = heardNotifier('ntfy', async () => {
    throw new TypeError('a bug of this way');
  });
  const first = room.dispatch([dying, heardNotifier('sms')]);
  await room.raise('a');
  await room.until('a', (record) => triedIn(record).includes('red-1 page 0 sending'));
  room.clock.turn(30_000);
  t.true((await first.ended) instanceof TypeError);
  const [ntfy, sms, email] = [heardNotifier('ntfy'), heardNotifier('sms'), heardNotifier('email')];
  room.dispatch([ntfy, sms, email]);
  await room.raise('b');
  await room.until('b', (record) => triedIn(record).includes('red-1 page 0 sending'));
  room.clock.turn(60_000);
  await room.until('a', (record) => triedIn(record).includes('red-1 sms 2 sent'));
  t.deepEqual(triedIn((await room.desk.record('a')) as never).slice(0, 2), [
    'red-1 page 0 sending',
    'red-1 ntfy 1 sending',
  ]);
  t.deepEqual(
    ntfy.heard.map(({ alerts }) => alerts),
    [['b']],
  );
});

test('a flood comes as one message, and each alert says that it was told with others', async (t) => {
  const room = await dispatchRoom(
    t,
    deliveryOf({ flood: { most: 2 }, rules: [{ name: 'all', chain: [{ unit: 'red-1', way: 'sms', waitS: 600 }] }] }),
  );
  const sms = heardNotifier('sms');
  room.dispatch([sms]);
  const first = Array.from({ length: 300 }, (_, i) => `a${i}`);
  await room.raiseAll(first);
  await sms.until(1);
  t.like(sms.heard[0], { about: 'group', title: 'SIMULATED: 300 alerts' });
  for (const id of first) await room.until(id, (record) => triedIn(record).includes('red-1 sms 0 sent'));
  t.true((await room.desk.record('a7'))?.desk?.told?.[0]?.tried[0]?.grouped);
  await room.raise('one');
  await sms.until(2);
  await room.raise('two');
  await room.raise('three');
  await room.raise('help', { family: 'safety' });
  await sms.until(3);
  t.deepEqual(sms.heard[2]?.alerts, ['help'], 'danger waits for nobody');
  room.clock.turn(20_000);
  await sms.until(4);
  t.deepEqual(sms.heard[3]?.alerts.toSorted(), ['three', 'two']);
});

test('a way that does not come back is given up, and one that is not known to have sent is left at that', async (t) => {
  const room = await dispatchRoom(
    t,
    deliveryOf({ units, sendS: 5, rules: [{ name: 'all', chain: [...chain].slice(1) }] }),
  );
  const ntfy = heardNotifier(
    'ntfy',
    (_, signal) =>
      new Promise((_resolve, reject) =>
        signal.addEventListener('abort', () => reject(new Fault('timeout', 'ntfy.example: no answer')), { once: true }),
      ),
  );
  const sms = heardNotifier('sms', async () => 'unsure');
  const email = heardNotifier('email');
  room.dispatch([ntfy, sms, email]);
  await room.raise('a');
  await ntfy.until(1);
  room.clock.turn(5000);
  await sms.until(1);
  room.clock.turn(180_000);
  const record = await room.until('a', (one) => triedIn(one).includes('duty email 2 sent'));
  t.deepEqual(triedIn(record), ['duty email 2 sent', 'red-1 ntfy 0 failed', 'red-1 sms 1 sending']);
  t.is(sms.heard.length, 1);
});
