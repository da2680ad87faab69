import test from 'ava';
import { calibrationsOf } from '../../daemons/console/calibrations.ts';
import type { Archive, Filed } from '../../daemons/core/ports/archive.ts';
import { envelopeText } from '../../daemons/core/ports/spool.ts';
import { noHash } from '../../daemons/core/values/envelope.ts';
import { stampAt } from '../support/alerts.ts';

const filed = (seq: number, detail: unknown): Filed => {
  const at = stampAt(1_700_000_000_000 + seq);
  const body = { at, type: 'calibration-in-force', severity: 'info', message: 'a calibration in force', detail };
  const head = {
    v: 1,
    device: 'post-7',
    spool: 's',
    stream: 'event',
    seq,
    at,
    prev: noHash,
    salt: '0'.repeat(32),
  } as const;
  return {
    device: 'post-7',
    spool: 's',
    stream: 'event',
    seq,
    text: envelopeText({ ...head, body } as never),
  } as Filed;
};
const record = (id: string, atMs: number) => ({
  sha256: 'x',
  record: { id, quantity: 'ammonia', atMs, validUntilMs: atMs + 9 },
});
const archive = (all: readonly Filed[]): Archive => ({ ...({} as Archive), events: async () => all });

test('calibrations are told newest first, and what is none is passed over', async (t) => {
  const all = [filed(1, record('old', 1000)), filed(2, { record: { id: 7 } }), filed(3, record('new', 2000))];
  const told = await calibrationsOf(archive(all), 'post-7');
  t.deepEqual(told, [
    { id: 'new', quantity: 'ammonia', atMs: 2000, validUntilMs: 2009 },
    { id: 'old', quantity: 'ammonia', atMs: 1000, validUntilMs: 1009 },
  ]);
});
