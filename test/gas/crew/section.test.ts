import path from 'node:path';
import test from 'ava';
import { loadBox } from '../../../daemons/core/config/box.ts';
import { parseValue } from '../../../daemons/core/config/parse.ts';
import { gasSection } from '../../../daemons/gas/config.ts';
import { checkSafety, safetySection } from '../../../daemons/gas/crew/section.ts';
import { panelSection } from '../../support/alarm-panel.ts';

const { board, profile, files } = loadBox(path.join(import.meta.dirname, '../../../firmware-configs'), 'post-1');
const limit = { quantity: 'ammonia', unit: 'ppm', a1: 25, source: 'a test of this' };
const section = (...limits: object[]) => parseValue('safety', { limits }, safetySection);

test('limits must be of a quantity of the board, in its unit, once', (t) => {
  t.throws(() => checkSafety(section({ ...limit, quantity: 'chlorine' }), board, files), {
    message: /gas-vapour\.yaml gas\.safety\.limits\.0\.quantity: "chlorine" is not on the board; known: ammonia, /,
  });
  t.throws(() => checkSafety(section({ ...limit, unit: 'mg/m3' }), board, files), {
    message: /limits\.0\.unit: is mg\/m3; "ammonia" is in ppm on this board/,
  });
  t.throws(() => checkSafety(section(limit, limit), board, files), { message: /limits\.1\.quantity: .* there twice/ });
  t.notThrows(() => checkSafety(section(limit), board, files));
});

test('a board with an alarm and a profile without limits is refused: its relay would say that all is well', (t) => {
  const withAlarm = { ...board, alarm: { ...panelSection } } as unknown as typeof board;
  t.throws(() => checkSafety(section(), withAlarm, files), { message: /is empty, and .* has an alarm; its relay/ });
});

test('a limit has a source, a level at least, and A2 above A1', (t) => {
  t.throws(() => section({ ...limit, source: undefined }), { message: /source/ });
  t.throws(() => section({ ...limit, a1: undefined }), { message: /must have a1, a2 or stel/ });
  t.throws(() => section({ ...limit, a2: 20 }), { message: /a2: is 20; must be above a1/ });
});

test('a rule of a profile is evidence: the crew is not guarded by what ends by itself', (t) => {
  const rules = [{ kind: 'x', family: 'safety', severity: 'critical', score: { quantity: 'ammonia' }, on: 2, off: 1 }];
  t.throws(() => parseValue('gas', { ...profile.gas, rules }, gasSection), {
    message: /rules\.0\.family: is "safety"; must be "evidence": .*under gas\.safety/,
  });
});
