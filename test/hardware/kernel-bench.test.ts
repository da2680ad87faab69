/**
 * The drivers on a real kernel: a User-Mode-Linux process in which i2c-dev, i2c-tiny-usb, hid-mcp2221 and cdc-acm drive the
 * simulated instruments that the captures were made of, over USB/IP. It is started once; each test reads its report.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { z } from 'zod';
import { i2cParts } from '../captures/i2c-parts.ts';
import { serialParts } from '../captures/serial-parts.ts';
import { given } from '../support/needs.ts';
import { sourcesReport } from './bench.ts';
import { sensorCases } from './bench-cases.ts';
import { limitMs } from './uml.ts';

const kernel = given('hardware/linux-uml', 'kernel bench (a User-Mode-Linux kernel)');

const looked = z.unknown();
const channel = z.object({ channel: z.string(), value: z.number().nullable(), flags: z.array(z.string()) });
const gap = z.array(z.object({ value: z.number().nullable(), flags: z.array(z.string()) }));
const shape = z.object({
  cases: z.array(z.object({ part: z.string(), name: z.string(), first: looked })),
  together: z.array(z.object({ part: z.string(), looks: z.number(), said: z.array(looked) })),
  mishaps: z.record(z.string(), looked),
  stretched: z.record(z.string(), looked),
  gains: z.array(z.object({ fullScaleMv: z.number(), said: z.array(channel) })),
  humidity: z.object({ dry: z.array(channel), humid: z.array(channel), alone: z.array(channel) }),
  unplugged: z.record(z.string(), z.array(gap)),
});

const started = kernel ? sourcesReport(kernel, 'guest.ts', shape) : null;
const reported = started?.then(({ found }) => found);
// Each test awaits it; between them it must not end the process as a rejection that nobody heard.
reported?.catch(() => {});
type Report = z.infer<typeof shape>;

function onKernel(title: string, body: (t: ExecutionContext, report: Report) => void): void {
  (reported ? test : test.skip)(title, async (t) => {
    t.timeout(limitMs + 10_000);
    if (reported) body(t, await reported);
  });
}

/** The first look of a capture. */
const expected = (part: string, name: string): unknown => {
  const file = path.join(import.meta.dirname, '../captures', part, name, 'expected.jsonl');
  return JSON.parse(readFileSync(file, 'utf8').split('\n', 1)[0] ?? '');
};

for (const [part, cases] of Object.entries({ ...i2cParts, ...serialParts })) {
  // On the kernel all I2C parts are read at once where all is well: the next test but one.
  const names = Object.keys(cases).filter((name) => part in serialParts || name !== 'normal');
  onKernel(`${part}: over the kernel each case of its captures gives what the capture gives`, (t, report) => {
    for (const name of names) {
      const found = report.cases.find((one) => one.part === part && one.name === name);
      t.deepEqual(found?.first, expected(part, name), name);
    }
  });
}

(started ? test : test.skip)('every case of every driver of a bus or a serial line was run', async (t) => {
  t.timeout(limitMs + 10_000);
  t.deepEqual((await started)?.ran, sensorCases);
});

onKernel(
  'all I2C parts on one bus at once, read side by side, never give anything but their own values',
  (t, report) => {
    t.deepEqual(report.together.map(({ part }) => part).sort(), Object.keys(i2cParts).sort());
    for (const { part, looks, said } of report.together) {
      t.true(looks >= 2, part);
      t.deepEqual(said, [expected(part, 'normal')], part);
    }
  },
);

onKernel('half of each answer of a serial part is a fault that fits and never a value', (t, report) => {
  const halves = report.cases.filter(({ name }) => name === 'half');
  t.deepEqual(halves.map(({ part }) => part).sort(), Object.keys(serialParts).sort());
  for (const { part, first } of halves) {
    const { fault } = z.object({ fault: z.string() }).parse(first);
    t.true(['timeout', 'protocol', 'checksum'].includes(fault), `${part}: ${fault}`);
  }
});

const climate = expected('sht4x', 'normal');

onKernel('what goes wrong on a bus is a fault by its kind, and the next look is whole again', (t, report) => {
  t.deepEqual(report.mishaps, {
    'nobody at the address': { fault: 'nack' },
    'NACK to the read': { fault: 'nack' },
    'NACK to the data of a write': { fault: 'nack' },
    'a flipped bit': { fault: 'checksum' },
    'half an answer, then an idle bus': { fault: 'checksum' },
    // The adapter lost bytes: EIO. It is opened anew.
    'half an answer of the adapter': { fault: 'absent' },
    'a conversion that never ends': { fault: 'timeout' },
    'all is well, climate': climate,
    'all is well, converter': [{ channel: 'a0', value: 812.5, flags: [] }],
  });
});

onKernel(
  'a part that holds the clock is a timeout by the word of the kernel (ETIMEDOUT), on an MCP2221',
  (t, report) => {
    t.deepEqual(report.stretched, {
      well: climate,
      nobody: { fault: 'nack' },
      inWrite: { fault: 'timeout' },
      inRead: { fault: 'timeout' },
      again: climate,
    });
  },
);

onKernel(
  'every input at every gain is right to half a step, from a converter with the slowest oscillator',
  (t, report) => {
    const held = [123.4, 201.7, 0, 240.2];
    t.is(report.gains.length, 6);
    for (const { fullScaleMv, said } of report.gains) {
      t.is(said.length, 8);
      for (const { channel: name, value } of said) {
        const [plus = 0, minus = 0] = name.split('-').map((one) => held[Number(one[1])] ?? 0);
        t.true(
          Math.abs((value ?? Number.NaN) - (plus - minus)) <= fullScaleMv / 65536 + 1e-9,
          `${name} ${fullScaleMv}`,
        );
      }
    }
  },
);

onKernel('the humidity of the SHT4x reaches the SGP40; when it is gone the value says so', (t, report) => {
  const { dry, humid, alone } = report.humidity;
  t.deepEqual(dry, [{ channel: 'voc', value: 30_030, flags: [] }]);
  t.deepEqual(humid, [{ channel: 'voc', value: 29_970, flags: [] }]);
  t.deepEqual(alone, [{ channel: 'voc', value: 30_000, flags: ['uncompensated'] }]);
});

for (const part of ['bme68x', 'winsen', 'modbus']) {
  onKernel(
    `${part}: pulled in mid-measurement it is a gap, comes back by itself, and gives no other value`,
    (t, report) => {
      const said = report.unplugged[part] ?? [];
      const good = said.filter((batch) => batch.every(({ value }) => value !== null));
      const gaps = said.filter((batch) => batch.every(({ value }) => value === null));
      t.is(good.length + gaps.length, said.length);
      t.deepEqual([said[0], said.at(-1)], [good[0], good[0]]);
      for (const batch of good) t.deepEqual(batch, good[0]);
      const flags = new Set(gaps.flat().flatMap((one) => one.flags));
      t.true(flags.has('absent'));
      // The look into which the pull falls may end as an answer that did not come.
      for (const flag of flags) t.true(flag === 'absent' || flag === 'timeout', flag);
    },
  );
}
