/** Appends an alert that is not flushed and prints `appended`; with `peek`, lets a reader give it out before. Arguments: file, peek|leave. */
import { openSpoolFile } from '../../../daemons/core/adapters/spool.sqlite.file.ts';
import { pack } from '../../../daemons/core/spool/link.ts';
import { item } from './keeping.ts';

const [file = '', mode = 'leave'] = process.argv.slice(2);
const writer = openSpoolFile(file, 'writer');
writer.flushApart();
const reader = openSpoolFile(file, 'reader');
writer.append('post-7', [pack(item('alert', 2))], []);
if (mode === 'peek') reader.peek('alert', 0, 10);
process.stdout.write('appended\n');
setInterval(() => {}, 1000);
