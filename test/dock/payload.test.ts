import test from 'ava';
import type { CalibrationRecord } from '../../daemons/core/ports/calibrations.ts';
import { payloadAgeH } from '../../daemons/dock/payload.ts';

const hour = 3_600_000;
const now = Date.UTC(2026, 0, 10);
const record = (
  kind: CalibrationRecord['record'],
  hoursAgo: number,
  part: { readonly serial?: string; readonly quantity?: string; readonly verdict?: 'passed' | 'failed' } = {},
): CalibrationRecord =>
  ({
    ...{ record: kind, serial: 'S1', quantity: 'ammonia', atMs: now - hoursAgo * hour },
    ...(kind === 'adjustment' ? {} : { verdict: 'passed' }),
    ...part,
  }) as CalibrationRecord;
const age = (records: readonly CalibrationRecord[], serials: readonly string[] = ['S1']) =>
  payloadAgeH(records, serials, now);

test('the newest good record counts, whatever its kind', (t) => {
  t.is(age([record('adjustment', 100), record('bump', 3)]), 3);
  t.is(age([record('check', 7), record('adjustment', 50)]), 7);
});

test('a payload is as old as the part and the gas that was checked longest ago', (t) => {
  t.is(age([record('bump', 3), record('bump', 20, { serial: 'S2' })], ['S1', 'S2']), 20);
  t.is(age([record('bump', 3), record('bump', 9, { quantity: 'phosphine' })]), 9);
});

test('a part without a record, a newest record that failed, one of a time to come, or no part named: not known', (t) => {
  t.is(age([record('bump', 3)], ['S1', 'S2']), null);
  t.is(age([record('bump', 9), record('bump', 3, { verdict: 'failed' })]), null);
  t.is(age([record('bump', 9), record('check', 3, { quantity: 'phosphine', verdict: 'failed' })]), null);
  t.is(age([record('bump', -1)]), null);
  t.is(age([record('bump', 3)], []), null);
});
