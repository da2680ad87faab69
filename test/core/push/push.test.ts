import { createECDH, randomBytes } from 'node:crypto';
import test from 'ava';
import fc from 'fast-check';
import { decrypt } from 'http_ece';
import { importJWK, jwtVerify } from 'jose';
import { hostPattern, whyNoEndpoint } from '../../../daemons/core/push/host.ts';
import {
  messageBytes,
  messageText,
  numberOf,
  pushMessage,
  topicOf,
  urgencyOf,
} from '../../../daemons/core/push/message.ts';
import { mostPlainBytes, sealed, whyNoKeys } from '../../../daemons/core/push/seal.ts';
import { newVapidPem, vapidHeader, vapidKeyIn } from '../../../daemons/core/push/vapid.ts';
import { noticeOf } from '../../support/notices.ts';

const bytes = (text: string): Buffer => Buffer.from(text, 'base64url');

test('the example of RFC 8291, appendix A, byte for byte', (t) => {
  const own = createECDH('prime256v1');
  own.setPrivateKey(bytes('yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw'));
  t.is(
    own.getPublicKey('base64url'),
    'BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8',
  );
  const keys = {
    p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
    auth: 'BTBZMqHH6r4Tts7J_aSIgg',
  };
  const plain = Buffer.from('When I grow up, I want to be a watermelon');
  t.is(
    sealed(plain, keys, 0, { own, salt: bytes('DGv6ra1nlYgDCS1FRnbzlw') }).toString('base64url'),
    'DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27ml' +
      'mlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT' +
      'pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN',
  );
});

test('what is sealed is read by code of others, filled up or not, and by nobody with another key', (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2000 }), fc.nat(2000), (plain, size) => {
      const [own, other] = [createECDH('prime256v1'), createECDH('prime256v1')];
      own.generateKeys();
      other.generateKeys();
      const auth = randomBytes(16).toString('base64url');
      const body = sealed(plain, { p256dh: own.getPublicKey('base64url'), auth }, size);
      const open = (privateKey: typeof own, authSecret = auth): Buffer =>
        decrypt(body, { version: 'aes128gcm', privateKey, authSecret });
      t.deepEqual([...open(own)], [...plain]);
      t.throws(() => open(other));
      t.throws(() => open(own, randomBytes(16).toString('base64url')));
      t.is(body.length, 86 + 17 + Math.max(plain.length, size));
    }),
    { numRuns: 40 },
  );
  const keys = { p256dh: createECDH('prime256v1').generateKeys('base64url'), auth: 'A'.repeat(22) };
  t.is(sealed(Buffer.alloc(mostPlainBytes), keys).length, 4096);
  t.throws(() => sealed(Buffer.alloc(mostPlainBytes + 1), keys), { message: /more than/ });
});

test('keys that are none are told apart; a point off the curve is none', (t) => {
  const p256dh = createECDH('prime256v1').generateKeys('base64url');
  const auth = 'A'.repeat(22);
  t.is(whyNoKeys({ p256dh, auth }), null);
  t.regex(whyNoKeys({ p256dh, auth: 'AAAA' }) ?? '', /auth is of 3 bytes/);
  t.regex(whyNoKeys({ p256dh: p256dh.slice(4), auth }) ?? '', /uncompressed point/);
  const off = bytes(p256dh);
  off[64] = (off[64] ?? 0) ^ 1;
  t.regex(whyNoKeys({ p256dh: off.toString('base64url'), auth }) ?? '', /not on P-256/);
});

