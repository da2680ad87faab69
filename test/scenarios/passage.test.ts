/** A checkpoint at the real gas daemon: each of the three results of a passage, and what an officer decides. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import process from 'node:process';
import test from 'ava';
import { parse } from 'yaml';
import { type GasBox, gasBox } from '../support/gas-box.ts';
import { startProgram } from '../support/process.ts';

const root = path.join(import.meta.dirname, '../..');
const shipped = parse(readFileSync(path.join(root, 'firmware-configs/profiles/checkpoint.yaml'), 'utf8'));

/** A loop detector that says its state in a line of text five times a second. */
async function loopDetector() {
  let occupied = 0;
  const server = net.createServer((socket) => {
    const timer = setInterval(() => socket.write(`LOOP ${occupied}\r\n`), 200);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => clearInterval(timer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  return {
    tcp: `127.0.0.1:${port}`,
    set: (level: 0 | 1): void => {
      occupied = level;
    },
    close: (): void => void server.close(),
  };
}

const withLoop = (tcp: string) => (board: Record<string, unknown>) => {
  const ports = board.ports as { i2c: object; serial: object };
  const options = {
    pattern: 'LOOP {occupied}',
    channels: [{ name: 'occupied', unit: '1', range: [0, 1], resolution: 1 }],
  };
  return {
    ...board,
    ports: { ...ports, serial: { ...ports.serial, loop: { tcp } } },
    sensors: [
      ...(board.sensors as object[]),
      { id: 'loop', part: 'ascii-line', serial: 'SIM-0009', port: 'loop', stuckAfter: false, options },
    ],
    quantities: [
      ...(board.quantities as object[]),
      { quantity: 'occupied', unit: '1', channel: 'loop/occupied', factory: { u: 0 } },
    ],
  };
};

const passageVerb = async (box: GasBox, ...args: string[]) => {
  const all = [path.join(root, 'daemons/main.ts'), 'passage', ...args, '--state', box.state];
  const program = startProgram(process.execPath, all);
  await once(program.child, 'close');
  return { status: program.child.exitCode, said: program.output() };
};

test.serial(
  'nothing above LOD, an indication and not measured, by number; an officer decides and false alarms are counted',
  async (t) => {
    t.timeout(240_000);
    const loop = await loopDetector();
    t.teardown(loop.close);
    const passage = {
      ...shipped.gas.passage,
      value: 'ammonia',
      baselineS: 4,
      baselineLeast: 4,
      dwellS: 2,
      delayS: 0.5,
      purgeS: 0.5,
    };
    const box = await gasBox(t, {
      board: withLoop(loop.tcp),
      profile: (profile) => ({ ...profile, gas: { ...(profile.gas as object), passage } }),
    });
    /** Resolves with the moment, in seconds, once the analyzer shows that at least so long after `sinceS`. */
    const shows = (is: (ppm: number) => boolean, sinceS = 0): Promise<number> =>
      box.until(({ measurements }) => {
        const one = measurements.findLast(({ quantity }) => quantity === 'ammonia');
        return one && one.value !== null && is(one.value) && one.at.monoNs / 1e9 > sinceS
          ? one.at.monoNs / 1e9
          : undefined;
      });
    /** Resolves with the moment at which the box saw the loop at that level, after `sinceS`. */
    const seen = (level: 0 | 1, sinceS = 0): Promise<number> =>
      box.until(({ measurements }) => {
        const one = measurements.findLast(({ quantity }) => quantity === 'occupied');
        return one && one.value === level && one.at.monoNs / 1e9 > sinceS ? one.at.monoNs / 1e9 : undefined;
      });
    const result = (number: number) =>
      box.until(({ events }) => events.find(({ type, detail }) => type === 'passage' && detail.passage === number));
    const any = (): boolean => true;

    await box.connect('modbus-tcp', { ammonia: 0 });
    await shows(any, (await shows((ppm) => ppm < 1, await seen(0))) + 5);
    loop.set(1);
    await shows(any, (await seen(1)) + 3);
    loop.set(0);
    const first = await result(1);
    t.deepEqual([first.detail.result, first.severity], ['nothing above LOD', 'info'], first.message);

    await shows(any, (await seen(0)) + 6);
    loop.set(1);
    const entered = await seen(1);
    await box.connect('modbus-tcp', { ammonia: 60 });
    await shows((ppm) => ppm > 30, entered + 3);
    loop.set(0);
    const second = await result(2);
    t.is(second.detail.result, 'indication', second.message);
    t.regex(
      second.message,
      /passage 2: indication: [\d.]+ ppm of ammonia above the air before it, LOD 5 ppm; an officer decides/,
    );

    // The gas stays: the air before the next one is not clean.
    await shows(any, (await seen(0)) + 6);
    loop.set(1);
    await shows(any, (await seen(1)) + 3);
    loop.set(0);
    const third = await result(3);
    t.deepEqual([third.detail.result, third.detail.why], ['not measured', 'unclean baseline']);
    t.regex(third.message, /it says nothing of the vehicle/);

    const word = await passageVerb(box, 'decide', '2', 'nothing', '--by', 't-17');
    t.is(word.status, 0, word.said);
    t.regex(
      word.said,
      /passage 2 \(indication\): t-17 found nothing; 500\.0 false alarms per 1,000 of 2 measured passages/,
    );
    t.regex(
      (await passageVerb(box, 'decide', '9', 'nothing', '--by', 't-17')).said,
      /passage 9 is not among the last 3/,
    );
    const list = await passageVerb(box, 'list');
    t.regex(list.said, /^2 measured, 1 not measured, 1 indications, 1 of them found to be nothing, 0 missed/);

    // The count and the book outlive the daemon.
    await box.restart('SIGTERM');
    await seen(0, await shows(any));
    t.regex((await passageVerb(box, 'list')).said, /^2 measured, 1 not measured/);
  },
);
