import { createPublicKey, generateKeyPairSync, hash, type KeyObject } from 'node:crypto';
import test from 'ava';
import { Fault } from '../../../daemons/core/ports/fault.ts';
import { compareVersions, type Root } from '../../../daemons/core/release/metadata.ts';
import type { Role } from '../../../daemons/core/release/roles.ts';
import { checkSigned, type Signed, signText } from '../../../daemons/core/release/signed.ts';
import {
  artefactFor,
  firstTrust,
  nextRoot,
  rootOf,
  takeOperator,
  takeRelease,
  takeTimestamp,
} from '../../../daemons/core/release/trust.ts';

const makeKey = (): KeyObject => generateKeyPairSync('ed25519').privateKey;
const pemOf = (key: KeyObject): string => createPublicKey(key).export({ type: 'spki', format: 'pem' }) as string;
const keys: Readonly<Record<Role, KeyObject>> = {
  ...{ root: makeKey(), release: makeKey(), timestamp: makeKey(), operator: makeKey() },
};
const stranger = makeKey();
const later = '2030-01-01T00:00:00Z';
const now = { wallMs: Date.parse('2026-11-30T00:00:00Z'), sure: true };

function rootSaid(change: Partial<Root> = {}, of: Partial<Record<Role, KeyObject>> = {}): Root {
  const roleOf = (role: Role) => ({ threshold: 1, keys: [pemOf(of[role] ?? keys[role])] });
  const roles = {
    ...{ root: roleOf('root'), release: roleOf('release') },
    ...{ timestamp: roleOf('timestamp'), operator: roleOf('operator') },
  };
  return { v: 1, site: 'north', version: 1, expires: later, roles, ...change };
}
const signed = (role: Role, said: object, by: readonly KeyObject[] = [keys[role]]): Signed =>
  signText(role, JSON.stringify(said), by);
const trust = firstTrust(signed('root', rootSaid()));

const artefacts = [
  ...['arm64', 'x64'].map((arch) => ({ kind: 'executable', name: 'fieldpost', version: '1.1.0', arch })),
  { kind: 'executable', name: 'fieldpost', version: '1.2.0', arch: 'arm64' },
].map((one) => ({ ...one, sha256: 'a'.repeat(64), length: 10 }));
const listFile = (version: number, by = [keys.release], expires = later): string =>
  JSON.stringify(signed('release', { v: 1, version, expires, artefacts }, by));
const stampOf = (version: number, file: string, list: number, expires = later, by = [keys.timestamp]): Signed =>
  signed('timestamp', { v: 1, version, expires, release: { version: list, sha256: hash('sha256', file, 'hex') } }, by);

const asking = { arch: 'x64', program: '1.0.0' };

const refusal = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (error instanceof Fault) return error.message;
    throw error;
  }
  return 'was believed';
};

test('a list is believed when a timestamp names it and the role signed both', (t) => {
  const file = listFile(3);
  const [stamped] = takeTimestamp(trust, stampOf(7, file, 3), now);
  const [believed, list] = takeRelease(stamped, file, now);
  t.deepEqual(believed.seen, { timestamp: 7, release: 3, operator: 0 });
  t.is(artefactFor(list, { kind: 'executable', name: 'fieldpost', version: '1.1.0' }, asking).arch, 'x64');
});

test('what is unsigned, of a stranger, changed, of another role, swapped, older or expired is refused with its reason', (t) => {
  const file = listFile(3);
  const [stamped] = takeTimestamp(trust, stampOf(7, file, 3), now);
  const [believed] = takeRelease(stamped, file, now);
  const newest = stampOf(8, file, 3);
  for (const [work, why] of [
    [() => takeTimestamp(trust, { ...newest, signatures: [] }, now), /nobody signed it/],
    [
      () => takeTimestamp(trust, stampOf(8, file, 3, later, [stranger]), now),
      /which the root of this box does not name/,
    ],
    [
      () => takeTimestamp(trust, { ...newest, text: newest.text.replace('"version":8', '"version":9') }, now),
      /it was changed/,
    ],
    [
      () => takeTimestamp(trust, { ...newest, role: 'release' }, now),
      /was signed as release; must be signed as timestamp/,
    ],
    [() => takeTimestamp(believed, stampOf(6, file, 3), now), /is older than 7/],
    [() => takeTimestamp(believed, stampOf(9, file, 2), now), /names list 2; 3 was believed already/],
    [() => takeTimestamp(trust, stampOf(8, file, 3, '2026-11-29T00:00:00Z'), now), /expired 2026-11-29/],
    [() => takeRelease(stamped, listFile(4), now), /is not the one that the timestamp names/],
    [() => takeRelease(trust, file, now), /no timestamp was believed yet/],
  ] as const)
    t.regex(refusal(work), why);
});

