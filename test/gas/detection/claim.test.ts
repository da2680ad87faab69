import test from 'ava';
import fc from 'fast-check';
import { type Context, claimOf, type Grounds } from '../../../daemons/gas/detection/claim.ts';

const alone: Grounds = { principles: ['photo-ionisation'], windContrast: null, passes: 1, context: [], flags: [] };

test('one principle on one pass is an indication; a second principle, the wind or a second pass corroborates', (t) => {
  const certainty = (more: Partial<Grounds>) => claimOf('acetone', { ...alone, ...more }).certainty;
  t.is(certainty({}), 'indication');
  t.is(certainty({ principles: ['photo-ionisation', 'photo-ionisation'] }), 'indication');
  t.is(certainty({ principles: ['photo-ionisation', 'metal-oxide'] }), 'corroborated');
  t.is(certainty({ windContrast: 2.9 }), 'indication');
  t.is(certainty({ windContrast: 3 }), 'corroborated');
  t.is(certainty({ passes: 2 }), 'corroborated');
});

test('context that explains the gas lowers it and is named; two grounds outweigh it', (t) => {
  const two: Grounds = { ...alone, principles: ['electrochemical', 'metal-oxide'], context: ['livestock'] };
  t.deepEqual(claimOf('ammonia', two), {
    certainty: 'indication',
    words: ['two principles: electrochemical, metal-oxide', 'livestock nearby'],
  });
  t.is(claimOf('ammonia', { ...two, passes: 2 }).certainty, 'corroborated');
  t.is(claimOf('acetone', two).certainty, 'corroborated');
});

test('a calibration that is overdue or failed its check carries no more than an indication', (t) => {
  const strong: Grounds = { ...alone, principles: ['electrochemical', 'metal-oxide'], passes: 3 };
  for (const flag of ['calibration-expired', 'check-failed', 'uncalibrated'] as const)
    t.is(claimOf('ammonia', { ...strong, flags: [flag] }).certainty, 'indication');
});

test('more context never raises what may be said', (t) => {
  const contexts = fc.subarray<Context>(['livestock', 'fertiliser', 'paint', 'traffic']);
  fc.assert(
    fc.property(contexts, contexts, fc.constantFrom('ammonia', 'toluene', null), (a, b, gas) => {
      const strong: Grounds = { ...alone, passes: 2, context: a };
      const fewer = claimOf(gas, strong).certainty;
      const more = claimOf(gas, { ...strong, context: [...new Set([...a, ...b])] }).certainty;
      return fewer === 'corroborated' || more === 'indication';
    }),
  );
  t.pass();
});
