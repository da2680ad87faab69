/** A message as it came, for the record: cut where it is too long, and without what is secret in it. */
import { createHash } from 'node:crypto';

export interface Raw {
  readonly topic: string;
  /** As it came; bytes that are no UTF-8 are shown as such. */
  readonly text: string;
  /** Of the whole payload. */
  readonly bytes: number;
  readonly sha256: string;
  readonly cut: boolean;
}

/** Of a message that is longer the head is kept. */
const mostBytes = 64 * 1024;

/**
 * Keys of devices and pairings, and numbers of SIM cards. Also in JSON that is cut off: the value is looked for as text. A
 * list or an object that is secret is taken out up to its bracket.
 */
const secrets =
  /("(?:device_secret|nonce|secret_code|device_binding_code|imei|iccid|eid|access_key_id|access_key_secret|security_token)"\s*:\s*)("(?:[^"\\]|\\.)*"?|\[[^\]]*\]?|[^,}\]\s]+)/g;

const decoder = new TextDecoder('utf-8');

export function rawOf(topic: string, payload: Uint8Array): Raw {
  const text = decoder.decode(payload.subarray(0, mostBytes)).replace(secrets, '$1"(taken out)"');
  const sha256 = createHash('sha256').update(payload).digest('hex');
  return { topic, text, bytes: payload.length, sha256, cut: payload.length > mostBytes };
}
