import { setTimeout } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import test from 'ava';
import * as z from 'zod';
import { onDemand } from '../../../daemons/core/config/on-demand.ts';
import { parseValue } from '../../../daemons/core/config/parse.ts';

const make = () =>
  z.strictObject({ ppm: z.number().max(500).describe('of ammonia'), unit: z.enum(['ppm', 'mg/m3']).default('ppm') });

test('a shape is made when something is parsed by it, not before, and once while it is in use', (t) => {
  let made = 0;
  const shape = onDemand(() => {
    made++;
    return make();
  });
  const board = z.strictObject({ least: shape.optional(), most: shape.optional().describe('of both') });
  t.deepEqual(board.parse({}), {});
  t.is(made, 0);
  t.deepEqual(board.parse({ least: { ppm: 1 }, most: { ppm: 2, unit: 'mg/m3' } }), {
    least: { ppm: 1, unit: 'ppm' },
    most: { ppm: 2, unit: 'mg/m3' },
  });
  t.is(made, 1);
});

test('what nobody parses by any more goes, also under a description, and is made again', async (t) => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const shape = onDemand(make);
  const described = shape.describe('a limit');
  const held = [shape, described].map((one) => {
    t.true(one.safeParse({ ppm: 1 }).success);
    return new WeakRef(one.unwrap());
  });
  // A weak reference holds what it gave until the turn of the loop is over.
  await setTimeout(1);
  collect();
  t.deepEqual(
    held.map((one) => one.deref()),
    [undefined, undefined],
  );
  t.false(described.safeParse({ ppm: 501 }).success);
});

test('what may be absent must say so outside', (t) => {
  for (const make of [() => z.string().optional() as z.ZodType, () => z.object({}).prefault({})])
    t.throws(() => onDemand(make).parse(undefined), { message: /say so outside/ });
  t.deepEqual(z.object({ air: onDemand(make).prefault({ ppm: 1 }) }).parse({}), { air: { ppm: 1, unit: 'ppm' } });
});

test('mistakes and descriptions are those of the shape itself', (t) => {
  const shape = onDemand(make);
  for (const value of [{ ppm: 501 }, { pmm: 1 }, { ppm: 1, unit: 'mg' }, null, 5]) {
    const said = [make(), shape].map((one) => t.throws(() => parseValue('board limit', value, one))?.message);
    t.is(said[1], said[0]);
  }
  t.deepEqual(z.toJSONSchema(shape), z.toJSONSchema(make()));
});
