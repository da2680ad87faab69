import test from 'ava';
import fc from 'fast-check';
import { openIntake } from '../../daemons/ledger/intake.ts';

const message = (kind: string, n: number, size = 10) => ({
  topic: `fieldpost/v1/north/post-7/${kind}`,
  payload: new Uint8Array(size).fill(n),
});
const shown = (messages: readonly { topic: string; payload: Uint8Array }[]): string[] =>
  messages.map(({ topic, payload }) => `${topic.split('/')[4]} ${payload[0]}`);

test('alerts are taken before events before telemetry, each in the order they came', (t) => {
  const intake = openIntake();
  for (const [i, kind] of ['tele', 'event', 'alert', 'tele', 'alert', 'status', 'gossip'].entries())
    intake.offer(message(kind, i));
  t.deepEqual(shown(intake.take(5)), ['status 5', 'alert 2', 'alert 4', 'event 1', 'tele 0']);
  t.deepEqual(shown(intake.take(5)), ['tele 3', 'gossip 6']);
});

test('a full intake drops the oldest telemetry first, and counts it', (t) => {
  const intake = openIntake({ messages: 4, bytes: 1000 });
  for (const [i, kind] of ['tele', 'alert', 'tele', 'event', 'alert', 'alert'].entries())
    intake.offer(message(kind, i));
  t.is(intake.dropped, 2);
  t.deepEqual(shown(intake.take(9)), ['alert 1', 'alert 4', 'alert 5', 'event 3']);
  t.is(intake.size, 0);
});

test('whatever is offered, neither messages nor bytes exceed the limits, and nothing is taken twice', (t) => {
  const kinds = fc.constantFrom('alert', 'event', 'tele', 'birth', 'head');
  fc.assert(
    fc.property(fc.array(fc.tuple(kinds, fc.nat(60), fc.boolean()), { maxLength: 100 }), (steps) => {
      const intake = openIntake({ messages: 7, bytes: 150 });
      let [offered, taken] = [0, 0];
      for (const [kind, size, take] of steps) {
        intake.offer(message(kind, 1, size));
        offered += 1;
        t.true(intake.size <= 7);
        if (take) taken += intake.take(2).length;
      }
      const rest = intake.take(1000);
      t.true(rest.reduce((sum, { payload }) => sum + payload.length, 0) <= 150);
      t.is(taken + rest.length + intake.dropped, offered);
    }),
  );
});
