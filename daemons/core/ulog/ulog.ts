/**
 * PX4's flight logs (docs.px4.io, "ULog File Format"): formats, subscriptions and data. What is unknown is passed over by
 * its length; a damaged stretch is left by looking for the sync message, or for the next message that makes sense.
 */
import { Fault } from '../ports/fault.ts';
import { type Format, type Plan, planOf, readFormat } from './format.ts';

const magic = Uint8Array.of(0x55, 0x4c, 0x6f, 0x67, 0x01, 0x12, 0x35);
const headerBytes = 16;
const syncBody = Uint8Array.of(0x2f, 0x73, 0x13, 0x20, 0x25, 0x0c, 0xbb, 0x12);
/** The types of messages of the format's version 1. */
const types = new Set([...'BFIMPQADRSOLC'].map((one) => one.charCodeAt(0)));

export interface Sample {
  readonly topic: string;
  /** Which of several instances of the topic. */
  readonly instance: number;
  /** Microseconds since the vehicle's start. */
  readonly timeUs: number;
  readonly values: Readonly<Record<string, number | readonly number[]>>;
}

interface Subscription {
  readonly topic: string;
  readonly instance: number;
  readonly plan: Plan;
}

export interface Ulog {
  readonly samples: readonly Sample[];
  /** How many data messages each topic has in the file, whether asked for or not. */
  readonly counts: Readonly<Record<string, number>>;
  /** Bytes that were no message. */
  readonly skipped: number;
}

/** One message of the file: its type, and where its body lies. */
interface Piece {
  readonly kind: string;
  readonly from: number;
  readonly to: number;
}

/** The samples of the topics that are asked for, in the order of the file. Errors: Fault `protocol` for another file. */
export function readUlog(bytes: Uint8Array, wanted: ReadonlySet<string>): Ulog {
  mustBegin(bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const formats = new Map<string, Format>();
  const subscriptions = new Map<number, Subscription>();
  const samples: Sample[] = [];
  const counts: Record<string, number> = {};
  const { pieces, skipped } = piecesOf(bytes, view);
  for (const { kind, from, to } of pieces) {
    if (kind === 'F') {
      const format = readFormat(textOf(bytes.subarray(from, to)));
      if (format) formats.set(format.name, format);
    } else if (kind === 'A') {
      const found = subscriptionOf(bytes.subarray(from, to), formats);
      if (found) subscriptions.set(view.getUint16(from + 1, true), found);
    } else {
      const found = subscriptions.get(view.getUint16(from, true));
      if (!found || to - from - 2 < found.plan.needs) continue;
      counts[found.topic] = (counts[found.topic] ?? 0) + 1;
      if (wanted.has(found.topic)) samples.push(sampleOf(found, view, from + 2));
    }
  }
  return { samples, counts, skipped };
}

function mustBegin(bytes: Uint8Array): void {
  if (bytes.length < headerBytes || !magic.every((byte, i) => bytes[i] === byte))
    throw new Fault('protocol', 'not a ULog file: it does not begin with its mark');
}

/** The shortest body of the messages that we read. */
const leastBytes: Readonly<Record<string, number>> = { F: 3, A: 4, D: 2 };

/** Formats, subscriptions and data, in order, and how many bytes were no message of any kind. */
function piecesOf(bytes: Uint8Array, view: DataView): { readonly pieces: readonly Piece[]; readonly skipped: number } {
  const pieces: Piece[] = [];
  let skipped = 0;
  let at = headerBytes;
  while (at + 3 <= bytes.length) {
    const [from, to] = [at + 3, at + 3 + view.getUint16(at, true)];
    const type = bytes[at + 2] ?? 0;
    const isMessage = types.has(type) && to <= bytes.length;
    const next = isMessage ? to : afterSync(bytes, at + 1);
    const kind = String.fromCharCode(type);
    if (!isMessage) skipped += next - at;
    else if (to - from >= (leastBytes[kind] ?? Number.POSITIVE_INFINITY)) pieces.push({ kind, from, to });
    at = next;
  }
  return { pieces, skipped: skipped + (bytes.length - at) };
}

function subscriptionOf(body: Uint8Array, formats: ReadonlyMap<string, Format>): Subscription | null {
  const topic = textOf(body.subarray(3));
  const plan = planOf(formats, topic);
  return plan === null ? null : { topic, instance: body[0] ?? 0, plan };
}

function sampleOf({ topic, instance, plan }: Subscription, view: DataView, from: number): Sample {
  const values: Record<string, number | readonly number[]> = {};
  let timeUs = 0;
  for (const { name, offset, length, read, bytes } of plan.fields) {
    const one = (i: number): number => read(view, from + offset + i * bytes);
    if (name === 'timestamp') timeUs = one(0);
    else values[name] = length === null ? one(0) : Array.from({ length }, (_, i) => one(i));
  }
  return { topic, instance, timeUs, values };
}

/** Behind the next sync message from `at` on; the end where there is none. */
function afterSync(bytes: Uint8Array, at: number): number {
  for (let i = bytes.indexOf(syncBody[0] ?? 0, at); i >= 0; i = bytes.indexOf(syncBody[0] ?? 0, i + 1))
    if (syncBody.every((byte, k) => bytes[i + k] === byte)) return i + syncBody.length;
  return bytes.length;
}

const textOf = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
