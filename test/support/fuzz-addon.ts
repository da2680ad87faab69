/**
 * Throws anything at the addon: `fuzz-addon.ts calls seed [a GPIO chip]`. A call may return or throw a proper error; what
 * ends the process otherwise is the finding. Runs by itself, because such an end takes the test with it, and with few
 * imports, because it also runs where reading a file is slow (the kernel bench).
 */
import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { errnoOf, loadAddon, type NativeLine } from '../../daemons/core/adapters/native/addon.ts';
import { seeded, uniform } from '../../daemons/tools/simulate/random.ts';

const [calls, seed, chip = '/dev/null'] = process.argv.slice(2);
const addon = loadAddon();
let random = seeded(Number(seed));
const upTo = (most: number): number => {
  const [value, next] = uniform(random);
  random = next;
  return Math.floor(value * (most + 1));
};
const oneOf = <T>(all: readonly T[]): T => all[upTo(all.length - 1)] as T;
setFlagsFromString('--expose-gc');
const gc: () => void = runInNewContext('gc');

const lines: NativeLine[] = [];
const watched = new Set<unknown>();
const hostile = {
  get errno(): never {
    throw new TypeError('a getter that throws');
  },
};
const bytes = (): string => String.fromCharCode(...Array.from({ length: upTo(40) }, () => upTo(0x2ff)));
const fixed: readonly unknown[] = [
  ...[
    undefined,
    null,
    true,
    false,
    Symbol('line'),
    1n,
    {},
    [],
    () => {},
    new Proxy({}, {}),
    globalThis,
    addon,
    hostile,
  ],
  ...[Number.NaN, -0, -1, 0.5, 2 ** 31, 2 ** 32, 2 ** 53, Number.POSITIVE_INFINITY, 0, 1, 4, 8, 0x34, 0x38, 0x7fe],
  ...[
    chip,
    '',
    '/',
    '@',
    '@x',
    '/dev/null',
    '/proc/self/mem',
    '/no',
    'a\0b',
    '\ud800',
    'x'.repeat(107),
    'x'.repeat(5000),
  ],
  ...[new Uint8Array(64), new Map(), new Date(0), Object.create(null), Object.create({}), new WeakRef({})],
];
const anything = (): unknown => oneOf([() => oneOf(fixed), () => oneOf(lines), bytes, () => upTo(2 ** 32)])();

/** Arguments of the right kinds, so that the kernel itself gets its share. */
const request = (): unknown[] => [
  chip,
  upTo(9),
  oneOf([4, 0x34, 8, 0x36, 0x134, upTo(0xfff)]),
  upTo(5),
  upTo(1) === 1,
  bytes(),
];
const names = ['notify', 'chip', 'requestLine', 'level', 'setLevel', 'edges', 'watch', 'closeLine'] as const;
const counts = { notify: 2, chip: 1, requestLine: 6, level: 1, setLevel: 2, edges: 1, watch: 2, closeLine: 1 } as const;

let given = 0;
function call(): void {
  const name = oneOf(names);
  const well = upTo(4) > 0;
  const args =
    name === 'requestLine' && well
      ? request()
      : Array.from({ length: well ? counts[name] : upTo(8) }, (_, i) => (i === 0 && well ? oneOf(lines) : anything()));
  try {
    const result: unknown = (addon[name] as (...all: unknown[]) => unknown)(...args);
    if (name === 'watch') watched.add(args[0]);
    if (name !== 'requestLine') return;
    given += 1;
    if (lines.push(result as NativeLine) <= 6) return;
    // The eldest is left to the collector, which does not take what is watched.
    const eldest = lines.shift();
    if (eldest && watched.delete(eldest)) addon.closeLine(eldest);
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof RangeError || errnoOf(error) !== null)) throw error;
  }
}
const descriptors = (): number => readdirSync('/proc/self/fd').length;
const before = descriptors();
for (let i = 0; i < Number(calls); i++) {
  call();
  // What is watched is called, and what is closed is gone, in a turn of the loop.
  if (i % 50 === 0) await sleep(0);
  if (i % 500 === 0) gc();
}
for (const line of lines.splice(0)) addon.closeLine(line);
// What nobody knows any more is given back when it is collected; what is watched is known until it is closed.
let open = descriptors() - before;
for (let tries = 0; open > 0 && tries < 100; tries++) {
  gc();
  await sleep(10);
  open = descriptors() - before;
}
process.stdout.write(`${JSON.stringify({ calls: Number(calls), given, open })}\n`);
process.exit(0);
