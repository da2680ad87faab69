import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { systemClock } from '../../../daemons/core/adapters/clock.system.ts';
import { openSerialLinux } from '../../../daemons/core/adapters/serial.linux.ts';
import { isFault } from '../../../daemons/core/ports/fault.ts';
import { modbusAnalyzer } from '../../../daemons/gas/drivers/modbus-analyzer.ts';
import { needs } from '../../support/needs.ts';

/** A Modbus server by other hands: libmodbus, unit 7, input registers 0 to 3. */
const server = `
#include <modbus.h>
#include <stdio.h>
int main(int argc, char **argv) {
  modbus_t *context = modbus_new_rtu(argv[1], 19200, 'N', 8, 1);
  modbus_mapping_t *map = modbus_mapping_new(0, 0, 4, 4);
  uint8_t query[MODBUS_RTU_MAX_ADU_LENGTH];
  modbus_set_slave(context, 7);
  /* 17.25 in IEEE 754, high word first. */
  map->tab_input_registers[0] = 0x418a;
  map->tab_input_registers[1] = 0x0000;
  map->tab_input_registers[2] = 234;
  map->tab_registers[0] = 65535;
  if (modbus_connect(context)) return 1;
  puts("ready");
  fflush(stdout);
  for (;;) {
    int length = modbus_receive(context, query);
    if (length > 0) modbus_reply(context, query, length, map);
    else if (length == -1) return 0;
  }
}`;

const ended = (child: ChildProcess): Promise<unknown> =>
  child.exitCode === null && child.signalCode === null
    ? new Promise((resolve) => child.once('exit', resolve))
    : Promise.resolve();
const stop = async (child: ChildProcess): Promise<void> => {
  child.kill('SIGKILL');
  await ended(child);
};
const until = async (seen: () => boolean): Promise<void> => {
  while (!seen()) await sleep(20);
};
const kindOf = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'no fault',
    (error: unknown) => (isFault(error) ? error.kind : String(error)),
  );

const title = 'Modbus against libmodbus over serialport';
const all = needs('socat', title) && needs('gcc', title) && needs('/usr/include/modbus/modbus.h', title);
(all ? test : test.skip)(
  'serialport reads a libmodbus server over a pair of PTYs, names its refusal, loses the line and finds it again',
  async (t) => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-modbus-'));
    const [ours, theirs] = [path.join(folder, 'ours'), path.join(folder, 'theirs')];
    const started: ChildProcess[] = [];
    t.teardown(async () => {
      for (const child of started) await stop(child);
      rmSync(folder, { recursive: true, force: true });
    });
    const source = path.join(folder, 'server.c');
    const program = path.join(folder, 'server');
    writeFileSync(source, server);
    execFileSync('gcc', ['-I/usr/include/modbus', '-o', program, source, '-lmodbus']);
    const plug = async (): Promise<ChildProcess> => {
      const wire = spawn('socat', [`pty,raw,echo=0,link=${ours}`, `pty,raw,echo=0,link=${theirs}`], {
        stdio: 'ignore',
      });
      started.push(wire);
      await until(() => existsSync(ours) && existsSync(theirs));
      const slave = spawn(program, [theirs], { stdio: ['ignore', 'pipe', 'ignore'] });
      started.push(slave);
      await new Promise((resolve) => slave.stdout.once('data', resolve));
      return wire;
    };

    const wire = await plug();
    const line = openSerialLinux({ path: ours, baudRate: 19_200, parity: 'none', stopBits: 1 });
    const open = (unit: number, register: number) =>
      modbusAnalyzer.open(
        line,
        modbusAnalyzer.config.parse({
          unit,
          timeoutMs: 1000,
          channels: [
            { name: 'ammonia', register, table: 'input', type: 'f32', unit: 'ppm', range: [-5, 500] },
            { name: 'cell', register: 2, table: 'input', type: 'i16', scale: 0.5, unit: 'C', range: [-40, 125] },
            { name: 'status', register: 0, table: 'holding', type: 'u16', unit: '1', range: [0, 65535] },
          ],
        }),
        systemClock(),
      );
    const driver = await open(7, 0);
    const values = async (): Promise<unknown> =>
      Object.fromEntries((await driver.read()).map(({ channel, value }) => [channel, value]));
    const right = { ammonia: 17.25, cell: 117, status: 65535 };
    t.deepEqual(await values(), right);
    t.is(await kindOf((await open(7, 100)).read()), 'refused');
    t.is(await kindOf((await open(8, 0)).read()), 'timeout');
    await stop(wire);
    t.true(['absent', 'timeout'].includes(await kindOf(driver.read())));
    t.is(await kindOf(driver.read()), 'absent');
    rmSync(ours, { force: true });
    rmSync(theirs, { force: true });
    await plug();
    t.deepEqual(await values(), right);
    await line.close();
  },
);

(needs('socat', 'a serial port that is unplugged in the midst') ? test : test.skip)(
  'what is written to a port that was unplugged in the same turn, before and after it was noticed, is a Fault and waits for nothing',
  async (t) => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-serial-'));
    const [ours, theirs] = [path.join(folder, 'ours'), path.join(folder, 'theirs')];
    const wire = spawn('socat', [`pty,raw,echo=0,link=${ours}`, `pty,raw,echo=0,link=${theirs}`], { stdio: 'ignore' });
    t.teardown(async () => {
      await stop(wire);
      rmSync(folder, { recursive: true, force: true });
    });
    await until(() => existsSync(ours) && existsSync(theirs));
    const serial = openSerialLinux({ path: ours, baudRate: 115_200, parity: 'none', stopBits: 1 });
    const kinds = await serial.transact(async (line) => {
      await line.write(Buffer.from('AT'));
      await stop(wire);
      const first = await kindOf(line.read(20_000));
      return [first, await kindOf(line.write(Buffer.from('AT'))), await kindOf(line.read(20_000))];
    });
    t.deepEqual(kinds, ['absent', 'absent', 'absent']);
    await serial.close();
  },
);
