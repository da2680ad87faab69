import test from 'ava';
import { board as boardShape } from '../../daemons/core/config/box.ts';
import type { CalibrationRecord, Unsealed } from '../../daemons/core/ports/calibrations.ts';
import type { Alert } from '../../daemons/core/values/alert.ts';
import type { BoxEvent } from '../../daemons/core/values/envelope.ts';
import { openAftermath } from '../../daemons/gas/aftermath.ts';
import type { AlertState } from '../../daemons/gas/alert.ts';
import { sampleAlert, stampAt } from '../support/alerts.ts';
import { adjustmentOf, bumpOf, checkOf } from '../support/calibration-records.ts';

const boardWith = (serial: string) =>
  boardShape.parse({
    board: 'b',
    ports: { i2c: { main: { bus: 1 } } },
    sensors: [{ id: 'nh3', part: 'modbus', serial, port: 'main' }],
    quantities: [{ quantity: 'ammonia', unit: 'ppm', channel: 'nh3/ammonia' }],
  });

/** A box's records and the state that its spool holds, over restarts. */
function aBox() {
  const state = new Map<string, unknown>();
  let records: readonly CalibrationRecord[] = [];
  const start = (serial = 'SN-1') =>
    openAftermath({
      board: boardWith(serial),
      calibrations: {
        all: () => records,
        inForce: (sensor, number) =>
          records.findLast(
            (one) => one.record === 'adjustment' && one.sensor === sensor && one.serial === number,
          ) as never,
      },
      spool: { recall: async (key) => state.get(key) },
    });
  return {
    start,
    make: (record: Unsealed) => {
      records = [...records, { ...record, seal: null } as CalibrationRecord];
    },
    commit: (news: Readonly<Record<string, unknown>> | undefined) => {
      for (const [key, value] of Object.entries(news ?? {}))
        if (value === undefined) state.delete(key);
        else state.set(key, JSON.parse(JSON.stringify(value)));
    },
  };
}

const at = stampAt(1_790_000_000_000);
const raised = (id: string): Alert => {
  const one = sampleAlert(id);
  const evidence = one.because.evidence.slice(0, 1).map((row) => ({ ...row, sensor: 'nh3' }));
  return { ...one, because: { ...one.because, evidence } };
};
const open: AlertState = { ammonia: { id: 'a', rev: 1, since: at, peak: 1, saidMs: 0 } };

test('at the first start nothing is told of what was made before, and it is remembered', async (t) => {
  const box = aBox();
  box.make(checkOf('old', { verdict: 'failed', reasons: ['weak'] }));
  const answer = (await box.start()).answer({}, at);
  t.deepEqual([answer?.said, answer?.items], [[], []]);
  box.commit(answer?.state);
  t.is((await box.start()).answer({}, at), null);
});

test('a failed check marks alerts, the open one too, in one commit with its event', async (t) => {
  const box = aBox();
  const life = await box.start();
  box.commit(life.answer({}, at)?.state);
  box.commit(life.look({ alerts: [raised('a'), raised('b')] }, []));
  box.make(checkOf('check', { verdict: 'failed', reasons: ['weak'] }));
  const answer = life.answer(open, at);
  t.deepEqual(
    answer?.items.map(({ stream, body }) => [stream, (body as BoxEvent).type ?? (body as Alert).rev]),
    [
      ['event', 'check-failed'],
      ['alert', 2],
      ['alert', 2],
    ],
  );
  t.like(answer?.open.ammonia, { rev: 2, marks: ['check-failed'] });
  t.is(life.answer(open, at), null);
});

test('a daemon that ended between a record and its answer answers it at the next start, once', async (t) => {
  const box = aBox();
  const first = await box.start();
  box.commit(first.answer({}, at)?.state);
  box.commit(first.look({ alerts: [raised('a')] }, []));
  box.make(checkOf('check', { verdict: 'failed', reasons: ['weak'] }));
  const answer = (await box.start()).answer({}, at);
  t.is(answer?.said[0]?.type, 'check-failed');
  box.commit(answer?.state);
  t.is((await box.start()).answer({}, at), null);
});

test('a swap of a part, another record and a restart: told when readings mean something else, and only then', async (t) => {
  const box = aBox();
  box.make(adjustmentOf('one'));
  box.commit((await box.start()).answer({}, at)?.state);
  t.is((await box.start()).answer({}, at), null, 'a restart');
  const swapped = (await box.start('SN-2')).answer({}, at);
  t.deepEqual(
    swapped?.said.map(({ type }) => type),
    ['calibration-changed'],
  );
  t.regex(swapped?.said[0]?.message ?? '', /the part is modbus SN-2, it was modbus SN-1, its calibration is none/);
  box.commit(swapped?.state);
  const life = await box.start('SN-2');
  box.make(adjustmentOf('two', { serial: 'SN-2' }));
  t.deepEqual(
    life.answer({}, at)?.said.map(({ type }) => type),
    ['calibration-changed', 'adjustment-made'],
  );
  box.make(bumpOf('bump', { serial: 'SN-2' }));
  t.deepEqual(
    life.answer({}, at)?.said.map(({ type }) => type),
    ['bump-made'],
  );
});
