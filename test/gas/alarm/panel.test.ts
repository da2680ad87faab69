import test from 'ava';
import { systemClock } from '../../../daemons/core/adapters/clock.system.ts';
import { connectGpioTcp } from '../../../daemons/core/adapters/gpio.tcp.ts';
import type { Clock } from '../../../daemons/core/ports/clock.ts';
import type { Stamp } from '../../../daemons/core/values/stamp.ts';
import { localAlarm } from '../../../daemons/gas/alarm/local-alarm.ts';
import { alarmPanel } from '../../../daemons/gas/alarm/panel.ts';
import { type CrewState, crew } from '../../../daemons/gas/crew/crew.ts';
import { alarmPanelLines, panelSection } from '../../support/alarm-panel.ts';
import { stampAt } from '../../support/readings.ts';

const well = { sounder: false, beacon: false, relayEnergised: true };
const alarmed = { sounder: true, beacon: true, relayEnergised: false };
const addressOf = (tcp: string) => ({ host: '127.0.0.1', port: Number(tcp.split(':')[1]) });

test('outputs are set and read back; one that is held from outside is told once, and once when it is well', async (t) => {
  const lines = await alarmPanelLines();
  const gpio = connectGpioTcp(addressOf(lines.tcp), systemClock());
  t.teardown(async () => {
    await gpio.close();
    lines.close();
  });
  const told: [string, string | null][] = [];
  const panel = alarmPanel(panelSection, gpio, (output, fault) => told.push([output, fault]));
  await panel.drive(well);
  t.is(lines.shows(), '--R');
  lines.hold('RELAY', true);
  await panel.drive(alarmed);
  await panel.drive(alarmed);
  t.is(lines.shows(), 'SBR');
  t.deepEqual(panel.faults(), { relay: 'was set off and reads on' });
  lines.hold('RELAY', null);
  await panel.drive(alarmed);
  t.is(lines.shows(), 'SB-');
  t.deepEqual(told, [
    ['relay', 'was set off and reads on'],
    ['relay', null],
  ]);
  await panel.close();
  t.is(lines.shows(), '---');
});

test('a line that nothing has is at fault by its name, and the others go on', async (t) => {
  const lines = await alarmPanelLines();
  const gpio = connectGpioTcp(addressOf(lines.tcp), systemClock());
  t.teardown(async () => {
    await gpio.close();
    lines.close();
  });
  const told: string[] = [];
  const section = { ...panelSection, sounder: { line: { name: 'SIREN' }, activeLow: false } };
  const panel = alarmPanel(section, gpio, (output, fault) => told.push(`${output}: ${fault}`));
  await panel.drive(alarmed);
  t.is(lines.shows(), '-B-');
  t.regex(told.join(), /^sounder: .*no line "SIREN"; there are SOUNDER, BEACON, RELAY$/);
  await panel.close();
});

test('an output that is active low is off when its line is high', async (t) => {
  const lines = await alarmPanelLines();
  const gpio = connectGpioTcp(addressOf(lines.tcp), systemClock());
  t.teardown(async () => {
    await gpio.close();
    lines.close();
  });
  const section = { ...panelSection, beacon: { line: { name: 'BEACON' }, activeLow: true } };
  const panel = alarmPanel(section, gpio, () => {});
  await panel.drive(well);
  t.is(lines.shows(), '-BR');
  await panel.drive(alarmed);
  t.is(lines.shows(), 'S--');
  await panel.close();
});

test('a gas that is silent, or in a technician hands, lets the relay fall and says so; a value brings it back', async (t) => {
  const lines = await alarmPanelLines();
  const gpio = connectGpioTcp(addressOf(lines.tcp), systemClock());
  t.teardown(async () => {
    await gpio.close();
    lines.close();
  });
  let now: Stamp = stampAt(0);
  const clock: Clock = { now: () => now, sleep: () => Promise.resolve() };
  const limit = { quantity: 'ammonia', unit: 'ppm', a1: 25, stelShare: 0.75, source: 'a test of this' };
  const step = crew({ device: 'post-1', where: null, heldEveryMs: 5000, limits: [limit] });
  let state: CrewState = {};
  const measured = (tS: number, value: number | null, inhibited = false): void => {
    now = stampAt(tS);
    const flags = inhibited ? (['inhibited'] as const) : [];
    const one = { sensor: 'nh3', quantity: 'ammonia', at: now, value, unit: 'ppm', u: null, flags, calibration: null };
    [state] = step(state, one);
  };
  const told: string[] = [];
  const alarm = localAlarm({
    section: panelSection,
    safety: { silentS: 30, limits: [limit] },
    gpio,
    clock,
    crew: () => state,
    tell: ({ type }) => told.push(type),
  });
  await alarm.drive();
  t.is(lines.shows(), '-B-');
  measured(1, 2);
  await alarm.drive();
  t.is(lines.shows(), '--R');
  for (let i = 2; i < 40; i++) measured(i, 60, true);
  await alarm.drive();
  t.is(lines.shows(), '-B-');
  measured(41, 2);
  await alarm.drive();
  t.is(lines.shows(), '--R');
  t.deepEqual(told, ['crew-not-watched', 'crew-watched', 'crew-not-watched', 'crew-watched']);
  await alarm.close();
});
