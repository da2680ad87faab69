import net from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { connectI2cTcp } from '../../../daemons/core/adapters/i2c.tcp.ts';
import { connectSerialTcp } from '../../../daemons/core/adapters/serial.tcp.ts';
import { isFault } from '../../../daemons/core/ports/fault.ts';

const kindOf = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'no fault',
    (error: unknown) => (isFault(error) ? error.kind : String(error)),
  );

/** A server for one test; `onSocket` gets each connection with its number. */
async function served(t: ExecutionContext, onSocket: (socket: net.Socket, nth: number) => void): Promise<number> {
  let nth = 0;
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    nth += 1;
    onSocket(socket, nth);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as net.AddressInfo).port;
}

test('bytes of a lost connection are not read on the next one', async (t) => {
  let ended: () => void = () => {};
  const firstEnded = new Promise<void>((resolve) => {
    ended = resolve;
  });
  const port = await served(t, (socket, nth) => {
    if (nth === 1) socket.on('data', () => socket.end('old')).on('close', () => setImmediate(ended));
    else socket.on('data', () => socket.write('new'));
  });
  const serial = connectSerialTcp({ host: '127.0.0.1', port });
  t.teardown(() => serial.close());
  await serial.transact((line) => line.write(Uint8Array.of(1)));
  await firstEnded;
  const heard = await serial.transact(async (line) => {
    await line.write(Uint8Array.of(2));
    return Buffer.from(await line.read(5000)).toString();
  });
  t.is(heard, 'new');
});

test('a connection that is lost while nobody reads is absent to the next read, not a timeout', async (t) => {
  const port = await served(t, (socket) => socket.on('data', () => socket.destroy()));
  const serial = connectSerialTcp({ host: '127.0.0.1', port });
  t.teardown(() => serial.close());
  const kinds = await serial.transact(async (line) => {
    await line.write(Uint8Array.of(1));
    return [await kindOf(line.read(5000)), await kindOf(line.read(5000))];
  });
  t.deepEqual(kinds, ['absent', 'absent']);
});

test('an I2C answer to an earlier question is passed over', async (t) => {
  const port = await served(t, (socket) => {
    let last = 0;
    socket.on('data', (bytes) => {
      const { id } = JSON.parse(bytes.toString()) as { id: number };
      socket.write(`${JSON.stringify({ id: last, d: 'dead' })}\n${JSON.stringify({ id, d: 'beef' })}\n`);
      last = id;
    });
  });
  const bus = connectI2cTcp({ host: '127.0.0.1', port });
  t.teardown(() => bus.close());
  for (let i = 0; i < 3; i++) t.deepEqual(await bus.read(0x44, 2), Uint8Array.of(0xbe, 0xef));
});

test('an I2C bus that says what is no answer is a protocol fault, one without a line end too, and it is asked anew', async (t) => {
  const nonsense = ['hello\n', '{"id":"one"}\n', '{"id":-1,"fault":"protocol"}\n', 'x'.repeat(10_000)];
  const port = await served(t, (socket, nth) => {
    socket.on('data', (bytes) => {
      const { id } = JSON.parse(bytes.toString()) as { id: number };
      socket.write(nonsense[nth - 1] ?? `${JSON.stringify({ id, d: '00' })}\n`);
    });
  });
  const bus = connectI2cTcp({ host: '127.0.0.1', port });
  t.teardown(() => bus.close());
  for (const said of nonsense) t.is(await kindOf(bus.read(0x44, 1)), 'protocol', said.slice(0, 20));
  t.deepEqual(await bus.read(0x44, 1), Uint8Array.of(0));
});
