import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { systemClock } from '../../../daemons/core/adapters/clock.system.ts';
import { openSerialLinux } from '../../../daemons/core/adapters/serial.linux.ts';
import { connectSerialTcp } from '../../../daemons/core/adapters/serial.tcp.ts';
import { isFault } from '../../../daemons/core/ports/fault.ts';
import type { Serial } from '../../../daemons/core/ports/serial.ts';
import { modbusAnalyzer } from '../../../daemons/gas/drivers/modbus-analyzer.ts';
import { modbusMaster } from '../../../daemons/gas/modbus-master.ts';
import { needs } from '../../support/needs.ts';

/** Unit 7 by other hands: libmodbus, three input registers and ten holding registers. */
const head = `
#include <arpa/inet.h>
#include <modbus.h>
#include <stdio.h>
#include <unistd.h>
static modbus_mapping_t *registers(void) {
  modbus_mapping_t *map = modbus_mapping_new(0, 0, 10, 3);
  uint16_t inputs[] = {0x418a, 0x0000, 65411};
  for (int i = 0; i < 3; i++) map->tab_input_registers[i] = inputs[i];
  for (int i = 0; i < 10; i++) map->tab_registers[i] = 100 * i;
  return map;
}`;
/** Listens on a free port and says it. */
const overTcp = `${head}
int main(void) {
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof at;
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  if (bind(listener, (struct sockaddr *)&at, length) || listen(listener, 4)) return 1;
  getsockname(listener, (struct sockaddr *)&at, &length);
  printf("%d\\n", ntohs(at.sin_port));
  fflush(stdout);
  modbus_mapping_t *map = registers();
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
/** Speaks on a terminal, 9600 8N1; a broken frame or another unit's is no reason to end. */
const overRtu = `${head}
int main(int count, char **words) {
  modbus_mapping_t *map = registers();
  modbus_t *context = modbus_new_rtu(words[1], 9600, 'N', 8, 1);
  modbus_set_slave(context, 7);
  if (count != 2 || modbus_connect(context)) return 1;
  puts("open");
  fflush(stdout);
  for (;;) {
    uint8_t query[MODBUS_RTU_MAX_ADU_LENGTH];
    int n = modbus_receive(context, query);
    if (n > 0) modbus_reply(context, query, n, map);
  }
}`;

/** Starts a program in C and gives its first line. It and its folder go with the test. */
async function started(t: ExecutionContext, source: string, ...words: string[]): Promise<string> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-libmodbus-'));
  const [code, program] = [path.join(folder, 'server.c'), path.join(folder, 'server')];
  writeFileSync(code, source);
  execFileSync('gcc', ['-I/usr/include/modbus', '-o', program, code, '-lmodbus']);
  const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  t.teardown(() => {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  });
  return new Promise((resolve, reject) => {
    child.stdout.once('data', (said) => resolve(String(said).trim()));
    child.once('exit', (status) => reject(new Error(`the server ended with ${status}`)));
  });
}

const register = (name: string, at: number, more: object) => ({
  ...{ name, register: at, table: 'input', unit: 'ppm', range: [-1000, 1000] },
  ...more,
});
type Framing = 'rtu' | 'tcp';
const options = (framing: Framing, unit: number, ...channels: object[]) =>
  modbusAnalyzer.config.parse({ unit, framing, timeoutMs: 2000, channels });

/** Reads, is refused a register, writes one. */
async function everything(t: ExecutionContext, line: Serial, framing: Framing): Promise<void> {
  const clock = systemClock();
  const driver = await modbusAnalyzer.open(
    line,
    options(
      framing,
      7,
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
  const beyond = await modbusAnalyzer.open(line, options(framing, 7, register('none', 50, { type: 'u16' })), clock);
  const refused = await t.throwsAsync(beyond.read(), { message: /exception 2 \(illegal data address/ });
  t.true(isFault(refused) && refused.kind === 'refused');
  const master = modbusMaster({ unit: 7, timeoutMs: 2000, framing, clock });
  await line.transact((one) => master.write(one, 9, 4321));
  await line.close();
}

/** What mbpoll reads of a table. */
const mbpoll = (where: readonly string[], at: string, ...table: string[]): string[] =>
  execFileSync('mbpoll', [...where, '-a', '7', ...table, '-1', '-q', at], { encoding: 'utf8' })
    .split('\n')
    .flatMap((text) => /^\[\d+\]:\s+(\S+)/.exec(text)?.[1] ?? []);
function agrees(t: ExecutionContext, where: readonly string[], at: string): void {
  t.deepEqual(mbpoll(where, at, '-t', '3:float', '-B', '-r', '1', '-c', '1'), ['17.25']);
  t.deepEqual(mbpoll(where, at, '-t', '3', '-r', '3', '-c', '1'), ['65411']);
  t.deepEqual(mbpoll(where, at, '-t', '4', '-r', '4', '-c', '1'), ['300']);
  t.deepEqual(mbpoll(where, at, '-t', '4', '-r', '10', '-c', '1'), ['4321']);
}

const title = 'Modbus against libmodbus, and mbpoll beside it';
const all = needs('gcc', title) && needs('/usr/include/modbus/modbus.h', title) && needs('mbpoll', title);
(all ? test : test.skip)(
  'a libmodbus server is read over Modbus TCP, its refusal named, a register of it written, and mbpoll agrees',
  async (t) => {
    const port = await started(t, overTcp);
    await everything(t, connectSerialTcp({ host: '127.0.0.1', port: Number(port) }), 'tcp');
    agrees(t, ['-m', 'tcp', '-p', port], '127.0.0.1');
  },
);

(all && needs('socat', title) ? test : test.skip)(
  'a libmodbus server is read over Modbus RTU on a pair of PTYs through serialport, and mbpoll agrees',
  async (t) => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-ptys-'));
    const [theirs, ours] = [path.join(folder, 'theirs'), path.join(folder, 'ours')];
    const ends = [theirs, ours].map((link) => `pty,raw,echo=0,link=${link}`);
    const pair = spawn('socat', ['-d', '-d', ...ends], { stdio: ['ignore', 'ignore', 'pipe'] });
    t.teardown(() => {
      pair.kill('SIGKILL');
      rmSync(folder, { recursive: true });
    });
    await new Promise<void>((resolve) => {
      pair.stderr.on('data', (said) => String(said).includes('starting data transfer') && resolve());
    });
    t.is(await started(t, overRtu, theirs), 'open');
    const line = openSerialLinux({ path: ours, baudRate: 9600, parity: 'none', stopBits: 1 });
    const other = await modbusAnalyzer.open(
      line,
      { ...options('rtu', 9, register('none', 0, { type: 'u16' })), timeoutMs: 300 },
      systemClock(),
    );
    const silent = await t.throwsAsync(other.read());
    t.true(isFault(silent) && silent.kind === 'timeout', 'another unit does not answer');
    await everything(t, line, 'rtu');
    agrees(t, ['-m', 'rtu', '-b', '9600', '-P', 'none'], ours);
  },
);