test('a clock that is not sure neither expires nor revives anything: the newest time that was sure counts', (t) => {
  const file = listFile(3);
  const [stamped] = takeTimestamp(trust, stampOf(7, file, 3), now);
  const in1970 = { wallMs: 1000, sure: false };
  t.notThrows(() => takeRelease(stamped, file, in1970));
  const old = stampOf(8, file, 3, '2026-11-29T00:00:00Z');
  t.regex(
    refusal(() => takeTimestamp(stamped, old, in1970)),
    /expired/,
  );
  t.notThrows(() => takeTimestamp(trust, old, in1970));
});

test('an artefact for another processor, or of no such version, is named with what there is', (t) => {
  const file = listFile(3);
  const [stamped] = takeTimestamp(trust, stampOf(7, file, 3), now);
  const [, list] = takeRelease(stamped, file, now);
  const wanted = { kind: 'executable', name: 'fieldpost' } as const;
  t.regex(
    refusal(() => artefactFor(list, { ...wanted, version: '1.2.0' }, asking)),
    /is there for arm64, and this box is x64/,
  );
  t.regex(
    refusal(() => artefactFor(list, { ...wanted, version: '9.0' }, asking)),
    /not in release list 3; there: 1.1.0/,
  );
});

test('a root follows the root before it, signed by both; skipping, a stranger, or the old key alone are refused', (t) => {
  const next = makeKey();
  const two = rootSaid({ version: 2 }, { root: next, operator: stranger });
  const followed = nextRoot(trust, signed('root', two, [keys.root, next]));
  t.is(rootOf(followed).version, 2);
  t.regex(
    refusal(() => nextRoot(trust, signed('root', { ...two, version: 3 }, [keys.root, next]))),
    /must be 2/,
  );
  t.regex(
    refusal(() => nextRoot(trust, signed('root', two, [next]))),
    /0 of 1 signatures of role root/,
  );
  t.regex(
    refusal(() => nextRoot(trust, signed('root', two, [keys.root]))),
    /0 of 1 signatures of role root/,
  );
  t.regex(
    refusal(() => nextRoot(trust, signed('root', { ...two, site: 'south' }, [keys.root, next]))),
    /is of site south/,
  );
});

test('a role whose key was replaced begins again, and its old key is believed no more', (t) => {
  const huge = takeOperator(trust, signed('operator', { version: 1e9 }), 1e9, now);
  const two = signed('root', rootSaid({ version: 2 }, { operator: stranger }));
  const followed = nextRoot(huge, two);
  t.is(followed.seen.operator, 0);
  t.is(takeOperator(followed, signed('operator', {}, [stranger]), 5, now).seen.operator, 5);
  t.regex(
    refusal(() => takeOperator(followed, signed('operator', {}), 6, now)),
    /does not name/,
  );
});

test('a threshold counts different keys, not signatures', (t) => {
  const [a, b] = [makeKey(), makeKey()];
  const of = { threshold: 2, keys: [createPublicKey(a), createPublicKey(b)] };
  t.regex(
    refusal(() => checkSigned('x', signText('root', 'x', [a, a]), 'root', of)),
    /1 of 2 signatures/,
  );
  t.notThrows(() => checkSigned('x', signText('root', 'x', [a, b]), 'root', of));
});

test('versions are compared by number', (t) => {
  t.true(compareVersions('1.10.0', '1.9.9') > 0);
  t.is(compareVersions('1.2', '1.2.0'), 0);
});
