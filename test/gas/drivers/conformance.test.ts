/**
 * What every driver must have: a published vector, its four captures, frames for the fuzz, and a simulated part that the PTYs,
 * TCP and the kernel bench read it against.
 */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { drivers } from '../../../daemons/gas/drivers.ts';
import { targets } from '../../bench/fuzz.ts';
import { i2cParts } from '../../captures/i2c-parts.ts';
import { serialParts } from '../../captures/serial-parts.ts';
import { type Held, lacking } from '../../support/conformance.ts';
import { published } from './published.ts';

const root = path.join(import.meta.dirname, '../../..');
const list = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder) : []);
/** What is read as the level of a line has no bytes to publish, capture or fuzz: a suite of its own, and test/hardware/gas-bench.test.ts. */
const levels = new Set(drivers.filter(({ port }) => port === 'gpio').map(({ part }) => part));
const held: Held = {
  files: list(path.join(root, 'daemons/gas/drivers'))
    .map((file) => path.basename(file, '.ts'))
    .filter((part) => !levels.has(part)),
  registered: new Set(drivers.map(({ part }) => part)),
  published: new Set(published.map(({ part }) => part)),
  fuzzed: new Set(targets.map(({ part }) => part.replace(/ \(.*\)$/, ''))),
  captured: (part) => list(path.join(root, 'test/captures', part)),
  simulated: (part) => Object.keys(i2cParts[part] ?? serialParts[part] ?? {}),
};

test('every driver has a published vector, four captures, frames for the fuzz, and a run through a real port', (t) => {
  t.true(held.files.length >= 14);
  t.deepEqual(lacking(held), []);
});

test('what a driver lacks is named, with the driver and the place', (t) => {
  const bare = lacking({ ...held, files: ['sht4x', 'no-such-part'] });
  t.is(bare.length, 11);
  t.true(bare.every((one) => one.startsWith('no-such-part ')));
  const without = (part: string): ReadonlySet<string> => new Set([...held.fuzzed].filter((one) => one !== part));
  t.deepEqual(lacking({ ...held, fuzzed: without('wind') }), ['wind has no frame in test/bench/fuzz.ts']);
  t.deepEqual(
    lacking({
      ...held,
      captured: (part) => held.captured(part).filter((name) => part !== 'sgp4x' || name !== 'absent'),
    }),
    ['sgp4x has no capture test/captures/sgp4x/absent'],
  );
});
