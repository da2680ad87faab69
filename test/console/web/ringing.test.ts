import test from 'ava';
import { applyNews, emptyBoard } from '../../../daemons/console/web/board.ts';
import { ringingIn } from '../../../daemons/console/web/ringing.ts';
import { untouched } from '../../../daemons/core/desk/fold.ts';
import type { AlertRecord } from '../../../daemons/core/ports/records.ts';
import type { Alert } from '../../../daemons/core/values/alert.ts';
import { sampleAlert } from '../../support/alerts.ts';

const now = 1_700_000_000_000;
const record = (id: string, news: Partial<Alert> = {}, more: Partial<AlertRecord> = {}): AlertRecord => ({
  ...{ site: 'north', device: 'post-7', raisedMs: now, changedMs: now, acknowledged: null },
  alert: sampleAlert(id, news, now),
  ...more,
});
const rings = (...alerts: readonly AlertRecord[]): number =>
  ringingIn(applyNews(emptyBoard, { alerts, devices: [] }, true), now);

test('what is critical, open and seen by nobody rings; what was muted, put aside or is a drill does not', (t) => {
  t.is(rings(record('a'), record('b')), 2);
  t.is(rings(record('warning', { severity: 'warning' }), record('over', { condition: 'cleared' })), 0);
  t.is(rings(record('seen', {}, { acknowledged: { by: 'op-1', atMs: now } })), 0);
  const by = { by: 'op-1', atMs: now };
  t.is(rings(record('muted', {}, { desk: { ...untouched, muted: { ...by, untilMs: now + 1 } } })), 0);
  t.is(rings(record('sound again', {}, { desk: { ...untouched, muted: { ...by, untilMs: now - 1 } } })), 1);
  t.is(rings(record('shelved', {}, { desk: { ...untouched, shelved: { ...by, reason: 'r', untilMs: now + 1 } } })), 0);
  t.is(rings(record('drill', {}, { desk: { ...untouched, drill: true } })), 0);
});
