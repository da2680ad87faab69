import test from 'ava';
import { outward } from '../../daemons/core/desk/outward.ts';
import type { AlertRecord } from '../../daemons/core/ports/records.ts';
import type { Alert } from '../../daemons/core/values/alert.ts';
import type { Desk } from '../../daemons/core/values/desk.ts';
import { deliveryIn, dispatchConfig } from '../../daemons/dispatch/config.ts';
import { sampleAlert } from '../support/alerts.ts';

const nobody: Desk = {
  ...{ assigned: null, resolved: null, escalated: null, accepted: null, muted: null, shelved: null, duplicateOf: null },
  ...{ duplicates: [], dwelling: null, drill: false, notes: 0, acts: 1 },
};
const by = { by: 'op-1', atMs: 5, text: '' };
const recordOf = (news: Partial<Alert> = {}, desk?: Partial<Desk>, acknowledged = false): AlertRecord => ({
  ...{ site: 'north', device: 'post-7', raisedMs: 0, changedMs: 0, alert: sampleAlert('a', news) },
  acknowledged: acknowledged ? { by: 'op-1', atMs: 5 } : null,
  ...(desk ? { desk: { ...nobody, ...desk } } : {}),
});
const wanted = { layered: false, severities: ['warning', 'critical'] };
const far = (record: AlertRecord, more: object = {}) => outward(record, { ...wanted, ...more }, 1000);

test('what is open goes out; what is over, resolved, put aside or told twice is taken back', (t) => {
  t.is(far(recordOf()), 'show');
  t.is(far(recordOf({}, undefined, true)), 'show', 'acknowledging takes nothing back');
  t.is(far(recordOf({ condition: 'cleared' })), 'show', 'clearing acknowledges nothing: somebody may be on the way');
  t.is(far(recordOf({ condition: 'cleared' }, undefined, true)), 'erase');
  t.is(far(recordOf({}, { resolved: { ...by, outcome: 'found' } })), 'erase');
  t.is(far(recordOf({}, { duplicateOf: 'b' })), 'erase');
  const shelved = { by: 'op-1', reason: 'works', untilMs: 2000 };
  t.is(far(recordOf({}, { shelved })), 'erase');
  t.is(far(recordOf({}, { shelved: { ...shelved, untilMs: 999 } })), 'show');
});

test('what touches a dwelling, or was not held against the layer yet, leaves with a supervisor alone; danger to the crew leaves at once', (t) => {
  const layered = { layered: true };
  t.is(far(recordOf(), layered), 'erase');
  const clear = { touches: [], rev: 1, corroborated: null, released: null };
  t.is(far(recordOf({}, { dwelling: clear }), layered), 'show');
  t.is(far(recordOf({}, { dwelling: { ...clear, touches: ['h1'], corroborated: by } }), layered), 'erase');
  t.is(far(recordOf({}, { dwelling: { ...clear, touches: ['h1'], corroborated: by, released: by } }), layered), 'show');
  t.is(far(recordOf({ family: 'safety' }), layered), 'show');
});

test('sites and severities that do not go this way are left alone', (t) => {
  t.is(far(recordOf(), { sites: ['south'] }), 'silent');
  t.is(far(recordOf({ severity: 'info' })), 'silent');
});

test('a way out that would carry places in the clear, or grow old before it is said again, is refused by name', (t) => {
  const parsed = (tak: object) => dispatchConfig.parse({ tak: [{ name: 'a', host: 'tak.example', ...tak }] });
  const why = (tak: object) => t.throws(() => deliveryIn(parsed(tak), 'dispatch.yaml'))?.message ?? '';
  t.regex(why({}), /dispatch\.yaml tak\.0\.identity is missing; must be a folder with a certificate/);
  t.regex(why({ identity: '/x', freshS: 100, refreshS: 100 }), /tak\.0\.refreshS is 100; must be below freshS/);
  t.throws(() => deliveryIn(dispatchConfig.parse({}), 'dispatch.yaml'), { message: /names no way out/ });
  t.notThrows(() => deliveryIn(parsed({ host: '127.0.0.1' }), 'dispatch.yaml'));
});
