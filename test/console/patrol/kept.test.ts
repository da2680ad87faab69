import test from 'ava';
import { arrivedIn, isStale, keepMs } from '../../../daemons/console/patrol-web/kept.ts';
import { afterNews, newOn } from '../../../daemons/console/patrol-web/news.ts';
import type { Word } from '../../../daemons/console/patrol-web/queue.ts';
import { byUrgency, helpOf, type State } from '../../../daemons/console/patrol-web/state.ts';
import { emptyBoard } from '../../../daemons/console/web/board.ts';
import { untouched } from '../../../daemons/core/desk/fold.ts';
import { helpAlert } from '../../../daemons/core/desk/help.ts';
import type { AlertRecord } from '../../../daemons/core/ports/records.ts';
import type { Alert } from '../../../daemons/core/values/alert.ts';
import type { Desk } from '../../../daemons/core/values/desk.ts';
import { sampleAlert, stampAt } from '../../support/alerts.ts';

const nowMs = 1_800_000_000_000;
const recordOf = (id: string, news: Partial<Alert> = {}, desk: Partial<Desk> = {}): AlertRecord => ({
  ...{ site: 'north', device: 'post-7', alert: sampleAlert(id, news, nowMs), raisedMs: nowMs, changedMs: nowMs },
  ...{ acknowledged: null, desk: { ...untouched, ...desk } },
});
const boardOf = (...records: readonly AlertRecord[]) => ({
  ...emptyBoard,
  alerts: new Map(records.map((one) => [one.alert.id, one])),
});
const untold = {
  ...{ unit: 'patrol-3', sinceMs: 0, tried: [], received: null, seen: null },
  ...{ acknowledged: null, onScene: null, reported: null },
};

test('without the centre for twelve hours what is kept is over, and a clock that was set back does not keep it', (t) => {
  const contact = { wallMs: nowMs, aheadMs: 0 };
  t.false(isStale(contact, nowMs + keepMs));
  t.true(isStale(contact, nowMs + keepMs + 1));
  t.true(isStale(contact, nowMs - keepMs - 1));
  t.false(isStale(null, nowMs));
});

test('that an alert arrived is told once: not where a device of the unit did, not while it waits to be told', (t) => {
  const received = { ...untold, received: { by: 'pt-1', atMs: 1 } };
  const all = [
    recordOf('a'),
    recordOf('b', {}, { told: [received] }),
    recordOf('c', {}, { told: [untold] }),
    recordOf('d'),
  ];
  const waits = { said: { alert: 'd', deed: { what: 'received' } } } as Word;
  t.deepEqual(arrivedIn(all, 'patrol-3', [waits]), ['a', 'c']);
});

test('what the centre takes away is told of, by its kind alone; what comes back is an alert again', (t) => {
  const before = { board: boardOf(recordOf('a'), recordOf('b')), gone: [] };
  const after = afterNews(before, { alerts: [], devices: [], gone: ['a'] }, false, 5);
  t.deepEqual(after.gone, [{ id: 'a', kind: 'vapour.ammonia', atMs: 5 }]);
  t.deepEqual(after.went, ['a']);
  const whole = afterNews(after, { alerts: [recordOf('a')], devices: [] }, true, 9);
  t.deepEqual(
    whole.gone.map(({ id }) => id),
    ['b'],
  );
  t.deepEqual([...whole.board.alerts.keys()], ['a']);
});

test('only what nobody of the unit opened makes a sound', (t) => {
  const seen = { ...untold, seen: { by: 'pt-1', atMs: 1 } };
  const after = boardOf(recordOf('a'), recordOf('b', {}, { told: [seen] }), recordOf('c'));
  t.deepEqual(
    newOn(boardOf(recordOf('c')), after, 'patrol-3').map(({ alert }) => alert.id),
    ['a'],
  );
});

test('open before closed, the severe before the rest, the newest first', (t) => {
  const closed = { resolved: { by: 'su-1', atMs: 1, text: '', outcome: 'found' } } as const;
  const order = [
    recordOf('closed', {}, closed),
    recordOf('info', { severity: 'info' }),
    { ...recordOf('older'), raisedMs: nowMs - 1 },
    recordOf('newer'),
  ].sort(byUrgency);
  t.deepEqual(
    order.map(({ alert }) => alert.id),
    ['newer', 'older', 'info', 'closed'],
  );
});

test('help is not sent until a dispatcher has it: neither in the queue, nor at the centre', (t) => {
  const who = { account: 'pt-1', unit: 'patrol-3', csrf: null };
  const word = {
    ...{ key: 'k', account: 'pt-1', refused: null, at: { wallMs: 7, elapsedMs: 0, run: 'r', aheadMs: 3 } },
    said: { help: { text: '', where: null } },
  };
  const state = { who, words: [], board: emptyBoard, calledHelp: [], aheadMs: 0 } as unknown as State;
  t.is(helpOf(state).is, 'none');
  t.deepEqual(helpOf({ ...state, words: [word] }), { is: 'unsent', sinceMs: 10 });
  t.is(helpOf({ ...state, calledHelp: ['k'] }).is, 'unanswered');
  const call = { ...recordOf('x'), device: 'patrol-3', alert: helpAlert('patrol-3', 'k', '', null, stampAt(nowMs)) };
  t.is(helpOf({ ...state, board: boardOf(call) }).is, 'unanswered');
  const answered = { ...call, acknowledged: { by: 'op-1', atMs: 9 } };
  t.deepEqual(helpOf({ ...state, board: boardOf(answered) }), { is: 'answered', by: 'op-1', atMs: 9 });
  t.is(helpOf({ ...state, board: boardOf({ ...call, device: 'patrol-4' }) }).is, 'none', 'another unit called');
});
