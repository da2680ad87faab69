/** What a bundle holds beside the chains: records in force by their hashes, keys, cards. */
import { createPublicKey } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { type Attachment, attach } from '../../core/evidence/bundle.ts';
import { keyHashOf } from '../../core/evidence/key-hash.ts';
import { readSeal } from '../../core/evidence/read-seal.ts';
import { configRecord, lineState } from '../../core/evidence/verify-content.ts';
import type { Archive } from '../../core/ports/archive.ts';
import type { BoxEvent } from '../../core/values/envelope.ts';
import { parseEnvelope } from '../../core/wire/envelope.ts';

export interface Attached {
  readonly attachments: readonly Attachment[];
  readonly missing: readonly string[];
}

const fileRecord = z.looseObject({ sha256: z.string(), record: z.unknown() });
const identityRecord = z.looseObject({ certificate: z.string().nullable(), publicKey: z.string() });

/** What the line states and seals of the texts name: records by their hash with their kind, keys by their fingerprint. */
function namedIn(texts: readonly string[]) {
  const records = new Map<string, string>();
  const keys = new Set<string>();
  const events = texts.filter((text) => text.includes(',"salt":"') && text.includes('"stream":"event"'));
  for (const envelope of events.map(parseEnvelope)) {
    const { type, detail } = envelope.body as BoxEvent;
    const state = type === 'line-state' ? lineState.safeParse(detail).data : undefined;
    for (const sha256 of state?.calibrations ?? []) records.set(sha256, 'calibration');
    if (state) records.set(state.config, 'config');
    const seal = readSeal(envelope);
    if (seal) keys.add(seal.key);
  }
  return { records, keys };
}

/** Every record in force that is on file for the device: in its events, and in the box's own keeping. */
async function filed(archive: Archive, device: string) {
  const kept = [...(await archive.inForce())];
  for (const type of ['config-in-force', 'calibration-in-force', 'identity-in-force'])
    for (const { text } of await archive.events(device, type, 1000)) {
      const { type: is, detail } = parseEnvelope(text).body as BoxEvent;
      const file = is === type ? fileRecord.safeParse(detail).data : undefined;
      if (file) kept.push({ type, sha256: file.sha256, record: file.record });
    }
  return kept;
}

/** The records that a bundle's line states and seals name. */
export async function recordsFor(archive: Archive, device: string, texts: readonly string[]): Promise<Attached> {
  const { records, keys } = namedIn(texts);
  const attachments = new Map<string, Attachment>();
  for (const { type, record } of await filed(archive, device)) {
    const plain = attach('identity', JSON.stringify(record));
    const kind =
      records.get(plain.sha256) ?? (type === 'identity-in-force' && isKeyOf(record, keys) ? 'identity' : null);
    if (kind) attachments.set(plain.sha256, { ...plain, attach: kind });
  }
  const missing = [...records]
    .filter(([sha256]) => !attachments.has(sha256))
    .map(([sha256, kind]) => `the ${kind} ${sha256} that was in force is not held`);
  if (keys.size > 0 && ![...attachments.values()].some((one) => one.attach === 'identity'))
    missing.push('the public key of the seals is not held');
  return { attachments: [...attachments.values()], missing };
}

function isKeyOf(record: unknown, keys: ReadonlySet<string>): boolean {
  const identity = identityRecord.safeParse(record).data;
  if (!identity) return false;
  return keys.has(keyHashOf(createPublicKey(identity.publicKey)));
}

/** The cards of the models that the configurations name. */
export function cardsFor(attachments: readonly Attachment[], folder: string): Attached {
  const found: Attachment[] = [];
  const missing: string[] = [];
  const cards = existsSync(folder)
    ? readdirSync(folder)
        .map((name) => path.join(folder, name, 'card.json'))
        .filter(existsSync)
        .map((file) => readFileSync(file, 'utf8'))
    : [];
  for (const { attach: kind, text } of attachments) {
    const model = kind === 'config' ? configRecord.safeParse(JSON.parse(text)).data?.model : null;
    if (!model || found.some(({ sha256 }) => sha256 === model.cardSha256)) continue;
    const card = cards.map((one) => attach('card', one)).find(({ sha256 }) => sha256 === model.cardSha256);
    if (card) found.push(card);
    else missing.push(`the card of model ${model.name} (${model.cardSha256}) is not in ${folder}`);
  }
  return { attachments: found, missing };
}
