import test from 'ava';
import fc from 'fast-check';
import { withoutSecrets } from '../../../daemons/core/config/without-secrets.ts';

const secret = 'hunter2-Zeppelin_9';
for (const [what, text] of [
  ['an address', `broker mqtts://post-7:${secret}@hub.example:8883 refused`],
  ['an address in JSON', JSON.stringify({ brokers: [`postgres://op:${secret}@db/x`] })],
  ['an address within JSON within JSON', JSON.stringify({ message: JSON.stringify(`mqtt://a:${secret}@h`) })],
  ['a password by its name', JSON.stringify({ wifi: { ssid: 'post', password: secret } })],
  ['one in a message of a log', JSON.stringify({ message: JSON.stringify({ smtpPassword: secret }) })],
  ['a key of a wireless network', `network={ psk=${secret} }`],
  ['a command line', `--api-key=${secret} --broker x`],
  ['a query', `GET /x?token=${secret}&a=1`],
  ['a header', `authorization: Bearer ${secret}`],
  ['a token of the console', `fpt_abcdefgh_${secret}${secret}`],
  ['a key', `-----BEGIN EC PRIVATE KEY-----\n${secret}\n-----END EC PRIVATE KEY-----`],
  ['a key in JSON', JSON.stringify({ message: `-----BEGIN PRIVATE KEY-----\n${secret}\n-----END PRIVATE KEY-----` })],
  ['a key that is cut off', `-----BEGIN PRIVATE KEY-----\n${secret}`],
] as const)
  test(`${what} is shown without what opens something`, (t) => {
    const shown = withoutSecrets(text);
    t.false(shown.includes(secret), shown);
    t.regex(shown, /removed\]/);
  });

test('what is no secret stays, and a line of JSON stays one', (t) => {
  for (const text of [
    '{"level":"info","daemon":"gas","sensor":"nh3-a","message":"calibration applied","key":"box:post-7:1"}',
    'mqtts://hub.example:8883 is away; tried 3 times, at 12:30@north',
    'the token bucket is empty; passed 3 of 5 windows',
  ])
    t.is(withoutSecrets(text), text);
  const line = JSON.stringify({ message: `mqtt://a:${secret}@h`, password: `${secret}"quoted`, next: 'stays' });
  t.is(JSON.parse(withoutSecrets(line)).next, 'stays');
});

test('any text is read in one go, whatever is in it, and once more gives the same', (t) => {
  const pieces = fc.constantFrom(
    '://',
    ':',
    '@',
    '"',
    '\\"',
    'password',
    'token=',
    'Bearer ',
    '-----BEGIN ',
    'x',
    ' ',
    '\n',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(pieces, fc.string()), { maxLength: 60 }), (parts) => {
      const once = withoutSecrets(parts.join(''));
      t.is(withoutSecrets(once), once);
    }),
  );
  // 64 kB of what looks like the beginning of each.
  for (const [piece] of [['a://'], ['"password":"'], ['-----BEGIN '], ['token'], ['x://a:']] as const)
    t.truthy(withoutSecrets(piece.repeat(64_000 / piece.length)));
});
