/** Puts one model after another in force until it is killed, and says which one is. Arguments: shipped folder, first number. */
import process from 'node:process';
import { candidates } from '../../../daemons/core/model/places.ts';
import { lay, switchTo } from '../../../daemons/tools/train/put-in-force.ts';
import { markedFiles } from './marked-model.ts';

const [shipped = '', first = '1'] = process.argv.slice(2);
process.stdout.write('ready\n');
for (let n = Number(first); ; n++) {
  const laid = lay(shipped, markedFiles(n));
  const before = candidates(shipped)[0] ?? shipped;
  for (const _ of switchTo({ shipped, laid, version: `0.0.${n}`, before }));
  process.stdout.write(`in force ${n}\n`);
}
