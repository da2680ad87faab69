/** Shapes of the messages beside the envelopes. Loose like those. */
import * as z from 'zod';
import { streams } from '../values/envelope.ts';
import { name, stamp } from './envelope.ts';
import { maxPayloadBytes, parseWire } from './parse.ts';

/** Sequence numbers that one receipt lists at the most; a `through` is lowered until they fit. */
export const maxMissing = 1000;

const seq = z.int().min(1);
const spool = z.string().min(1).max(64);
/** Random for each connection: tells the last will of a connection from the word of the next one in the same boot. */
const session = z.string().max(64).optional();

/** The ledger's word to a box: everything of the stream up to `through` is committed, but what is `missing`. */
const receipt = z.looseObject({
  v: z.literal(1),
  spool,
  stream: z.enum(streams),
  through: z.int().min(0),
  missing: z.array(seq).max(maxMissing).readonly(),
});
export type Receipt = Readonly<z.infer<typeof receipt>>;

/** Retained; says what the box is. */
const birth = z.looseObject({
  v: z.literal(1),
  device: name,
  site: name,
  boot: z.string().max(64),
  session,
  simulated: z.boolean(),
  version: z.string().max(64).optional(),
  where: z.looseObject({ lat: z.number().min(-90).max(90), lon: z.number().min(-180).max(180) }).nullish(),
  sensors: z.array(z.unknown()).max(256).readonly().optional(),
  at: stamp.optional(),
});
export type Birth = Readonly<z.infer<typeof birth>>;

/**
 * Retained, and the last will; `boot` is that of the birth it ends. `oldest` says for spools and streams what the box
 * still holds: everything below was settled or is gone for good, so that the ledger need not wait for it.
 */
const status = z.looseObject({
  v: z.literal(1),
  status: z.enum(['online', 'offline']),
  boot: z.string().max(64),
  session,
  oldest: z
    .array(z.looseObject({ spool, stream: z.enum(streams), seq }))
    .max(1024)
    .readonly()
    .optional(),
});
export type Status = Readonly<z.infer<typeof status>>;

/** Retained, one for each spool: the newest signed head, as the text of its `seal` envelope. */
const head = z.looseObject({ v: z.literal(1), device: name, spool, seq, envelope: z.string().max(maxPayloadBytes) });
export type HeadMessage = Readonly<z.infer<typeof head>>;

/** Each errs with Fault `protocol` that names the path. */
export const parseReceipt = (json: string): Receipt => parseWire(json, receipt);
export const parseBirth = (json: string): Birth => parseWire(json, birth);
export const parseStatus = (json: string): Status => parseWire(json, status);
export const parseHead = (json: string): HeadMessage => parseWire(json, head);
