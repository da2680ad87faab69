/**
 * Writes to a spool and prints `kept N` only when N is on the disk. With `full`, goes on when the disk refuses and prints
 * `waits N`. Arguments: file, full|die.
 */
import { openSpool } from '../../../daemons/core/adapters/spool.sqlite.ts';
import { item } from './keeping.ts';

const [file = '', mode = 'die'] = process.argv.slice(2);
const spool = await openSpool({ path: file, device: 'post-7', telemetryHoldMs: 20, retryMs: 20 });
const last = await spool.recall('last');
process.on('SIGTERM', () => void spool.close().then(() => process.exit(0)));
for (let n = typeof last === 'number' ? last + 1 : 1; ; n++) {
  const kept = await spool.append([item('alert', n), item('tele', n)], { last: n });
  if (kept.where === 'memory') {
    if (mode !== 'full') throw new Error(`the disk refused ${n}`);
    process.stdout.write(`waits ${n}\n`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  void kept.committed.then((onDisk) => onDisk && process.stdout.write(`kept ${n}\n`));
}
