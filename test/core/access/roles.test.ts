import test from 'ava';
import { holdersOf, may, neverByToken, rights, rightsOf, roles } from '../../../daemons/core/access/roles.ts';

test('who may do what, written out once more: a change here is a decision', (t) => {
  t.deepEqual(Object.fromEntries(roles.map((role) => [role, rightsOf(role)])), {
    technician: ['devices.read'],
    patrol: ['alerts.read-own', 'alerts.acknowledge', 'help.call', 'alerts.report'],
    operator: [
      ...['alerts.read', 'alerts.acknowledge', 'alerts.handle', 'shift.hand', 'history.search', 'export.ask'],
      ...['feeds.read', 'drill.run', 'devices.read', 'devices.command'],
    ],
    supervisor: rights.filter((right) => !['alerts.read-own', 'help.call', 'alerts.report'].includes(right)),
    auditor: ['alerts.read', 'feeds.read', 'devices.read', 'audit.read'],
  } as never);
});

test('who asks for a bulk export is never alone with it: only a supervisor approves', (t) => {
  t.deepEqual(holdersOf('export.approve'), ['supervisor']);
  t.false(may('operator', 'export.approve'));
  t.true(neverByToken.includes('export.approve'));
});
