import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'ava';
import { openSigner } from '../../../daemons/core/adapters/signer.pem.ts';
import { openSpool } from '../../../daemons/core/adapters/spool.sqlite.ts';
import { linkHash } from '../../../daemons/core/evidence/chain.ts';
import { readSeal } from '../../../daemons/core/evidence/read-seal.ts';
import { type Seal, sealEvent, signerOf, verifySeal } from '../../../daemons/core/evidence/seal.ts';
import type { Item, Spool } from '../../../daemons/core/ports/spool.ts';
import type { Envelope, Stream } from '../../../daemons/core/values/envelope.ts';
import { parseEnvelope } from '../../../daemons/core/wire/envelope.ts';
import { sampleAlert } from '../../support/alerts.ts';
import { stampAt } from '../../support/readings.ts';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const head = (seq: number) => ({ seq, hash: String(seq).repeat(64).slice(0, 64) });
const claim = {
  device: 'post-1',
  spool: 'spool-1',
  at: stampAt(1),
  heads: { alert: head(1), event: head(2), tele: head(3) },
};

function sealed(): Seal {
  const body = sealEvent(signerOf(privateKey), claim);
  const envelope = { v: 1, ...claim, stream: 'event', seq: 3, prev: '', salt: '', body } as unknown as Envelope;
  const seal = readSeal(envelope);
  if (!seal) throw new Error('no seal was read');
  return seal;
}

test('a seal is verified by the public key, and by no other', (t) => {
  t.true(verifySeal(sealed(), publicKey));
  t.false(verifySeal(sealed(), generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey));
});

test('a seal of which any part is another is not verified', (t) => {
  const seal = sealed();
  const others: Partial<Seal>[] = [
    { device: 'post-2' },
    { spool: 'spool-2' },
    { at: { ...seal.at, wallMs: seal.at.wallMs + 1 } },
    { at: { ...seal.at, synced: false } },
    { heads: { ...seal.heads, alert: { ...seal.heads.alert, seq: 2 } } },
    { heads: { ...seal.heads, tele: head(4) } },
    { signature: sealEvent(signerOf(privateKey), { ...claim, spool: 'x' }).detail.signature as string },
  ];
  for (const other of others) t.false(verifySeal({ ...seal, ...other }, publicKey), JSON.stringify(other));
});

test('a signature counts only as it was written: the bits that base64 leaves unused are not free', (t) => {
  const seal = sealed();
  const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  const last = seal.signature.at(-3) ?? '';
  for (const digit of digits) {
    const signature = `${seal.signature.slice(0, -3)}${digit}==`;
    t.is(verifySeal({ ...seal, signature }, publicKey), digit === last, digit);
  }
  t.false(verifySeal({ ...seal, signature: seal.signature.slice(0, -2) }, publicKey));
  t.false(verifySeal({ ...seal, signature: ` ${seal.signature}` }, publicKey));
});

test('a key of another kind signs nothing', (t) => {
  t.throws(() => signerOf(generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey), { instanceOf: RangeError });
});

function folderWithKey(t: { teardown(work: () => void): void }, mode = 0o600) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-seal-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const keyFile = path.join(folder, 'device.key');
  writeFileSync(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  chmodSync(keyFile, mode);
  return { file: path.join(folder, 'spool', 'gas.db'), keyFile };
}

test('a key that others may read, one that is missing and one that is none are named, and their content is not', (t) => {
  const { keyFile } = folderWithKey(t, 0o644);
  t.regex(openSigner(keyFile).why ?? '', /device\.key: mode is 0644; must be 0600/);
  t.regex(openSigner(`${keyFile}.none`).why ?? '', /there is no device key/);
  writeFileSync(keyFile, 'SECRET');
  chmodSync(keyFile, 0o600);
  const { why } = openSigner(keyFile);
  t.regex(why ?? '', /is not a device key/);
  t.notRegex(why ?? '', /SECRET/);
});

const event = (seconds: number): Item => ({
  stream: 'event',
  at: stampAt(seconds),
  body: { type: 'health', severity: 'info', at: stampAt(seconds), message: '', detail: {} },
});
const alarm = (seconds: number): Item => ({ stream: 'alert', at: stampAt(seconds), body: sampleAlert('a') });

async function all(spool: Spool, stream: Stream): Promise<Envelope[]> {
  return (await spool.peek(stream, 0, 1000)).map(({ text }) => parseEnvelope(text));
}
async function seals(spool: Spool): Promise<(Seal & { seq: number })[]> {
  return (await all(spool, 'event')).flatMap((one) => {
    const seal = readSeal(one);
    return seal ? [{ ...seal, seq: one.seq }] : [];
  });
}

test('every alert is sealed in its own transaction, and the seal covers it and all before', async (t) => {
  const { file, keyFile } = folderWithKey(t);
  const spool = await openSpool({ path: file, device: 'post-1', signing: { keyFile, everyMs: 600_000 } });
  await spool.append([event(1)]);
  await spool.append([alarm(2)]);
  const found = await seals(spool);
  t.is(found.length, 2, 'one at the start, one with the alert');
  t.true(found.every((seal) => verifySeal(seal, publicKey)));
  const last = found[1];
  for (const stream of ['alert', 'event', 'tele'] as const) {
    const before = (await spool.peek(stream, 0, 1000)).filter(
      ({ seq }) => stream !== 'event' || seq < (last?.seq ?? 0),
    );
    const tail = before.at(-1);
    t.deepEqual(
      last?.heads[stream],
      tail ? { seq: tail.seq, hash: linkHash(tail.text) } : { seq: 0, hash: '0'.repeat(64) },
    );
  }
  await spool.close();
});

test('without alerts there is one seal per interval, and one for the rest when the spool is closed', async (t) => {
  const { file, keyFile } = folderWithKey(t);
  const open = () => openSpool({ path: file, device: 'post-1', signing: { keyFile, everyMs: 60_000 } });
  let spool = await open();
  for (let s = 0; s < 150; s += 10) await spool.append([event(s)]);
  t.deepEqual(
    (await seals(spool)).map(({ at }) => at.monoNs / 1e9),
    [0, 60, 120],
  );
  await spool.close();
  spool = await open();
  t.deepEqual(
    (await seals(spool)).map(({ at }) => at.monoNs / 1e9),
    [0, 60, 120, 140],
  );
  await spool.close();
});

test('a spool whose key cannot be used keeps everything, unsigned, and says why', async (t) => {
  const { file, keyFile } = folderWithKey(t, 0o640);
  const spool = await openSpool({ path: file, device: 'post-1', signing: { keyFile, everyMs: 60_000 } });
  await spool.append([alarm(1)]);
  t.is((await all(spool, 'alert')).length, 1);
  t.deepEqual(await seals(spool), []);
  t.regex(spool.unsigned ?? '', /mode is 0640/);
  await spool.close();
});
