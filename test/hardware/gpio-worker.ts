/** A thread that watches one line of a chip, holds another, and never gives them back. */
import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '../../daemons/core/adapters/clock.system.ts';
import { openGpioChardev } from '../../daemons/core/adapters/gpio.chardev.ts';
import { take } from './gpio-cases.ts';

const gpio = openGpioChardev(systemClock());
const watched = await gpio.input({ chip: workerData.label, offset: 1 });
await gpio.output({ chip: workerData.label, offset: 2 }, { initial: true });
const waiting = take(watched, 1000);
parentPort?.postMessage('held');
await waiting;
