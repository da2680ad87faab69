import * as z from 'zod';
import { sealRecord } from '../calibration/record-seal.ts';
import { readRecord, recordVersion } from '../calibration/record-shape.ts';
import { type Prover, type Standing, standing } from '../calibration/standing.ts';
import type { CalibrationRecord, Calibrations, Unsealed } from '../ports/calibrations.ts';
import { Fault } from '../ports/fault.ts';
import type { Adjustment } from '../values/calibration.ts';
import { openDurableJson } from './durable-json.lowdb.ts';

// One list a kind. Adjustments keep the name of the first version: an older program that is rolled back to still reads them.
const list = z.array(z.unknown());
const shape = z.looseObject({ calibrations: list, checks: list.default([]), bumps: list.default([]) });
const lists = { adjustment: 'calibrations', check: 'checks', bump: 'bumps' } as const;

const unsigned: Prover = { device: '', signer: null };

/**
 * Calibration records in one JSON file that a technician can read. Records are read one by one: one that was edited by hand
 * or is of a newer version is refused by name, stays in the file as it is, and what was in force before it stands.
 * A record is added to what is in the file by then, so that two processes do not overwrite each other's.
 * Errors: `add` rejects with Fault `refused` for a record that is not whole or whose name is taken; else the file system's own.
 */
export async function openCalibrations(file: string, prover: Prover = unsigned): Promise<Calibrations> {
  const { db, notes: mended } = await openDurableJson<z.infer<typeof shape>>(file, shape, {
    calibrations: [],
    checks: [],
    bumps: [],
  });
  let found = judge();
  let last: Promise<unknown> = Promise.resolve();

  function judge(): Standing {
    const each = Object.values(lists).map((name) => standing(db.data[name], prover));
    return {
      records: each.flatMap(({ records }) => records),
      refused: each.flatMap(({ refused }) => refused),
      unproved: each.flatMap(({ unproved }) => unproved),
    };
  }

  const turn = <T>(work: () => Promise<T>): Promise<T> => {
    const next = last.then(work, work);
    last = next;
    return next;
  };

  const write = async <R extends Unsealed>(record: R): Promise<R & Pick<CalibrationRecord, 'seal'>> => {
    await db.read();
    const { device, signer } = prover;
    // As it will be read back: fields that are undefined are none.
    const plain = JSON.parse(JSON.stringify({ ...record, version: recordVersion })) as R;
    const whole = { ...plain, seal: signer ? sealRecord(plain, device, signer) : null };
    const { why } = readRecord(whole);
    if (why !== null) throw new Fault('refused', `${file}: record ${record.id}: ${why}; nothing was changed`);
    const all = db.data[lists[record.record]];
    if (all.some((one) => (one as { readonly id?: unknown } | null)?.id === record.id))
      throw new Fault('refused', `${file}: there is a record ${record.id} already; nothing was changed`);
    all.push(whole);
    await db.write();
    found = judge();
    return whole;
  };

  return {
    notes: mended,
    get refused() {
      return found.refused;
    },
    get unproved() {
      return found.unproved;
    },
    all: () => found.records,
    inForce: (sensor, serial, quantity) =>
      found.records.findLast(
        (one): one is Adjustment =>
          one.record === 'adjustment' && one.sensor === sensor && one.serial === serial && one.quantity === quantity,
      ) ?? null,
    add: (record) => turn(() => write(record)),
    reload: () =>
      turn(async () => {
        const before = JSON.stringify(db.data);
        await db.read();
        found = judge();
        return JSON.stringify(db.data) !== before;
      }),
  };
}
