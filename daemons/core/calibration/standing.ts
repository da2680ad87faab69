/** Which records of a file stand: each is read and its signature is proved. One that is wrong is refused by name, and nothing else falls with it. */
import type { Signer } from '../evidence/seal.ts';
import type { CalibrationRecord, RefusedRecord } from '../ports/calibrations.ts';
import { isSealOf } from './record-seal.ts';
import { readRecord } from './record-shape.ts';

/** Who proves records here; null on a box without a key, which can only take them as they are. */
export interface Prover {
  readonly device: string;
  readonly signer: Signer | null;
}

export interface Standing {
  readonly records: readonly CalibrationRecord[];
  readonly refused: readonly RefusedRecord[];
  /** Records that stand although nothing proves them, by id. */
  readonly unproved: readonly string[];
}

const nameOf = (value: unknown, place: number): string => {
  const id = (value as { readonly id?: unknown } | null)?.id;
  return typeof id === 'string' && id !== '' ? id.slice(0, 128) : `number ${place + 1}`;
};

/**
 * `values` is one list of the file in its order. A record that this box signed must fit its signature. One that it did not
 * sign (made before the box had this key) stands, told as unproved, unless a signed one comes before it: from then on the box
 * signs everything, so an unsigned one was put in by hand.
 */
export function standing(values: readonly unknown[], { device, signer }: Prover): Standing {
  const records: CalibrationRecord[] = [];
  const refused: RefusedRecord[] = [];
  const unproved: string[] = [];
  const ids = new Set<string>();
  let signs = false;

  for (const [place, value] of values.entries()) {
    const { record, why } = readRecord(value);
    const wrong = record === null ? why : faultOf(record, value);
    if (record === null || wrong !== null) refused.push({ id: nameOf(value, place), why: wrong ?? '' });
    else {
      ids.add(record.id);
      records.push(record);
    }
  }
  return { records, refused, unproved };

  function faultOf(record: CalibrationRecord, value: unknown): string | null {
    if (ids.has(record.id)) return 'another record of this name comes before it; a record is replaced, never repeated';
    if (signer === null) return null;
    const { seal } = record;
    if (seal?.key === signer.key) {
      signs = true;
      return isSealOf(seal, value as object, device, signer)
        ? null
        : 'does not fit its signature: it was changed after it was made';
    }
    if (signs) return `is not signed by this box (key ${signer.key.slice(0, 8)}), which signed a record before it`;
    unproved.push(record.id);
    return null;
  }
}
