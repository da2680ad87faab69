/** What a message of the broker is: read, or refused with a reason. Pure. */
import { Fault } from '../core/ports/fault.ts';
import type { Arrival, Head, Said } from '../core/ports/records.ts';
import type { Envelope } from '../core/values/envelope.ts';
import { parseEnvelope } from '../core/wire/envelope.ts';
import { parseBirth, parseHead, parseStatus } from '../core/wire/messages.ts';
import { unpacked } from '../core/wire/packed.ts';
import { parseTopic } from '../core/wire/topics.ts';

export interface Message {
  readonly topic: string;
  readonly payload: Uint8Array;
}

export type Meaning =
  | { readonly kind: 'envelope'; readonly arrival: Arrival }
  | {
      readonly kind: 'birth';
      readonly site: string;
      readonly device: string;
      readonly birth: Readonly<Record<string, unknown>>;
    }
  | { readonly kind: 'status'; readonly site: string; readonly device: string; readonly said: Said }
  | { readonly kind: 'head'; readonly head: Head };

/** Errors: Fault `protocol` that says what is wrong and where, for anything that no box of ours would have sent. */
export function read({ topic, payload }: Message, nowMs: number): Meaning {
  const parts = parseTopic(topic);
  if (!parts) throw protocol(`topic ${topic.slice(0, 200)}: must be fieldpost/v1/{site}/{device}/{kind}`);
  const { site, device, kind } = parts;
  const text = unpacked(payload);
  const speaksFor = (named: string, what: string): void => {
    if (named !== device)
      throw protocol(`${what} says ${named}, but came on ${topic}; a device speaks only for itself`);
  };
  switch (kind) {
    case 'birth': {
      const birth = parseBirth(text);
      speaksFor(birth.device, 'birth: device');
      return { kind, site, device, birth };
    }
    case 'status':
      return { kind, site, device, said: parseStatus(text) };
    case 'head': {
      const { spool, seq, envelope, device: named } = parseHead(text);
      speaksFor(named, 'head: device');
      if (!topic.endsWith(`/${spool}`)) throw protocol(`head: says spool ${spool}, but came on ${topic}`);
      const seal = parseEnvelope(envelope);
      if (seal.device !== device || seal.spool !== spool || seal.seq !== seq)
        throw protocol(`head: envelope is ${seal.device}/${seal.spool}/${seal.seq}; must be what the head says`);
      if (seal.stream !== 'event' || (seal as Envelope<'event'>).body.type !== 'seal')
        throw protocol(`head: envelope must be an event of type seal, not ${seal.stream}`);
      return { kind, head: { site, device, spool, seq, text: envelope, atMs: nowMs } };
    }
    case 'receipt':
      throw protocol(`topic ${topic}: receipts are said by the ledger, not to it`);
    case 'cmd':
      throw protocol(`topic ${topic}: commands are said by the console to a box, not to the ledger`);
    default: {
      const envelope = parseEnvelope(text);
      speaksFor(envelope.device, 'envelope: device');
      if (envelope.stream !== kind)
        throw protocol(`envelope: is of the stream ${envelope.stream}, but came on ${topic}`);
      return { kind: 'envelope', arrival: { site, text, envelope } };
    }
  }
}

const protocol = (message: string): Fault => new Fault('protocol', message);
