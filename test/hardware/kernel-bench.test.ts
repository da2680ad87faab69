import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'ava';
import { z } from 'zod';
import { given } from '../support/needs.ts';

const kernel = given('hardware/linux-uml', 'kernel bench (a User-Mode-Linux kernel)');
const limitMs = 100_000;

const numbers = z.array(z.number());
const report = z.object({
  i2c: z.object({
    adc: numbers,
    climate: z.tuple([z.number(), z.number()]),
    nack: z.string(),
    unplugged: z.string(),
    still: z.string(),
    replugged: numbers,
  }),
  serial: z.object({ read: numbers, otherUnit: z.string(), unplugged: z.string(), replugged: numbers }),
});

/** Runs the guest script as root in the kernel, with the machine's root read-only, and gives what it left. */
async function run(program: string): Promise<{ code: string; stdout: string; stderr: string }> {
  const out = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-kernel-'));
  const left = (name: string): string => {
    const file = path.join(out, name);
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  };
  try {
    writeFileSync(
      path.join(out, 'command'),
      `exec ${process.execPath} ${path.join(import.meta.dirname, 'guest.ts')}\n`,
    );
    const init = path.join(import.meta.dirname, 'init.sh');
    const options = 'mem=1024M rootfstype=hostfs rootflags=/ ro quiet loglevel=3 con=null con0=null,fd:1'.split(' ');
    const child = spawn(program, [...options, `init=${init}`, `OUT=${out}`], { stdio: 'ignore', detached: true });
    // The kernel is several processes: its group is ended, not the first of them alone.
    const end = (): void => {
      if (child.pid && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
    };
    const timer = setTimeout(end, limitMs);
    await new Promise((resolve) => child.once('close', resolve));
    clearTimeout(timer);
    return { code: left('code').trim(), stdout: left('stdout'), stderr: left('stderr') };
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

(kernel ? test : test.skip)(
  "our adapters read simulated parts through the kernel's own I2C and serial drivers, lose them and find them again",
  async (t) => {
    const { code, stdout, stderr } = await run(kernel ?? '');
    t.is(code, '0', stderr);
    const { i2c, serial } = report.parse(JSON.parse(stdout.trim().split('\n').at(-1) ?? ''));
    t.deepEqual(i2c.adc, [812.5, 1234.375]);
    t.true(Math.abs(i2c.climate[0] - 23.4) < 0.003);
    t.true(Math.abs(i2c.climate[1] - 41.5) < 0.002);
    t.is(i2c.nack, 'nack');
    t.is(i2c.unplugged, 'absent');
    t.is(i2c.still, 'absent');
    t.deepEqual(i2c.replugged, i2c.adc);
    t.deepEqual(serial.read, [17.25]);
    t.is(serial.otherUnit, 'timeout');
    t.is(serial.unplugged, 'absent');
    t.deepEqual(serial.replugged, [17.25]);
  },
);
