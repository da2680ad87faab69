import test from 'ava';
import fc from 'fast-check';
import { Fault } from '../../../daemons/core/ports/fault.ts';
import { envelopeText } from '../../../daemons/core/ports/spool.ts';
import { link, noTail, originOf, pack } from '../../../daemons/core/spool/link.ts';
import { streams } from '../../../daemons/core/values/envelope.ts';
import { parseEnvelope } from '../../../daemons/core/wire/envelope.ts';
import { parseBirth, parseReceipt, parseStatus } from '../../../daemons/core/wire/messages.ts';
import { maxPayloadBytes, textOf } from '../../../daemons/core/wire/parse.ts';
import { item } from '../spool/keeping.ts';

const textOfStream = (stream: (typeof streams)[number]): string =>
  link(noTail, pack(item(stream, 7)), originOf('post-7', 'b1c2d3e4'))[1].text;
const refusal = (work: () => unknown): string => {
  try {
    work();
    return 'accepted';
  } catch (error) {
    if (!(error instanceof Fault) || error.kind !== 'protocol') throw error;
    return error.message;
  }
};

test('an envelope of every stream comes through parsing as it is', (t) => {
  for (const stream of streams) {
    const text = textOfStream(stream);
    t.is(envelopeText(parseEnvelope(text)), text);
  }
});

test('unknown fields and unknown flags of a newer box are kept', (t) => {
  const sent = JSON.parse(textOfStream('alert'));
  sent.colour = 'red';
  sent.body.because.mood = { a: 1 };
  sent.body.flags = ['radiant'];
  t.deepEqual(JSON.parse(JSON.stringify(parseEnvelope(JSON.stringify(sent)))), sent);
});

test('a mistake is named by its path', (t) => {
  const spoil = (change: (sent: ReturnType<typeof JSON.parse>) => void): string => {
    const sent = JSON.parse(textOfStream('alert'));
    change(sent);
    return refusal(() => parseEnvelope(JSON.stringify(sent)));
  };
  t.regex(
    spoil((sent) => delete sent.body.at.wallMs),
    /^body\.at\.wallMs: /,
  );
  t.regex(
    spoil((sent) => (sent.seq = 0)),
    /^seq: /,
  );
  t.regex(
    spoil((sent) => (sent.device = 'post.7')),
    /^device: must be small letters/,
  );
  t.regex(
    spoil((sent) => (sent.stream = 'gossip')),
    /^stream: /,
  );
  t.regex(
    spoil((sent) => (sent.body.because.evidence[1].u = 'much')),
    /^body\.because\.evidence\.1\.u: /,
  );
  t.regex(
    spoil((sent) => (sent.v = 2)),
    /^v: /,
  );
});

test('a payload that is too large, no UTF-8 or no JSON is refused before anything else', (t) => {
  t.regex(
    refusal(() => textOf(new Uint8Array(maxPayloadBytes + 1))),
    /1000001 bytes/,
  );
  t.regex(
    refusal(() => textOf(new Uint8Array([0xff, 0xfe]))),
    /UTF-8/,
  );
  t.regex(
    refusal(() => parseEnvelope('{"v":1')),
    /not JSON/,
  );
  t.regex(
    refusal(() => parseEnvelope(' '.repeat(maxPayloadBytes + 1))),
    /characters/,
  );
});

test('anything at all gives a value or a Fault, never another error', (t) => {
  const whole = JSON.parse(textOfStream('alert'));
  const spoilt = fc.oneof(
    fc.string(),
    fc.json(),
    fc
      .record({
        ...Object.fromEntries(
          Object.entries(whole).map(([key, value]) => [key, fc.oneof(fc.constant(value), fc.jsonValue())]),
        ),
      })
      .map((value) => JSON.stringify(value)),
  );
  fc.assert(
    fc.property(spoilt, (text) => {
      for (const parse of [parseEnvelope, parseReceipt, parseBirth, parseStatus]) refusal(() => parse(text));
    }),
    { numRuns: 400 },
  );
  t.pass();
});

test('a receipt, a birth and a status are read, and refused where they lie', (t) => {
  const receipt = { v: 1, spool: 's', stream: 'alert', through: 9, missing: [3], more: true };
  t.deepEqual(parseReceipt(JSON.stringify(receipt)), receipt as never);
  t.regex(
    refusal(() => parseReceipt(JSON.stringify({ ...receipt, missing: [0] }))),
    /^missing\.0: /,
  );
  t.regex(
    refusal(() => parseReceipt(JSON.stringify({ ...receipt, through: -1 }))),
    /^through: /,
  );
  const birth = { v: 1, device: 'post-7', site: 'north', boot: 'b', simulated: true, where: null };
  t.deepEqual(parseBirth(JSON.stringify(birth)), birth as never);
  t.regex(
    refusal(() => parseBirth(JSON.stringify({ ...birth, where: { lat: 95, lon: 0 } }))),
    /^where\.lat: /,
  );
  t.regex(
    refusal(() => parseStatus('{"v":1,"status":"asleep","boot":"b"}')),
    /^status: /,
  );
});
