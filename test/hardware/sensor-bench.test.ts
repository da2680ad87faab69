/**
 * Every driver of a bus or a serial line on a real kernel, read by the packaged gas daemon: a User-Mode-Linux process in which i2c-dev,
 * i2c-tiny-usb, hid-mcp2221 and cdc-acm drive the simulated instruments that the captures were made of, over USB/IP. It is started once;
 * each test reads its report.
 */
import test, { type ExecutionContext } from 'ava';
import { z } from 'zod';
import { i2cParts } from '../captures/i2c-parts.ts';
import { serialParts } from '../captures/serial-parts.ts';
import { given } from '../support/needs.ts';
import { benchLimitMs, benchReport } from './bench.ts';
import { sensorCases } from './bench-cases.ts';
import { batch, partOf, wellOf } from './sensor-words.ts';

const kernel = given('hardware/linux-uml', 'every driver on the kernel bench (a User-Mode-Linux kernel)');

const said = z.array(z.object({ id: z.string(), kind: z.string(), message: z.string() }));
const shape = z.object({
  told: z.record(z.string(), said),
  back: z.record(z.string(), z.array(z.string())),
  climate: z.object({ humid: z.number().nullable(), alone: z.number().nullable() }),
  said: z.record(z.string(), z.array(batch)),
  code: z.number().nullable(),
  folder: z.string(),
});
type Report = z.infer<typeof shape>;

const started = kernel ? benchReport(kernel, 'sensor-guest.ts', shape) : null;
const reported = started?.then(({ found }) => found);
// Each test awaits it; between them it must not end the process as a rejection that nobody heard.
reported?.catch(() => {});

function onKernel(title: string, body: (t: ExecutionContext, report: Report) => void): void {
  (reported ? test : test.skip)(title, async (t) => {
    t.timeout(benchLimitMs);
    if (reported) body(t, await reported);
  });
}

const parts = [...Object.keys(i2cParts), ...Object.keys(serialParts)];
for (const part of parts) {
  onKernel(
    `${part}: through all that goes wrong it gives a gap or what it has to, and is well after each`,
    (t, one) => {
      const { told, back, said } = one;
      const ids = Object.keys(said).filter((each) => partOf(each) === part);
      t.true(ids.length > 0);
      for (const id of ids) {
        for (const name of ['silent', 'half', 'unplugged'])
          t.true(
            told[name]?.some((each) => each.id === id),
            `${id}: ${name} was not told`,
          );
        for (const name of ['half', 'unplugged'])
          t.true(back[name]?.includes(id), `${id}: its end (${name}) was not told`);
        // What is not a gap and not marked is right.
        for (const look of said[id] ?? [])
          if (look.every(({ value, flags }) => value !== null && flags.length === 0) && part !== 'sgp4x')
            t.deepEqual(look, wellOf(part), id);
      }
    },
  );
}

onKernel('what goes wrong is told with the device and by the word of the kernel', (t, { told }) => {
  const message = (name: string, id: string): string => told[name]?.find((one) => one.id === id)?.message ?? '';
  t.regex(message('silent', 'sht4x'), /\/dev\/i2c-\d+ .*ENXIO/);
  t.regex(message('silent', 'sht4x-mcp'), /\/dev\/i2c-\d+ .*ETIMEDOUT/);
  t.regex(message('half', 'sht4x-mcp'), /\/dev\/i2c-\d+ .*EAGAIN/);
  t.regex(message('half', 'sht4x'), /\/dev\/i2c-\d+ .*EIO/);
  for (const list of Object.values(told)) for (const { message: each } of list) t.regex(each, /until it answers/);
});

onKernel('the humidity of the SHT4x reaches the SGP40; when it is gone the value says so', (t, { climate }) => {
  t.deepEqual(climate, { humid: 30_093, alone: 30_123 });
});

onKernel(
  'the daemon ended as it was told to, and nothing can be written beside the executable',
  (t, { code, folder }) => {
    t.is(code, 0);
    t.is(folder, 'EROFS');
  },
);

(started ? test : test.skip)('every case of every driver was run', async (t) => {
  t.timeout(benchLimitMs);
  t.deepEqual((await started)?.ran, sensorCases);
});
