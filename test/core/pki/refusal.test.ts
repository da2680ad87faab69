import test from 'ava';
import fc from 'fast-check';
import { explain, type Parties, type RefusalKind, type Trouble } from '../../../daemons/core/pki/refusal.ts';
import type { CertificateFacts } from '../../../daemons/core/values/certificate.ts';

const nowMs = Date.UTC(2027, 5, 1, 12);
const day = 86_400_000;

const facts = (
  name: string,
  fromDay: number,
  untilDay: number,
  issuer = 'Fieldpost authority of north',
): CertificateFacts => ({
  name,
  issuer,
  serial: '4f3e2d1c0b0a4f3e',
  fromMs: nowMs + fromDay * day,
  untilMs: nowMs + untilDay * day,
  keyHash: '0'.repeat(64),
  hosts: ['hub.example'],
  client: true,
  server: true,
});

const usual: Parties = {
  peer: 'the broker mqtts://hub:8883',
  host: 'hub',
  nowMs,
  own: { file: '/state/identity/device.crt', facts: facts('post-1', -10, 10) },
  authority: { file: '/state/identity/ca.crt', facts: [facts('Fieldpost authority of north', -100, 7000)] },
  theirs: facts('hub', -10, 10),
};
const expired = { file: '/state/identity/device.crt', facts: facts('post-1', -100, -2) };
const early = { file: '/state/identity/device.crt', facts: facts('post-1', 2, 100) };
const alert = (what: string): string => `ERR_SSL_SSL/TLS_ALERT_${what}`;

const cases: readonly [title: string, code: string | null, Partial<Parties & Trouble>, RefusalKind, RegExp][] = [
  [
    "the broker's certificate expired",
    'CERT_HAS_EXPIRED',
    { theirs: facts('hub', -9, -1) },
    'peer-expired',
    /CN hub, serial 4f3e2d1c\) expired on 2027-05-31.*clock says 2027-06-01 12:00 UTC.*pki renew/,
  ],
  [
    'the authority itself expired',
    'CERT_HAS_EXPIRED',
    { authority: { file: 'ca.crt', facts: [facts('north', -90, -3)] } },
    'peer-expired',
    /authority in ca\.crt .*expired on 2027-05-29/,
  ],
  [
    "the broker's certificate begins later",
    'CERT_NOT_YET_VALID',
    { theirs: facts('hub', 3, 9) },
    'peer-early',
    /begins on 2027-06-04.*is probably behind/,
  ],
  [
    'the box thinks it is 1970',
    'CERT_NOT_YET_VALID',
    { nowMs: 3_600_000 },
    'clock',
    /clock says 1970-01-01: the time is not set yet.*Nothing is wrong with the files.*GPS/,
  ],
  [
    "the broker is another site's",
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    { theirs: facts('hub', -9, 9, 'south') },
    'peer-foreign',
    /issued by "south"\) does not come from the authority in \/state\/identity\/ca\.crt.*Nothing was sent/,
  ],
  ['the broker signed for itself', 'DEPTH_ZERO_SELF_SIGNED_CERT', {}, 'peer-foreign', /somebody in between/],
  ['a box poses as the broker', 'INVALID_PURPOSE', {}, 'peer-foreign', /not for a server/],
  [
    "the broker's name is another",
    'ERR_TLS_CERT_ALTNAME_INVALID',
    {},
    'peer-name',
    /not for "hub" but for hub\.example.*--host hub/,
  ],
  [
    'our certificate expired, and the broker says so',
    alert('CERTIFICATE_EXPIRED'),
    { own: expired, greeted: true },
    'own-expired',
    /device\.crt \(CN post-1.*expired on 2027-05-30.*clock says 2027-06-01/,
  ],
  [
    'our certificate expired, and the broker only closes',
    null,
    { own: expired, greeted: true },
    'own-expired',
    /expired on 2027-05-30/,
  ],
  [
    'our certificate expired, and the connection is reset',
    'ECONNRESET',
    { own: expired },
    'own-expired',
    /expired on 2027-05-30/,
  ],
  [
    'the broker thinks that our certificate expired, and we do not',
    alert('CERTIFICATE_EXPIRED'),
    {},
    'own-expired',
    /one of the two clocks is wrong/,
  ],
  ['our certificate begins later', alert('BAD_CERTIFICATE'), { own: early }, 'own-early', /begins on 2027-06-03/],
  [
    'our certificate begins later, in 1970',
    null,
    { own: early, nowMs: 0, greeted: true },
    'clock',
    /time is not set yet/,
  ],
  [
    "our authority is not the broker's",
    'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA',
    {},
    'own-foreign',
    /does not know the authority "Fieldpost authority of north"/,
  ],
  ['our certificate is denied', alert('CERTIFICATE_REVOKED'), {}, 'own-revoked', /deny list/],
  [
    'we showed nothing',
    'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED',
    { own: null },
    'own-missing',
    /wants a certificate and none was shown/,
  ],
  [
    'the broker closes after the handshake',
    null,
    { greeted: true },
    'own-refused',
    /closed it without a reason.*another box uses the same name/,
  ],
  ['the broker closes before the handshake', 'ECONNRESET', {}, 'unreachable', /before TLS was agreed \(ECONNRESET\)/],
  ['nobody listens', 'ECONNREFUSED', {}, 'unreachable', /cannot be reached: ECONNREFUSED/],
  ['the name is unknown', 'ENOTFOUND', {}, 'unreachable', /ENOTFOUND/],
  ['the port speaks no TLS', 'ERR_SSL_WRONG_VERSION_NUMBER', {}, 'peer-plain', /does not speak TLS.*8883/],
  ['something nobody knows', 'ERR_ODD', { message: 'odd words' }, 'unknown', /odd words/],
];

for (const [title, code, { greeted = false, message = '', ...parties }, kind, words] of cases)
  test(`the reason is told: ${title}`, (t) => {
    const refusal = explain({ code, message, greeted }, { ...usual, ...parties });
    t.is(refusal.kind, kind);
    t.regex(refusal.reason, words);
  });

test('what OpenSSL says while we write is in the message, and is understood too', (t) => {
  const message =
    'write EPROTO 401D:error:0A00010B:SSL routines:tls_validate_record_header:wrong version number:../deps:77:';
  t.is(explain({ code: 'EPROTO', message, greeted: false }, usual).kind, 'peer-plain');
});

test('every code, date and combination has a sentence that names the other side', (t) => {
  const when = fc.integer({ min: -8.64e15, max: 8.64e15 });
  const codes = fc.oneof(fc.constantFrom(...cases.map(([, code]) => code)), fc.string(), fc.constant(null));
  fc.assert(
    fc.property(codes, fc.string(), fc.boolean(), when, when, when, (code, message, greeted, now, fromMs, untilMs) => {
      const odd = { ...facts('post-1', 0, 0), fromMs, untilMs };
      const parties = { ...usual, nowMs: now, own: { file: 'device.crt', facts: odd }, theirs: odd };
      const { reason } = explain({ code, message, greeted }, parties);
      t.true(reason.includes(usual.peer) || reason.includes('authority in'));
    }),
  );
});
