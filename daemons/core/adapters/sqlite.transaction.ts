import type { DatabaseSync } from 'node:sqlite';
import { faultOf } from './spool.sqlite.fault.ts';

/**
 * Runs work as one transaction of `db`, which is `file`. What the disk refuses is a Fault that ends with `consequence`; whatever fails,
 * nothing of the work stays.
 */
export const transactionsOf =
  (db: DatabaseSync, file: string, consequence: string) =>
  <T>(work: () => T): T => {
    try {
      db.exec('BEGIN IMMEDIATE');
      const result = work();
      db.exec('COMMIT');
      return result;
    } catch (error) {
      if (db.isTransaction) db.exec('ROLLBACK');
      throw faultOf(error, file, consequence) ?? error;
    }
  };
