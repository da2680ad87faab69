import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'ava';
import { edgeQueue } from '../../../daemons/core/adapters/gpio.edges.ts';
import { findLine } from '../../../daemons/core/adapters/gpio.lines.ts';
import { sysfsChips } from '../../../daemons/core/adapters/gpio.onoff.ts';
import { Fault } from '../../../daemons/core/ports/fault.ts';
import type { GpioEdge } from '../../../daemons/core/ports/gpio.ts';

const pi = { file: '/dev/gpiochip0', label: 'pinctrl-rp1', lines: ['ID_SDA', 'GPIO1', ''] };

test('a machine without chips is absent, one whose chips may not be opened refused, with the group that may', (t) => {
  const missing = t.throws(() => findLine([], { name: 'GPIO1' }, []), { instanceOf: Fault });
  t.is(missing?.kind, 'absent');
  const shut = t.throws(() => findLine([], { name: 'GPIO1' }, ['/dev/gpiochip0']), { instanceOf: Fault });
  t.is(shut?.kind, 'refused');
  t.regex(shut?.message ?? '', /\/dev\/gpiochip0 .*group gpio/);
  t.is(findLine([pi], { name: 'GPIO1' }, ['/dev/gpiochip1']).offset, 1);
});

test('the chips of sysfs: base by label, names where the device tree has them', (t) => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-sysfs-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  for (const [base, label, names] of [
    [512, 'pinctrl-bcm2711', 'ID_SDA\0ID_SCL\0GPIO2\0'],
    [570, 'raspberrypi-exp-gpio', null],
  ] as const) {
    const tree = path.join(folder, `gpiochip${base}/device/of_node`);
    mkdirSync(tree, { recursive: true });
    for (const [file, text] of [
      ['base', base],
      ['label', label],
      ['ngpio', 3],
    ])
      writeFileSync(path.join(folder, `gpiochip${base}/${file}`), `${text}\n`);
    if (names) writeFileSync(path.join(tree, 'gpio-line-names'), names);
  }
  writeFileSync(path.join(folder, 'export'), '');
  const [first, second] = sysfsChips(folder);
  t.deepEqual([first?.base, first?.label, first?.lines], [512, 'pinctrl-bcm2711', ['ID_SDA', 'ID_SCL', 'GPIO2']]);
  t.deepEqual([second?.base, second?.lines], [570, ['', '', '']]);
  t.deepEqual(sysfsChips(path.join(folder, 'none')), []);
});

const edge = (level: boolean, missed: number | null = 0): GpioEdge => ({
  level,
  missed,
  at: { wallMs: 0, monoNs: 0, boot: 'b', synced: false, uncertaintyMs: null },
});

test('a reader who is too slow misses the oldest edges and is told how many', async (t) => {
  const queue = edgeQueue();
  queue.push(edge(true, 3));
  for (let i = 0; i < 1024; i++) queue.push(edge(i % 2 === 0));
  queue.fail(new Fault('absent', 'gone'));
  const missed: (number | null)[] = [];
  const error = await t.throwsAsync(
    (async () => {
      for await (const one of queue.edges()) missed.push(one.missed);
    })(),
  );
  t.is(error?.message, 'gone');
  t.is(missed.length, 1024);
  t.is(missed[0], 4);
  t.deepEqual([...new Set(missed.slice(1))], [0]);
});

test('a reader that waits is woken by an edge and by the end', async (t) => {
  const queue = edgeQueue();
  const seen: boolean[] = [];
  const reading = (async () => {
    for await (const { level } of queue.edges()) {
      seen.push(level);
      if (!level) queue.end();
    }
  })();
  queue.push(edge(true, null));
  await Promise.resolve();
  queue.push(edge(false, null));
  await reading;
  t.deepEqual(seen, [true, false]);
});
