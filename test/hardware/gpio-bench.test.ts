/**
 * Both adapters of GPIO lines on a real kernel: a User-Mode-Linux process whose chips are simulated by the kernel itself
 * (gpio-sim). It is started once; each test reads its report.
 */
import test, { type ExecutionContext } from 'ava';
import { z } from 'zod';
import { nativeBuilt } from '../support/native.ts';
import { given } from '../support/needs.ts';
import { limitMs, runGuest } from './uml.ts';

const title = 'GPIO lines on the kernel bench (a User-Mode-Linux kernel)';
const kernel = nativeBuilt(title) ? given('hardware/linux-uml', title) : null;

const refused = z.object({ fault: z.string(), says: z.string() });
const both = z.object({
  levels: z.unknown(),
  outputs: z.record(z.string(), z.unknown()),
  edges: z.unknown(),
  inverted: z.unknown(),
  debounced: z.unknown(),
  overBeforeSeen: z.object({ level: z.boolean(), isTheSecond: z.boolean() }),
  closed: z.object({ again: refused, ended: z.unknown(), level: z.string() }),
  refusals: z.record(z.string(), refused),
  noEdges: refused,
  pullUp: z.unknown(),
});
const shape = z.object({
  named: z.unknown(),
  heldFromSysfs: refused,
  chardev: both,
  onoff: both,
  unread: z.object({ told: z.number(), missedFirst: z.number(), missedLater: z.number(), last: z.boolean() }),
  leftByWorker: refused,
  fuzz: z.unknown(),
  gone: z.record(z.string(), z.unknown()),
});
type Report = z.infer<typeof shape>;
type Adapter = 'chardev' | 'onoff';

const started = kernel ? runGuest(kernel, ['gpio-guest.ts']) : null;
const reported = started?.then(({ stdout }) => shape.parse(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')));
// Each test awaits it; between them it must not end the process as a rejection that nobody heard.
reported?.catch(() => {});

function onKernel(name: string, body: (t: ExecutionContext, report: Report) => void): void {
  (reported ? test : test.skip)(name, async (t) => {
    t.timeout(limitMs + 10_000);
    if (reported) body(t, await reported);
  });
}
const onBoth = (name: string, body: (t: ExecutionContext, report: Report, adapter: Adapter) => void): void => {
  for (const adapter of ['chardev', 'onoff'] as const)
    onKernel(`${adapter}: ${name}`, (t, report) => body(t, report, adapter));
};

onBoth('an input reads the level, and the other one where it is active low', (t, report, adapter) => {
  t.deepEqual(report[adapter].levels, { low: [false, true], high: [true, false] });
});

onBoth('an output takes its level with the request, and the wire follows', (t, report, adapter) => {
  // Each pair: what the line reads back, and the wire.
  t.deepEqual(report[adapter].outputs, {
    'active high, off at first': [
      [false, false],
      [true, true],
      [false, false],
    ],
    'active high, on at first': [
      [true, true],
      [true, true],
      [false, false],
    ],
    'active low, off at first': [
      [false, true],
      [true, false],
      [false, true],
    ],
    'active low, on at first': [
      [true, false],
      [true, false],
      [false, true],
    ],
  });
});

onBoth(
  'each edge is told with a time between our looks at the clock, turned round where it is active low',
  (t, report, adapter) => {
    const missed = adapter === 'chardev' ? 0 : null;
    const told = (levels: readonly boolean[]): unknown => levels.map((level) => [level, missed, true, level]);
    t.deepEqual(report[adapter].edges, told([true, false, true]));
    t.deepEqual(report[adapter].inverted, told([false, true, false]));
  },
);

onBoth(
  'a contact that bounces is one edge, told when it has stood for the time that was asked',
  (t, report, adapter) => {
    t.deepEqual(report[adapter].debounced, [
      [true, true],
      [false, true],
    ]);
  },
);

onBoth('a reader that waits ends at the close, and only then another may have the line', (t, report, adapter) => {
  const { again, ended, level } = report[adapter].closed;
  t.deepEqual([again.fault, ended, level], ['refused', [], 'boolean']);
});

onBoth('what cannot be given is refused by name', (t, report, adapter) => {
  const { refusals, noEdges } = report[adapter];
  const expected: readonly (readonly [string, string, RegExp])[] = [
    ['label', 'config', /no-such-chip line 0: the chips here are .*dock-gpio \(8 lines\)/],
    ['two chips', 'config', /2 GPIO chips have the label same-label/],
    ['offset', 'config', /its lines are 0 to 7/],
    ['offset below 0', 'config', /its lines are 0 to 7/],
    ['kernel', 'refused', adapter === 'chardev' ? /"lamp-of-the-kernel"/ : /EBUSY/],
    ['name', 'config', adapter === 'chardev' ? /no GPIO line "no-such-line"/ : /sysfs knows no names/],
    ['twice', 'config', adapter === 'chardev' ? /dock-gpio line 4 and same-label line 0/ : /sysfs knows no names/],
    ['empty name', 'config', adapter === 'chardev' ? /no GPIO line ""/ : /sysfs knows no names/],
  ];
  for (const [name, kind, says] of expected) {
    t.is(refusals[name]?.fault, kind, name);
    t.regex(refusals[name]?.says ?? '', says);
  }
  t.is(noEdges.fault, 'config');
});

onBoth(
  'a chip that goes away is absent to a reader that waits and to every call, and can be asked again',
  (t, report, adapter) => {
    t.deepEqual(report.gone[adapter], {
      ...{ edges: 'absent', read: 'absent', write: 'absent', readBack: 'absent' },
      // The other chips are still there: its label is one that no chip has.
      request: 'config',
      again: true,
    });
  },
);

onKernel('chardev: a line is found by its name, and while it is held sysfs is refused', (t, report) => {
  t.deepEqual(report.named, [true]);
  t.is(report.heldFromSysfs.fault, 'refused');
});

onKernel('a bias is set by the character device; by sysfs it is refused', (t, report) => {
  t.true(report.chardev.pullUp);
  t.is(refused.parse(report.onoff.pullUp).fault, 'config');
});

onKernel(
  'onoff: a pulse that is over before it was looked at is not told as a level that the line no longer has',
  (t, report) => {
    t.deepEqual(report.onoff.overBeforeSeen, { level: true, isTheSecond: true });
  },
);

onKernel(
  'chardev: edges beyond what the kernel keeps are counted as missed, and the last is the level that stands',
  (t, report) => {
    t.true(report.unread.told >= 256);
    t.true(report.unread.missedFirst > 0);
    t.deepEqual([report.unread.missedLater, report.unread.last], [0, true]);
  },
);

onKernel('chardev: lines that a worker leaves behind are free when it has ended', (t, report) => {
  // The report was only written after both lines were requested again.
  t.is(report.leftByWorker.fault, 'refused');
});

onKernel(
  'the addon ends no process whatever it is given on a real chip, and leaves no descriptor open',
  (t, report) => {
    const { given: lines, ...rest } = z
      .object({ calls: z.number(), given: z.number(), open: z.number() })
      .parse(report.fuzz);
    t.deepEqual(rest, { calls: 2000, open: 0 });
    t.true(lines > 0);
  },
);
