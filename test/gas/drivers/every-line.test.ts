/** An analyzer that says more lines than it is looked at: with `take: every` none is passed over. */
import net from 'node:net';
import test from 'ava';
import { systemClock } from '../../../daemons/core/adapters/clock.system.ts';
import { connectSerialTcp } from '../../../daemons/core/adapters/serial.tcp.ts';
import { merge } from '../../../daemons/core/flow/merge.ts';
import { asciiLine } from '../../../daemons/gas/drivers/ascii-line.ts';

const options = (more: object = {}) =>
  asciiLine.config.parse({
    pattern: 'a,{a}',
    take: 'every',
    timeoutMs: 60_000,
    channels: [{ name: 'a', unit: 'ppm', range: [0, 1e6] }],
    ...more,
  });

async function saying(text: string): Promise<{ readonly port: number; close(): void }> {
  const server = net.createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.write(text);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as net.AddressInfo).port, close: () => server.close() };
}

test('a stream of ten times what may wait comes whole and in order, however slowly it is read', async (t) => {
  const count = 80_000;
  const lines = Array.from({ length: count }, (_, i) => `a,${i}`).join('\n');
  const instrument = await saying(`\n${lines}\n`);
  const port = connectSerialTcp({ host: '127.0.0.1', port: instrument.port });
  const driver = await asciiLine.open(port, options(), systemClock());
  const values: (number | null)[] = [];
  while (values.length < count) {
    for (const { value } of await driver.read()) values.push(value);
    // Between two looks the instrument goes on.
    await new Promise((resolve) => setImmediate(resolve));
  }
  t.deepEqual(
    values,
    Array.from({ length: count }, (_, i) => i),
  );
  await port.close();
  instrument.close();
});

test('a broken line among others is a gap in its place', async (t) => {
  const instrument = await saying('\na,1\nwhat\na,3\n');
  const port = connectSerialTcp({ host: '127.0.0.1', port: instrument.port });
  const driver = await asciiLine.open(port, options(), systemClock());
  const found = [];
  while (found.length < 3) found.push(...(await driver.read()));
  t.deepEqual(
    found.map(({ value, flags }) => [value, flags]),
    [
      [1, []],
      [null, ['protocol']],
      [3, []],
    ],
  );
  await port.close();
  instrument.close();
});

test('where the analyzer is asked there is one line, and no other word', (t) => {
  t.throws(() => options({ ask: 'R\\r\\n' }), { message: /must be newest/ });
});

test('a source that has much lying ready is asked again when that was taken, and others go on', async (t) => {
  const pulled = { much: 0, little: 0 };
  async function* source(name: 'much' | 'little', size: number) {
    while (pulled.little < 20) {
      pulled[name] += 1;
      yield Array.from({ length: size }, () => name);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  const line = merge([source('much', 1000), source('little', 1)], { limit: 1000, onDropped: () => t.fail() });
  const first = await line[Symbol.asyncIterator]().next();
  t.false(first.done);
  while (pulled.little < 20) await new Promise((resolve) => setImmediate(resolve));
  t.true(pulled.much <= 2, `pulled ${pulled.much} times`);
});
