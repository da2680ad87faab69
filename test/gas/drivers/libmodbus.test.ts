import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'ava';
import { systemClock } from '../../../daemons/core/adapters/clock.system.ts';
import { connectSerialTcp } from '../../../daemons/core/adapters/serial.tcp.ts';
import { isFault } from '../../../daemons/core/ports/fault.ts';
import { modbusAnalyzer } from '../../../daemons/gas/drivers/modbus-analyzer.ts';
import { modbusMaster } from '../../../daemons/gas/modbus-master.ts';
import { needs } from '../../support/needs.ts';

/** A Modbus TCP server by other hands: libmodbus, unit 7, three input registers and ten holding registers. It says its port. */
const server = `
#include <arpa/inet.h>
#include <modbus.h>
#include <stdio.h>
#include <unistd.h>
int main(void) {
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof at;
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  if (bind(listener, (struct sockaddr *)&at, length) || listen(listener, 4)) return 1;
  getsockname(listener, (struct sockaddr *)&at, &length);
  printf("%d\\n", ntohs(at.sin_port));
  fflush(stdout);
  modbus_mapping_t *map = modbus_mapping_new(0, 0, 10, 3);
  uint16_t inputs[] = {0x418a, 0x0000, 65411};
  for (int i = 0; i < 3; i++) map->tab_input_registers[i] = inputs[i];
  for (int i = 0; i < 10; i++) map->tab_registers[i] = 100 * i;
  modbus_t *context = modbus_new_tcp("127.0.0.1", 1502);
  modbus_set_slave(context, 7);
  for (;;) {
    uint8_t query[MODBUS_TCP_MAX_ADU_LENGTH];
    int connection = accept(listener, NULL, NULL);
    modbus_set_socket(context, connection);
    for (int n; (n = modbus_receive(context, query)) >= 0;) if (n > 0) modbus_reply(context, query, n, map);
    close(connection);
  }
}`;

const title = 'Modbus TCP against libmodbus, and mbpoll beside it';
const all = needs('gcc', title) && needs('/usr/include/modbus/modbus.h', title) && needs('mbpoll', title);
(all ? test : test.skip)(
  'a libmodbus server is read over Modbus TCP, its refusal named, a register of it written, and mbpoll agrees',
  async (t) => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-libmodbus-'));
    const [source, program] = [path.join(folder, 'server.c'), path.join(folder, 'server')];
    writeFileSync(source, server);
    execFileSync('gcc', ['-I/usr/include/modbus', '-o', program, source, '-lmodbus']);
    const child = spawn(program, { stdio: ['ignore', 'pipe', 'inherit'] });
    t.teardown(() => {
      child.kill('SIGKILL');
      rmSync(folder, { recursive: true });
    });
    const port = await new Promise<number>((resolve) => child.stdout.once('data', (said) => resolve(Number(said))));
    const line = connectSerialTcp({ host: '127.0.0.1', port });
    const clock = systemClock();
    const register = (name: string, at: number, more: object) => ({
      ...{ name, register: at, table: 'input', unit: 'ppm', range: [-1000, 1000] },
      ...more,
    });
    const options = (...channels: object[]) =>
      modbusAnalyzer.config.parse({ unit: 7, framing: 'tcp', timeoutMs: 5000, channels });
    const driver = await modbusAnalyzer.open(
      line,
      options(
        register('ammonia', 0, { type: 'f32' }),
        register('cell', 2, { type: 'i16' }),
        register('span', 3, { type: 'u16', table: 'holding' }),
      ),
      clock,
    );
    t.deepEqual(
      (await driver.read()).map(({ channel, value }) => [channel, value]),
      [
        ['span', 300],
        ['ammonia', 17.25],
        ['cell', -125],
      ],
    );
    const beyond = await modbusAnalyzer.open(line, options(register('none', 50, { type: 'u16' })), clock);
    const refused = await t.throwsAsync(beyond.read(), { message: /exception 2 \(illegal data address/ });
    t.true(isFault(refused) && refused.kind === 'refused');

    const master = modbusMaster({ unit: 7, timeoutMs: 5000, framing: 'tcp', clock });
    await line.transact((one) => master.write(one, 9, 4321));
    await line.close();

    const mbpoll = (...table: string[]): string[] =>
      execFileSync('mbpoll', ['-m', 'tcp', '-a', '7', '-p', `${port}`, ...table, '-1', '-q', '127.0.0.1'], {
        encoding: 'utf8',
      })
        .split('\n')
        .flatMap((text) => /^\[\d+\]:\s+(\S+)/.exec(text)?.[1] ?? []);
    t.deepEqual(mbpoll('-t', '3:float', '-B', '-r', '1', '-c', '1'), ['17.25']);
    t.deepEqual(mbpoll('-t', '3', '-r', '3', '-c', '1'), ['65411']);
    t.deepEqual(mbpoll('-t', '4', '-r', '4', '-c', '1'), ['300']);
    t.deepEqual(mbpoll('-t', '4', '-r', '10', '-c', '1'), ['4321']);
  },
);
