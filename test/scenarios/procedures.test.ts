import { readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { type GasBox, gasBox } from '../support/gas-box.ts';
import { asks, quick, type Technician, technician } from '../support/technician.ts';

const target = 'nh3/ammonia';
const gases = { span: 'nh3-25', zero: 'zero-air', second: 'nh3-10' };

const recordsIn = ({ state }: GasBox): Record<string, { id: string; replaces?: string }[]> =>
  JSON.parse(readFileSync(path.join(state, 'calibrations.json'), 'utf8'));

/** Answers each question of an adjustment with the gas that it asks for, up to a stage. */
async function goTo(box: GasBox, one: Technician, last: string): Promise<void> {
  const ppm: Readonly<Record<string, number | null>> = {
    flow: null,
    leak: null,
    'as-found-zero': 0,
    'as-found-span': 25,
    'adjust-zero': 0,
    'adjust-span': 25,
    'as-left': 10,
  };
  for (const [stage, gas] of Object.entries(ppm)) {
    await one.until(asks(stage));
    if (stage === last) return;
    await box.connect('modbus-tcp', gas === null ? null : { ammonia: gas });
    one.ask({ ask: 'next' });
  }
}

test.serial('an adjustment is driven to its end, and the daemon measures with it from then on', async (t) => {
  t.timeout(180_000);
  const box = await gasBox(t, quick);
  const one = await technician(t, box);
  one.ask({ ask: 'begin', target, kind: 'adjustment', by: 'tech-7', ...gases });
  await goTo(box, one, '');
  const { running } = await one.until((view) => view.running?.ending !== null && view.running !== null);
  t.is(running?.ending?.result, 'adjusted', JSON.stringify(running));
  await box.connect('modbus-tcp', null);
  await one.until((view) => !view.inhibited);

  const { calibrations } = recordsIn(box);
  t.is(calibrations?.length, 3);
  const record = calibrations?.at(-1);
  t.is(record?.replaces, 'nh3-ammonia-simulated');
  const began = await box.until(({ events }) => events.find(({ type }) => type === 'channel-inhibited'));
  t.is(began.detail.by, 'tech-7');
  const ended = await box.until(({ events }) => events.find(({ type }) => type === 'procedure-ended'));
  t.is(ended.detail.result, 'adjusted');
  const released = await box.until(({ events }) => events.find(({ type }) => type === 'inhibition-ended'));
  const since = await box.fault('winsen', 'none');
  const measured = await box.until(
    ({ measurements }) =>
      measurements.find(({ quantity, calibration }) => quantity === 'ammonia' && calibration === record?.id),
    since,
  );
  t.false(measured.flags.includes('inhibited'));
  // While it went on the gas was kept and flagged, and no alert came of it.
  const { readings, alerts } = await box.fault('winsen', 'none');
  const on = readings.filter(({ sensor, value }) => sensor === 'nh3' && (value ?? 0) > 20);
  t.true(on.length > 0 && on.every(({ flags }) => flags.includes('inhibited')));
  const during = alerts.filter(({ at }) => at.monoNs > began.at.monoNs && at.monoNs < released.at.monoNs);
  t.deepEqual(
    during.filter(({ kind }) => kind === 'ammonia'),
    [],
  );
});

test.serial('a failed bump is a record, and changes nothing that is in force', async (t) => {
  t.timeout(120_000);
  const box = await gasBox(t, quick);
  const one = await technician(t, box);
  one.ask({ ask: 'begin', target, kind: 'bump', by: 'tech-7', span: 'nh3-25' });
  await one.until(asks('exposure'));
  // The valve was never opened.
  await box.connect('modbus-tcp', { ammonia: 0 });
  one.ask({ ask: 'next' });
  await one.until(asks('recovery'));
  await box.connect('modbus-tcp', null);
  one.ask({ ask: 'next' });
  const { running } = await one.until((view) => view.running?.over === true);
  t.is(running?.ending?.result, 'failed');
  t.is(running?.ending?.reason, 'no-gas');
  const { bumps, calibrations } = recordsIn(box);
  t.is(bumps?.length, 1);
  t.is(calibrations?.length, 2);
});

test.serial('an abort in mid-span purges the line, and the previous calibration stands', async (t) => {
  t.timeout(120_000);
  const box = await gasBox(t, quick);
  const one = await technician(t, box);
  one.ask({ ask: 'begin', target, kind: 'adjustment', by: 'tech-7', ...gases });
  await goTo(box, one, 'adjust-span');
  await box.connect('modbus-tcp', { ammonia: 25 });
  one.ask({ ask: 'next' });
  one.ask({ ask: 'abort' });
  const aborted = await one.until((view) => view.running?.ending !== null);
  t.is(aborted.running?.ending?.reason, 'by-technician');
  t.true(aborted.inhibited);
  await box.connect('modbus-tcp', null);
  await one.until((view) => !view.inhibited);
  t.is(recordsIn(box).calibrations?.length, 2);
});

test.serial(
  'a technician who is lost in mid-span aborts it after the grace; whoever comes in time goes on',
  async (t) => {
    t.timeout(120_000);
    const box = await gasBox(t, quick);
    const first = await technician(t, box);
    first.ask({ ask: 'begin', target, kind: 'adjustment', by: 'tech-7', ...gases });
    await goTo(box, first, 'as-found-span');
    const procedure = first.view?.running?.id ?? '';
    await box.connect('modbus-tcp', { ammonia: 25 });
    first.ask({ ask: 'next' });
    first.hangUp();
    const second = await technician(t, box);
    second.ask({ ask: 'watch', target });
    const lost = await second.until((view) => view.running?.lost === true);
    t.false(lost.running?.mine);
    second.ask({ ask: 'next' });
    t.regex((await second.next('refused')).message, /another client drives/);
    second.ask({ ask: 'resume', target, procedure });
    await second.until(asks('adjust-zero'));
    second.hangUp();
    const third = await technician(t, box);
    third.ask({ ask: 'watch', target });
    const { running } = await third.until((view) => view.running?.ending != null);
    t.is(running?.ending?.reason, 'connection-lost');
    await box.connect('modbus-tcp', null);
    await third.until((view) => !view.inhibited);
    t.is(recordsIn(box).calibrations?.length, 2);
  },
);

test.serial(
  'a daemon that is killed in mid-procedure leaves the channel inhibited until its time is over',
  async (t) => {
    t.timeout(120_000);
    const short = (value: Record<string, unknown>): Record<string, unknown> => {
      const whole = quick.profile(value) as { gas: { procedures: object } };
      return { ...whole, gas: { ...whole.gas, procedures: { ...whole.gas.procedures, hardTimeoutS: 25 } } };
    };
    const box = await gasBox(t, { ...quick, profile: short });
    const one = await technician(t, box);
    one.ask({ ask: 'begin', target, kind: 'adjustment', by: 'tech-7', ...gases });
    await goTo(box, one, 'as-found-span');
    await box.connect('modbus-tcp', { ammonia: 25 });
    one.ask({ ask: 'next' });
    await one.until(({ running }) => running?.phase === 'run');
    const killed = await box.restart('SIGKILL');
    const said = await box.until(({ events }) => events.find(({ type }) => type === 'procedure-interrupted'), killed);
    t.regex(said.message, /the calibration in force stands/);
    await box.connect('modbus-tcp', null);
    const ended = await box.until(({ events }) => events.find(({ type }) => type === 'inhibition-ended'), killed);
    t.regex(ended.message, /its time was over/);
    const { readings } = await box.fault('winsen', 'none');
    const ofNh3 = readings.slice(killed.readings.length).filter(({ sensor }) => sensor === 'nh3');
    t.true(ofNh3.some(({ flags }) => flags.includes('inhibited')));
    t.is(recordsIn(box).calibrations?.length, 2);
  },
);

test.serial('an expired gas is refused without a reason, and nitrogen stays with those who need it', async (t) => {
  t.timeout(60_000);
  const box = await gasBox(t, quick);
  const one = await technician(t, box);
  one.ask({ ask: 'begin', target, kind: 'check', by: 'tech-7', span: 'nh3-old' });
  t.regex((await one.next('refused')).message, /expired on 2020-01-31; use another, or state the reason/);
  one.ask({ ask: 'begin', target, kind: 'check', by: 'tech-7', span: 'nh3-old', reason: 'the only one in the valley' });
  const began = await box.until(({ events }) => events.find(({ type }) => type === 'channel-inhibited'));
  t.is(began.detail.reason, 'the only one in the valley');
});
