/** Holds many event streams and tells how many alerts each was sent. Its parent says when to end. */
import http from 'node:http';
import process from 'node:process';

const [url = '', count = '0'] = process.argv.slice(2);
const agent = new http.Agent({ maxSockets: Number.POSITIVE_INFINITY });
const seen = Array.from({ length: Number(count) }, () => new Set<string>());
let [open, ended] = [0, 0];

for (const one of seen) {
  let left = '';
  const request = http.get(`${url}/api/stream`, { agent }, (answer) => {
    open += 1;
    if (open === seen.length) process.send?.({ open });
    answer.setEncoding('utf8');
    answer.on('data', (text: string) => {
      const lines = (left + text).split('\n');
      left = lines.pop() ?? '';
      for (const line of lines) for (const [, id = ''] of line.matchAll(/"alert":\{"id":"(alert-\d+)"/g)) one.add(id);
    });
    answer.on('close', () => {
      ended += 1;
    });
  });
  request.on('error', () => {
    ended += 1;
  });
}

process.on('message', () => {
  process.send?.({ ended, sizes: seen.map(({ size }) => size) });
  process.exit(0);
});
