/** Imported into a measured process: tells who started it, whenever asked, what the process has used (getrusage, all threads). */
import process from 'node:process';

process.on('message', () => process.send?.(process.cpuUsage()));
process.channel?.unref();
