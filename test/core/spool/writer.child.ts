/**
 * Writes to a spool and prints `kept N` only after `append` resolved for N. With `full`, goes on when the disk refuses
 * and prints `refused N`. Arguments: file, full|die.
 */
import { openSpool } from '../../../daemons/core/adapters/spool.sqlite.ts';
import { isFault } from '../../../daemons/core/ports/fault.ts';
import { item } from './keeping.ts';

const [file = '', mode = 'die'] = process.argv.slice(2);
const spool = await openSpool({ path: file, device: 'post-7', telemetryHoldMs: 20 });
const last = await spool.recall('last');
process.on('SIGTERM', () => void spool.close().then(() => process.exit(0)));
for (let n = typeof last === 'number' ? last + 1 : 1; ; n++) {
  try {
    await spool.append([item('alert', n), item('tele', n)], { last: n });
    process.stdout.write(`kept ${n}\n`);
  } catch (error) {
    if (!isFault(error) || mode !== 'full') throw error;
    process.stdout.write(`refused ${n}: ${error.message}\n`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
