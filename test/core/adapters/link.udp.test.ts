import dgram from 'node:dgram';
import { once } from 'node:events';
import test, { type ExecutionContext } from 'ava';
import { openLinkUdp } from '../../../daemons/core/adapters/link.udp.ts';
import { isFault } from '../../../daemons/core/ports/fault.ts';
import type { Link } from '../../../daemons/core/ports/link.ts';

const host = '127.0.0.1';

async function peer(t: ExecutionContext): Promise<{ socket: dgram.Socket; port: number; name: string }> {
  const socket = dgram.createSocket('udp4');
  socket.bind(0, host);
  await once(socket, 'listening');
  t.teardown(() => socket.close());
  const { port } = socket.address();
  return { socket, port, name: `${host}:${port}` };
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const socket = dgram.createSocket('udp4');
  socket.bind(0, host);
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  return port;
}

const opened = (t: ExecutionContext, link: Link): Link => {
  t.teardown(() => link.close());
  return link;
};
const kindOf = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'no fault',
    (error: unknown) => (isFault(error) ? error.kind : String(error)),
  );
/** What is sent to a port before it is bound is lost: sent again until it is heard. */
async function heard(link: Link, send: () => void) {
  for (;;) {
    const reading = link.read(200).catch((error: unknown) => {
      if (isFault(error)) return null;
      throw error;
    });
    send();
    const one = await reading;
    if (one) return one;
  }
}

test('a station hears two drones, told apart by address, and answers each of them', async (t) => {
  const port = await freePort();
  const link = opened(t, openLinkUdp({ listen: { host, port } }));
  const [a, b] = [await peer(t), await peer(t)];
  for (const [one, text] of [
    [a, 'from a'],
    [b, 'from b'],
  ] as const) {
    const { from, bytes } = await heard(link, () => one.socket.send(text, port, host));
    t.is(from, one.name);
    t.is(Buffer.from(bytes).toString(), text);
    const answer = once(one.socket, 'message');
    await link.send(Buffer.from(`to ${text}`), from);
    t.is(String((await answer)[0]), `to ${text}`);
  }
  t.is(await kindOf(link.send(Buffer.from('x'), null)), 'absent');
});

test('a client speaks first, and takes nothing from anybody else', async (t) => {
  const [drone, other] = [await peer(t), await peer(t)];
  const link = opened(t, openLinkUdp({ connect: { host, port: drone.port } }));
  const first = once(drone.socket, 'message') as Promise<[Buffer, dgram.RemoteInfo]>;
  await link.send(Buffer.from('here I am'), null);
  const [bytes, { port }] = await first;
  t.is(String(bytes), 'here I am');
  const one = link.read(60_000);
  await new Promise<void>((resolve) => other.socket.send('spoofed', port, host, () => resolve()));
  await new Promise<void>((resolve) => drone.socket.send('true', port, host, () => resolve()));
  t.is(Buffer.from((await one).bytes).toString(), 'true');
});

test('what is too long for MAVLink is dropped and counted, and what waits is bounded', async (t) => {
  const port = await freePort();
  const link = opened(t, openLinkUdp({ listen: { host, port } }));
  const { socket } = await peer(t);
  await heard(link, () => socket.send('begin', port, host));
  socket.send(Buffer.alloc(3000), port, host);
  // A receive buffer of the kernel may drop some of them: until the queue has.
  while (link.dropped < 2) {
    for (let i = 0; i < 50; i++) socket.send('more', port, host);
    await new Promise((resolve) => setImmediate(resolve));
  }
  // The long one is not among those that wait, whatever the kernel kept of the others.
  for (let i = 0; i < 256; i++) t.true((await link.read(60_000)).bytes.length < 3000);
});

test('silence is a timeout, a port that is taken is absent, and it is tried again', async (t) => {
  const port = await freePort();
  const link = opened(t, openLinkUdp({ listen: { host, port } }));
  t.is(await kindOf(link.read(1)), 'timeout');
  const second = opened(t, openLinkUdp({ listen: { host, port } }));
  t.is(await kindOf(second.read(1)), 'absent');
  await link.close();
  let kind = await kindOf(second.read(1));
  while (kind === 'absent') kind = await kindOf(second.read(1));
  t.is(kind, 'timeout');
});

test('a drone whose port is closed is absent, and is heard again when it is back', async (t) => {
  const port = await freePort();
  const link = opened(t, openLinkUdp({ connect: { host, port } }));
  let kind = 'no fault';
  while (kind !== 'absent') {
    await link.send(Buffer.from('x'), null).catch(() => {});
    kind = await kindOf(link.read(50));
  }
  const drone = dgram.createSocket('udp4');
  t.teardown(() => drone.close());
  drone.bind(port, host);
  await once(drone, 'listening');
  drone.on('message', (_bytes, { port: theirs }) => drone.send('back', theirs, host));
  const { bytes } = await heard(link, () => void link.send(Buffer.from('x'), null).catch(() => {}));
  t.is(Buffer.from(bytes).toString(), 'back');
});
