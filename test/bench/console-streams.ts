/** How many pages one console serves while alerts come: each must be sent every alert. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { arrivalOf, openRoom, spread } from './console-room.ts';
import type { Figure } from './figure.ts';
import { inRoom } from './in-room.ts';

const streams = 600;
const reach = 500;
const seconds = 20;
const everyMs = 100;

export function consoleStreams(): Promise<Figure> {
  return inRoom('console-streams', async (folder, ends) => {
    const { ledger, server } = await openRoom(folder, ends);
    const child = fork(path.join(import.meta.dirname, 'console-streams.child.ts'), [server.url, String(streams)]);
    ends.push(async () => void child.kill());
    await once(child, 'message');
    const sent = (seconds * 1000) / everyMs;
    const beganMs = performance.now();
    for (let n = 1; n <= sent; n++) {
      await ledger.commit([arrivalOf(spread(`alert-${n}`, n), n, 1)], Date.now());
      await sleep(Math.max(0, beganMs + n * everyMs - performance.now()));
    }
    const rate = (1000 * sent) / (performance.now() - beganMs);
    await server.feed.refresh();
    await sleep(2000);
    child.send('tell');
    const [{ ended, sizes }] = (await once(child, 'message')) as [{ ended: number; sizes: number[] }];
    const whole = sizes.filter((size) => size === sent).length;
    return {
      id: 'console.streams',
      value: whole,
      unit: 'streams',
      baseline: reach,
      ratio: whole / reach,
      reach: `>= ${reach} streams, none dropped, at 10 alerts/s`,
      ok: whole === streams && whole >= reach && ended === 0 && rate >= 9.5,
      note: `${streams} opened, ${ended} dropped, ${whole} were sent all ${sent} alerts at ${rate.toFixed(1)} alerts/s; one process, SQLite; baseline: the reach`,
    };
  });
}
