import test from 'ava';
import fc from 'fast-check';
import { openClock } from '../../../daemons/console/patrol-web/clock.ts';
import {
  agoOf,
  type Heard,
  type Moment,
  memoryKeep,
  settle,
  type Word,
} from '../../../daemons/console/patrol-web/queue.ts';

const hour = 3_600_000;
const moment = (wallMs: number, elapsedMs: number, news: Partial<Moment> = {}): Moment => ({
  ...{ wallMs, elapsedMs, run: 'one', aheadMs: 0 },
  ...news,
});

test('how long ago: by the clock that nobody set, by the centre where it was heard, and never less than passed', (t) => {
  for (const [said, now, ago, why] of [
    [moment(0, 0), moment(5000, 5000), 5000, 'nothing happened'],
    [moment(0, 0), moment(2 * hour, 1000), 2 * hour, 'the phone slept for two hours'],
    [moment(0, 0, { aheadMs: 10 * hour }), moment(10 * hour + 60_000, 60_000), 60_000, 'the clock was set right'],
    [
      moment(0, 0, { aheadMs: null }),
      moment(1000 * hour, 7000),
      7000,
      'the clock was set, the centre never heard before',
    ],
    [moment(9 * hour, 0, { aheadMs: null }), moment(0, 8000), 8000, 'the clock was set back'],
    [moment(0, 900, { run: 'before' }), moment(4000, 10), 4000, 'the page was opened anew'],
    [
      moment(0, 900, { run: 'before', aheadMs: 50 * hour }),
      moment(50 * hour + 4000, 10),
      4000,
      'opened anew, clock set',
    ],
    [moment(100, 0, { run: 'before' }), moment(0, 0), 0, 'it lies in the time to come'],
    [moment(0, 0, { run: 'before' }), moment(900 * hour, 0), 168 * hour, 'a week is the most'],
  ] as const)
    t.is(agoOf(said, now), ago, why);
});

test('whatever the clocks did, it is a whole number that the centre takes', (t) => {
  const any = fc.record({
    wallMs: fc.integer({ min: 0, max: 4e12 }),
    elapsedMs: fc.double({ min: 0, max: 1e9, noNaN: true }),
    run: fc.constantFrom('one', 'two'),
    aheadMs: fc.option(fc.integer({ min: -4e12, max: 4e12 })),
  });
  t.notThrows(() =>
    fc.assert(
      fc.property(any, any, (said, now) => {
        const ago = agoOf(said, now);
        return Number.isInteger(ago) && ago >= 0 && ago <= 7 * 24 * hour;
      }),
    ),
  );
});

test('a clock that was set since the centre was heard is not sure of it; one that slept keeps what it knows', (t) => {
  let at = { wallMs: 0, elapsedMs: 0 };
  const clock = openClock(null, () => at, 'one');
  t.is(clock.now().aheadMs, null);
  clock.hear(500);
  t.true(clock.isSure());
  at = { wallMs: 2 * hour, elapsedMs: 10 };
  t.false(clock.isSure());
  t.is(clock.now().aheadMs, 500);
  at = { wallMs: -hour, elapsedMs: 20 };
  t.is(clock.now().aheadMs, null);
  at = { wallMs: 1000 * hour, elapsedMs: 30 };
  t.is(clock.now().aheadMs, null);
});

const word = (key: string, account = 'pt-1'): Word => ({
  ...{ key, account, at: moment(0, 0), refused: null },
  said: { alert: 'a', deed: { what: 'acknowledge' } },
});

test('words go in order, stop at the first that is not heard, and leave the queue only when they were taken', async (t) => {
  const keep = memoryKeep();
  for (const key of ['1', '2', '3', '4']) await keep.put(word(key));
  await keep.put(word('5', 'pt-2'));
  const said: string[] = [];
  let answers: Heard[] = [{ is: 'done', body: null }, { is: 'never', why: 'resolved' }, { is: 'later' }];
  const send = async ({ key }: Word): Promise<Heard> => {
    said.push(key);
    return answers.shift() ?? { is: 'done', body: null };
  };
  const now = () => moment(0, 0);
  t.is(await settle({ keep, send, account: 'pt-1', now }), 'later');
  t.deepEqual(said, ['1', '2', '3']);
  t.deepEqual(
    (await keep.all()).map(({ key, refused }) => [key, refused]),
    [
      ['2', 'resolved'],
      ['3', null],
      ['4', null],
      ['5', null],
    ],
  );
  answers = [{ is: 'over' }];
  t.is(await settle({ keep, send, account: 'pt-1', now }), 'over');
  t.is(await settle({ keep, send, account: 'pt-1', now }), 'all');
  t.deepEqual(said, ['1', '2', '3', '3', '3', '4']);
  t.deepEqual(
    (await keep.all()).map(({ key }) => key),
    ['2', '5'],
    'what another person said waits for them',
  );
});
