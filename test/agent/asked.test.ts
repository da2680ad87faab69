import { generateKeyPairSync, randomUUID } from 'node:crypto';
import test from 'ava';
import fc from 'fast-check';
import { answerAsks } from '../../daemons/agent/asked.ts';
import { askMs, askText, isAsk, type LogsAsk, partsOf } from '../../daemons/core/fleet/ask.ts';
import type { Root } from '../../daemons/core/release/metadata.ts';
import { signText } from '../../daemons/core/release/signed.ts';
import { firstTrust } from '../../daemons/core/release/trust.ts';
import type { Told } from '../../daemons/core/spool/gone.ts';

const keysOf = () => generateKeyPairSync('ed25519');
const [operator, root, stranger] = [keysOf(), keysOf(), keysOf()];
const role = ({ publicKey }: typeof root) => ({
  threshold: 1,
  keys: [publicKey.export({ type: 'spki', format: 'pem' }) as string],
});
const self = { site: 'north', device: 'post-1' };
const signedRoot = signText(
  'root',
  JSON.stringify({
    ...{ v: 1, site: self.site, version: 1, expires: '2090-01-01T00:00:00Z' },
    roles: { root: role(root), release: role(root), timestamp: role(root), operator: role(operator) },
  } satisfies Root),
  [root.privateKey],
);
const nowMs = 1_000_000;
const askOf = (change: Partial<LogsAsk> = {}): LogsAsk => ({
  ...{ v: 1, ask: 'logs', ...self, id: randomUUID(), by: 'op-17', untilMs: nowMs + askMs },
  ...{ daemon: 'gas', sinceS: 600, mostKb: 32 },
  ...change,
});
const signed = (ask: LogsAsk, key = operator.privateKey): string =>
  JSON.stringify(signText('operator', askText(ask), [key]));

function box() {
  const told: Told[] = [];
  const answer = answerAsks({
    ...self,
    trust: { read: async () => firstTrust(signedRoot) },
    words: async (daemon) => `${daemon}: one\n${daemon}: two\n`,
    tell: (one) => void told.push(one),
  });
  return { told, answer };
}

test('an operator gets the last lines, and whoever repeats the question gets nothing', async (t) => {
  const { told, answer } = box();
  const ask = askOf();
  await answer([signed(ask)], nowMs);
  await answer([signed(ask)], nowMs);
  t.is(told.length, 1);
  t.like(told[0], { type: 'logs', detail: { id: ask.id, part: 1, parts: 1, text: 'gas: one\ngas: two\n' } });
  t.true(isAsk(signed(ask)));
});

test('a stranger, another box, a question of yesterday and one of no end are refused by name', async (t) => {
  const { told, answer } = box();
  await answer([signed(askOf(), stranger.privateKey)], nowMs);
  await answer([signed(askOf({ device: 'post-2' }))], nowMs);
  await answer([signed(askOf())], nowMs + askMs + 1);
  await answer([signed(askOf({ untilMs: nowMs + 10 * askMs }))], nowMs);
  await answer(['{"v":1,"role":"operator"'], nowMs);
  t.deepEqual(
    told.map(({ type }) => type),
    Array.from({ length: 5 }, () => 'question-refused'),
  );
  t.regex(told[0]?.message ?? '', /0 of 1 signatures/);
  t.regex(told[1]?.message ?? '', /is to north\/post-2/);
  t.regex(told[2]?.message ?? '', /is good until/);
});

test('an answer never exceeds its size, and is the end of what there is in whole lines', (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ maxLength: 300 }), { maxLength: 400 }),
      fc.integer({ min: 1, max: 64 }),
      (lines, kb) => {
        const text = lines.map((line) => line.replaceAll('\n', ' ')).join('\n');
        const whole = partsOf(text, kb).join('');
        t.true(whole.length <= kb * 1000);
        t.true(text.endsWith(whole));
        if (text.length <= kb * 1000) t.is(whole, text);
        else t.is(text.at(text.length - whole.length - 1), '\n');
      },
    ),
  );
});
