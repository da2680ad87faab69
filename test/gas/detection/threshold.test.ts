import test from 'ava';
import { peaksOf, thresholdFor } from '../../../daemons/gas/detection/threshold.ts';
import { verdictOf } from '../../../daemons/gas/detection/verdict.ts';
import { seeded, uniform } from '../../../daemons/tools/simulate/random.ts';

function exponential(seed: number, count: number): number[] {
  let random = seeded(seed);
  return Array.from({ length: count }, () => {
    const [value, next] = uniform(random);
    random = next;
    return -Math.log(1 - value);
  });
}

test('of peaks with a known tail the threshold is met as often as it says', (t) => {
  // 10 peaks an hour, exponential: 0.01 per hour lie beyond ln 1000.
  const fit = thresholdFor({ peaks: exponential(1, 3000), hours: 300 }, 0.01);
  if ('refused' in fit) return t.fail(fit.refused);
  const perHour = 10 * Math.exp(-fit.threshold);
  t.true(perHour > 0.001 && perHour < 0.03, `${perHour}`);
  t.is(fit.perHour, 0.01);
  return undefined;
});

test('a smaller budget asks for a higher threshold', (t) => {
  const peaks = exponential(2, 2000);
  const [loose, tight] = [0.1, 0.01].map((budget) => thresholdFor({ peaks, hours: 200 }, budget));
  t.true(loose && tight && 'threshold' in loose && 'threshold' in tight && tight.threshold > loose.threshold);
});

test('too few hours or too few excursions give no threshold, and it is said how many are needed', (t) => {
  const peaks = exponential(3, 100);
  t.deepEqual(thresholdFor({ peaks, hours: 2 }, 0.01), {
    refused: '2.0 quiet hours are too few for 0.01 false alarms per hour: 4 are needed',
  });
  t.deepEqual(thresholdFor({ peaks: peaks.slice(0, 5), hours: 200 }, 0.01), {
    refused: '5 excursions in 200.0 quiet hours: 20 are needed for a tail',
  });
});

test('one excursion is one peak until it has been over for long enough', (t) => {
  t.deepEqual(peaksOf([0, 5, 0, 7, 0, 0, 4, null, 0], 3, 2), [7, 4]);
  t.deepEqual(peaksOf([0, 1, 2], 3, 2), []);
});

test('a change is a target, an interferent, or unknown where nothing is sure', (t) => {
  const options = { targets: ['ammonia', 'acetone'], clean: 'air', target: 0.5, interferent: 0.8 };
  const labels = ['air', 'ammonia', 'acetone', 'exhaust'];
  t.is(verdictOf(labels, [0, 0.3, 0.3, 0.4], options), 'target');
  t.is(verdictOf(labels, [0.1, 0, 0, 0.9], options), 'interferent');
  t.is(verdictOf(labels, [0.2, 0.1, 0, 0.7], options), 'unknown');
  t.is(verdictOf(labels, [0.9, 0.1, 0, 0], options), 'unknown');
  t.is(verdictOf(labels, null, options), 'unknown');
});
