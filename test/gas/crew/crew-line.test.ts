import test from 'ava';
import fc from 'fast-check';
import type { Measurement } from '../../../daemons/core/values/measurement.ts';
import { parseEnvelope } from '../../../daemons/core/wire/envelope.ts';
import { alarmStatus } from '../../../daemons/gas/alarm/local-alarm.ts';
import { type CrewState, countedValue, crewRevised } from '../../../daemons/gas/crew/crew.ts';
import { commandOf, crewLine } from '../../../daemons/gas/crew/crew-line.ts';
import { thawCrew } from '../../../daemons/gas/crew/frozen.ts';
import { safetySection } from '../../../daemons/gas/crew/section.ts';
import { stampAt } from '../../support/readings.ts';

const limit = {
  quantity: 'ammonia',
  unit: 'ppm',
  a1: 25,
  a2: 50,
  stel: 35,
  stelShare: 0.75,
  source: 'NIOSH Pocket Guide 2005-149, ammonia',
};
const line = crewLine({ device: 'post-1', where: null, heldEveryMs: 5000, limits: [limit] });
const ammonia = (tS: number, value: number | null, flags: Measurement['flags'] = []): Measurement => ({
  sensor: 'nh3',
  quantity: 'ammonia',
  at: stampAt(tS),
  value,
  unit: 'ppm',
  u: 1,
  flags,
  calibration: 'c-1',
});
const look = (measurements: readonly Measurement[], from: CrewState = {}) => line.look(from, measurements);
const place = { run: 'run', first: 7 };
const reset = (tS: number) => ({ is: 'reset' as const, at: stampAt(tS), by: 't-17' });

test('the limit of detection goes with the value into the alert, and through a restart', (t) => {
  const below = { ...ammonia(2, -0.4), lod: 0.5 };
  const { state } = look([ammonia(0, 30), below]);
  const thawed = thawCrew(JSON.parse(JSON.stringify(state)));
  for (const one of [state, thawed]) t.deepEqual([one.ammonia?.latest?.value, one.ammonia?.latest?.lod], [-0.4, 0.5]);
  const { alerts } = line.command(thawed, reset(13), place);
  t.is(alerts[0]?.because.evidence[0]?.lod, 0.5);
  const limits = safetySection.parse({ limits: [limit] });
  const [gas] = alarmStatus(thawed, limits, stampAt(3), null).gases;
  t.deepEqual([gas?.value, gas?.lod], [-0.4, 0.5]);
});

