import test from 'ava';
import fc from 'fast-check';
import { Fault } from '../../daemons/core/ports/fault.ts';
import { read } from '../../daemons/ledger/message.ts';
import { arrivalOf } from '../support/arrivals.ts';

const topic = 'fieldpost/v1/north/post-7';
const bytes = (value: unknown): Uint8Array => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
const refusal = (on: string, payload: Uint8Array): string => {
  try {
    return `accepted as ${read({ topic: on, payload }, 0).kind}`;
  } catch (error) {
    if (!(error instanceof Fault) || error.kind !== 'protocol') throw error;
    return error.message;
  }
};

test('an envelope of a box comes as its exact text', (t) => {
  const { text } = arrivalOf({ seq: 3 });
  const meaning = read({ topic: `${topic}/alert`, payload: bytes(text) }, 0);
  t.is(meaning.kind === 'envelope' && meaning.arrival.text, text);
  t.is(meaning.kind === 'envelope' && meaning.arrival.site, 'north');
});

test('a device speaks only for itself and only on the topic of the stream', (t) => {
  const payload = bytes(arrivalOf({ seq: 3 }).text);
  t.regex(refusal('fieldpost/v1/north/post-8/alert', payload), /says post-7, but came on .*post-8/);
  t.regex(refusal(`${topic}/event`, payload), /of the stream alert, but came on/);
  t.regex(refusal(`${topic}/receipt`, payload), /said by the ledger/);
  t.regex(refusal('fieldpost/v1/north/post-7/alert/x', payload), /must be fieldpost\/v1/);
  const birth = { v: 1, device: 'post-8', site: 'north', boot: 'b', simulated: true };
  t.regex(refusal(`${topic}/birth`, bytes(birth)), /says post-8/);
});

test('a head is the seal that it says it is', (t) => {
  const seal = arrivalOf({ stream: 'event', seq: 9, body: { type: 'seal' } });
  const head = { v: 1, device: 'post-7', spool: 's', seq: 9, envelope: seal.text };
  const on = `${topic}/head/s`;
  const meaning = read({ topic: on, payload: bytes(head) }, 5);
  t.deepEqual(meaning.kind === 'head' && meaning.head, {
    site: 'north',
    device: 'post-7',
    spool: 's',
    seq: 9,
    text: seal.text,
    atMs: 5,
  });
  t.regex(refusal(`${topic}/head/other`, bytes(head)), /says spool s/);
  t.regex(refusal(on, bytes({ ...head, seq: 8 })), /must be what the head says/);
  t.regex(refusal(on, bytes({ ...head, envelope: arrivalOf({ stream: 'event', seq: 9 }).text })), /type seal/);
});

test('junk of every kind is refused with a reason: binary, oversize, deep, empty', (t) => {
  const on = `${topic}/alert`;
  t.regex(refusal(on, new Uint8Array([0, 159, 146, 150])), /not UTF-8/);
  t.regex(refusal(on, new Uint8Array(1_000_001)), /1000001 bytes/);
  t.regex(refusal(on, bytes('['.repeat(400_000))), /nests deeper than 64/);
  t.regex(refusal(on, bytes(`{"v":1,"x":${'{"a":'.repeat(100)}1${'}'.repeat(100)}}`)), /nests deeper/);
  t.regex(refusal(on, new Uint8Array()), /not JSON/);
  const inString = arrivalOf({ seq: 1, body: { kind: '[{"\\'.repeat(15) } });
  t.is(refusal(on, bytes(inString.text)), 'accepted as envelope');
});

test('whatever comes on whatever topic is a meaning or a Fault', (t) => {
  const topics = fc.oneof(
    fc.string(),
    fc.constantFrom('alert', 'event', 'tele', 'birth', 'status', 'head/s', 'receipt').map((kind) => `${topic}/${kind}`),
  );
  const whole = [...bytes(arrivalOf({ seq: 1 }).text)];
  const flipped = fc
    .array(fc.tuple(fc.nat(whole.length - 1), fc.integer({ min: 0, max: 255 })), { maxLength: 5 })
    .map((flips) => flips.reduce((all, [at, byte]) => all.with(at, byte), whole));
  const payloads = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    flipped.map((all) => Uint8Array.from(all)),
  );
  fc.assert(
    fc.property(topics, payloads, (on, payload) => typeof refusal(on, payload) === 'string'),
    { numRuns: 500 },
  );
  t.pass();
});
