/**
 * A box's feed that tells the time wrong: listens on the unix socket in argv, and from each line on stdin, which is an
 * offset in ms, tells the machine's time with that offset, good to 20 ms.
 */
import net from 'node:net';
import process from 'node:process';
import readline from 'node:readline';

const peers = new Set<net.Socket>();
let offsetMs: number | null = null;

const tell = (): void => {
  if (offsetMs === null) return;
  const line = JSON.stringify({
    kind: 'time',
    monoNs: Number(process.hrtime.bigint()),
    wallMs: Date.now() + offsetMs,
    uncertaintyMs: 20,
  });
  for (const peer of peers) peer.write(`{"kind":"pose"}\n${line}\n`);
};

net
  .createServer((peer) => {
    peers.add(peer);
    peer.on('error', () => {});
    peer.on('close', () => peers.delete(peer));
    tell();
  })
  .listen(process.argv[2] ?? '', () => process.stdout.write('listening\n'));
setInterval(tell, 50);
readline
  .createInterface({ input: process.stdin })
  .on('line', (line) => {
    offsetMs = Number(line);
  })
  .on('close', () => process.exit());