test('each level is an alert of its own that stays held when the gas is gone, and ends by a reset', (t) => {
  const first = look([ammonia(0, 1), ammonia(1, 30), ammonia(2, 60), ammonia(3, 1), ammonia(7, 1), ammonia(12, 1)]);
  t.deepEqual(
    first.alerts.map(({ kind, rev, condition, family, severity }) => [kind, rev, condition, family, severity]),
    [
      ['crew-a1-ammonia', 1, 'raised', 'safety', 'warning'],
      ['crew-a2-ammonia', 1, 'raised', 'safety', 'critical'],
      ['crew-a1-ammonia', 2, 'held', 'safety', 'warning'],
      ['crew-a2-ammonia', 2, 'held', 'safety', 'critical'],
      ['crew-a1-ammonia', 3, 'held', 'safety', 'warning'],
      ['crew-a2-ammonia', 3, 'held', 'safety', 'critical'],
    ],
  );
  const [a1] = first.alerts;
  t.deepEqual([a1?.because.threshold, a1?.because.score, a1?.because.evidence[0]?.calibration], [25, 30, 'c-1']);
  t.regex(a1?.because.rule ?? '', /A1 at 25 ppm \(NIOSH Pocket Guide.*latched until a person resets it/);
  const after = line.command(first.state, reset(13), place);
  t.deepEqual(
    after.alerts.map(({ id, rev, condition }) => [id === a1?.id, rev, condition]),
    [
      [true, 4, 'cleared'],
      [false, 4, 'cleared'],
    ],
  );
  t.deepEqual([after.event.type, after.event.detail.by], ['alarm-reset', 't-17']);
  t.deepEqual(look([ammonia(14, 1)], after.state).alerts, []);
});

test('a reset while gas is over a limit ends nothing of that level and says so', (t) => {
  const { state } = look([ammonia(0, 60), ammonia(1, 30)]);
  const { alerts, event } = line.command(state, reset(2), place);
  t.deepEqual(
    alerts.map(({ kind, condition }) => [kind, condition]),
    [['crew-a2-ammonia', 'cleared']],
  );
  t.is(event.type, 'alarm-reset-refused');
  t.regex(event.message, /still over its limit, .*ammonia A1; released: ammonia A2/);
});

test('a low value of a sensor that cannot know is a gap, a high one counts; gas of a technician is neither', (t) => {
  t.is(countedValue(ammonia(0, 1, ['not-measured']), limit), null);
  t.is(countedValue(ammonia(0, 60, ['not-measured']), limit), 60);
  t.is(countedValue(ammonia(0, 1, ['warming-up']), limit), null);
  t.is(countedValue(ammonia(0, 60, ['inhibited']), limit), null);
  t.is(countedValue(ammonia(0, 1, ['spike', 'uncalibrated']), limit), 1);
});

test('what a failed check put on an alert stays on it, and the line goes on with the next revision', (t) => {
  const { state, alerts } = look([ammonia(0, 60)]);
  const marked = alerts.map((one) => ({ ...one, rev: one.rev + 1 }));
  const next = look([ammonia(6, 1)], crewRevised(state, marked, 'check-failed'));
  t.deepEqual(
    next.alerts.map(({ rev, flags }) => [rev, flags]),
    [
      [3, ['check-failed']],
      [3, ['check-failed']],
    ],
  );
  t.is(crewRevised(state, [], 'check-failed'), state);
});

test('the event of a command holds the command and its place, as a replay reads them', (t) => {
  const { event } = line.command({}, { is: 'mute', at: stampAt(3), by: 't-17', untilNs: 60e9 }, place);
  const read = commandOf(JSON.parse(JSON.stringify(event)));
  t.deepEqual(read, { run: 'run', next: 7, command: { is: 'mute', at: stampAt(3), by: 't-17', untilNs: 60e9 } });
  t.is(commandOf({ type: 'health', detail: {} }), null);
});

const inputs = fc.array(fc.tuple(fc.constantFrom(null, -1, 1, 30, 60), fc.constantFrom(false, false, false, true)), {
  maxLength: 80,
});

test('state that went through JSON and back goes on the same; every alert fits the wire; ids and revisions never repeat', (t) => {
  fc.assert(
    fc.property(inputs, (list) => {
      let [state, other]: CrewState[] = [{}, {}];
      const said = new Set<string>();
      list.forEach(([value, resets], i) => {
        const one = line.look(state as CrewState, [ammonia(i * 3, value)]);
        const two = line.look(other as CrewState, [ammonia(i * 3, value)]);
        t.deepEqual(two.alerts, one.alerts);
        const after = resets ? line.command(one.state, reset(i * 3 + 1), place) : { state: one.state, alerts: [] };
        const afterTwo = resets ? line.command(two.state, reset(i * 3 + 1), place) : { state: two.state, alerts: [] };
        state = after.state;
        other = thawCrew(JSON.parse(JSON.stringify(afterTwo.state)));
        t.is(JSON.stringify(other), JSON.stringify(state));
        for (const alert of [...one.alerts, ...after.alerts]) {
          const key = `${alert.id} ${alert.rev}`;
          t.false(said.has(key), key);
          said.add(key);
          const envelope = { v: 1, device: 'post-1', spool: 's', stream: 'alert', seq: 1, at: alert.at };
          const link = { prev: '0'.repeat(64), salt: '0'.repeat(32) };
          t.notThrows(() => parseEnvelope(JSON.stringify({ ...envelope, ...link, body: alert })));
        }
      });
    }),
    { numRuns: 60 },
  );
});
