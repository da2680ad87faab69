/** What a script does: asks the same analyzers for the same bytes at the same pace, and takes the numbers out of them. */
import net from 'node:net';
import process from 'node:process';
import { readRequest } from '../../daemons/core/codecs/modbus-rtu.ts';

const [periodMs = '100', ...ports] = process.argv.slice(2);
const request = readRequest(1, 'input', 0, 8);
const answerBytes = 3 + 16 + 2;
const newest: number[] = [];
for (const [i, port] of ports.entries()) {
  const socket = net.connect({ host: '127.0.0.1', port: Number(port), noDelay: true });
  let waiting = Buffer.alloc(0);
  socket.on('data', (bytes: Buffer) => {
    waiting = Buffer.concat([waiting, bytes]);
    if (waiting.length < answerBytes) return;
    for (let channel = 0; channel < 4; channel++) newest[4 * i + channel] = waiting.readFloatBE(3 + 4 * channel);
    waiting = Buffer.alloc(0);
  });
  socket.once('connect', () => setInterval(() => socket.write(request), Number(periodMs)));
}
process.once('disconnect', () => process.exit(newest.length > 0 ? 0 : 1));
