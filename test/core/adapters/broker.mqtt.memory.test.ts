import '../../../daemons/core/adapters/broker.mqtt.ts';
import test from 'ava';
import packets from 'mqtt-packet';

/** What is written for a message of that size, piece by piece, as the client hands it to its connection. */
function written(bytes: number): Buffer[] {
  const pieces: Buffer[] = [];
  const into = { write: (piece: Buffer): boolean => pieces.push(piece) > 0 };
  const body = { topic: 't', payload: Buffer.alloc(bytes), qos: 1, messageId: 7, retain: false, dup: false } as const;
  packets.writeToStream({ cmd: 'publish', ...body }, into as never);
  return pieces;
}

test('what stays of a packet for good is of its own size, and holds no block of the pool', (t) => {
  for (const bytes of [10, 200, 2600, 16_000]) {
    const pieces = written(bytes);
    // Fixed header, then the length: it is the one that is kept.
    const length = pieces[1] as Buffer;
    t.is(written(bytes)[1] as Buffer, length, 'it is kept');
    t.is(length.buffer.byteLength, length.length);
    const rest = pieces.slice(2).reduce((sum, one) => sum + one.length, 0);
    t.is(
      length.reduce((sum, byte, i) => sum + (byte & 127) * 128 ** i, 0),
      rest,
    );
  }
});