test('who pushes is said by a JWT that code of others proves, for that push service and for less than a day', async (t) => {
  const key = vapidKeyIn(newVapidPem());
  if (!key) return t.fail();
  const nowMs = Date.now();
  const header = vapidHeader(key, { origin: 'https://push.example', contact: 'mailto:a@b.example', nowMs });
  const [, jwt = '', k = ''] = /^vapid t=([^,]+), k=(.+)$/.exec(header) ?? [];
  t.is(k, key.publicKey);
  const point = bytes(k);
  t.deepEqual([point.length, point[0]], [65, 4]);
  const jwk = {
    ...{ kty: 'EC', crv: 'P-256' },
    ...{ x: point.subarray(1, 33).toString('base64url'), y: point.subarray(33).toString('base64url') },
  };
  const { payload, protectedHeader } = await jwtVerify(jwt, await importJWK(jwk, 'ES256'));
  t.deepEqual(payload, {
    aud: 'https://push.example',
    exp: Math.floor(nowMs / 1000) + 43_200,
    sub: 'mailto:a@b.example',
  });
  t.is(protectedHeader.alg, 'ES256');
  await t.throwsAsync(jwtVerify(`${jwt.slice(0, -4)}AAAA`, await importJWK(jwk, 'ES256')));
  for (const none of ['', 'x', newVapidPem().replace('PRIVATE', 'PUBLIC')]) t.is(vapidKeyIn(none), null);
});

test('a message says how severe it is and that a call waits: no place, kind, site, unit or name; all are of one length', (t) => {
  const notice = noticeOf({
    title: 'Ammonia vapour, north',
    text: 'Site north, post-7',
    to: 'unit-1',
    link: 'https://centre.example/x',
  });
  const id = 'post-7.vapour.ammonia.0a1b2c3d.zz';
  const message = pushMessage({ ...notice, alerts: [id] }, 'secret');
  t.deepEqual(Object.keys(message).sort(), [
    'about',
    'alert',
    'drill',
    'language',
    'severity',
    'simulated',
    'tag',
    'v',
  ]);
  t.notRegex(messageText(message).toString(), /ammonia|north|post-7|unit-1|centre\.example/i);
  t.is(message.alert, numberOf(id));
  t.regex(numberOf(id), /^[A-Za-z0-9_-]{22}$/);
  t.true(messageText(message).length <= messageBytes);
  t.is(pushMessage({ ...notice, alerts: ['a', 'b'], about: 'group' }, 's').alert, null);
});

test('urgency goes by severity; a newer word takes the place of an older one of the same alerts, and of no other', (t) => {
  const urgency = (severity: 'critical' | 'warning' | 'info') => urgencyOf({ about: 'alert', severity });
  t.deepEqual([urgency('critical'), urgency('warning'), urgency('info')], ['high', 'normal', 'low']);
  t.is(urgencyOf({ about: 'ended', severity: 'info' }), 'normal');
  const topic = topicOf({ alerts: ['a', 'b'] }, 'secret');
  t.regex(topic, /^[A-Za-z0-9_-]{32}$/);
  t.is(topicOf({ alerts: ['b', 'a'] }, 'secret'), topic);
  t.not(topicOf({ alerts: ['a'] }, 'secret'), topic);
  t.not(
    topicOf({ alerts: ['a', 'b'] }, 'other'),
    topic,
    'a push service cannot tell that two phones are told of the same',
  );
});

test('nothing goes to a host that is not in the list, nor but by https', (t) => {
  const hosts = ['push.example', '*.notify.example', 'localhost:8443'];
  for (const host of hosts) t.regex(host, hostPattern);
  for (const wrong of ['https://push.example', 'push.example/', '*', 'a b', 'Push.example', '.example', 'a:0'])
    t.notRegex(wrong, hostPattern, wrong);
  for (const good of ['https://push.example/x', 'https://a.b.notify.example/y?z', 'https://localhost:8443/p'])
    t.is(whyNoEndpoint(good, hosts), null, good);
  for (const bad of [
    ...[
      'http://push.example/x',
      'https://push.example.evil.example/x',
      'https://xpush.example/',
      'https://notify.example/',
    ],
    ...[
      'https://push.example:8443/',
      'https://localhost/p',
      'https://u:p@push.example/',
      'https://push.example/#a',
      'no address',
    ],
    ...[
      'file:///etc/passwd',
      'https://169.254.169.254/',
      'https://push.example@evil.example/',
      'https://evilnotify.example/',
    ],
  ])
    t.is(typeof whyNoEndpoint(bad, hosts), 'string', bad);
  t.notRegex(whyNoEndpoint('https://evil.example/secret-path', hosts) ?? '', /secret-path/);
});
