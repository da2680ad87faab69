/**
 * Runs as root in the User-Mode-Linux kernel: simulated parts behind the kernel's real I2C and serial drivers, read by our
 * adapters and drivers. Its last line is JSON; kernel-bench.test.ts asserts on it. What takes long runs side by side.
 */
import { fsyncSync } from 'node:fs';
import { i2cCases, serialCases, together } from './cases.ts';
import { report as end, i2cBench, serialBench } from './kernel.ts';
import { gains, humidity, pulledInFrame, pulledInHeating, stretchMishaps, tinyMishaps } from './mishaps.ts';

process.on('uncaughtExceptionMonitor', (error) => {
  // The kernel may not survive the end of a process whose devices are served by itself: what it says is on the disk first.
  process.stderr.write(`${error.stack}\n`);
  fsyncSync(2);
});

let stretches: (writing: boolean) => boolean = () => false;
const [crowd, first, second, pulled, mcp, line, another, pulledLine] = await Promise.all([
  ...[i2cBench(0), i2cBench(1), i2cBench(2), i2cBench(3)],
  i2cBench(4, (writing) => stretches(writing)),
  ...[serialBench(5), serialBench(6), serialBench(7)],
] as const);

const [cases, serial, crowded, unplugged, unpluggedLine, stretched] = await Promise.all([
  i2cCases([first, second]),
  serialCases([line, another]),
  together(crowd),
  pulledInHeating(pulled),
  pulledInFrame('winsen', pulledLine).then(async (winsen) => ({
    winsen,
    modbus: await pulledInFrame('modbus-analyzer', pulledLine),
  })),
  stretchMishaps(mcp, (how) => {
    stretches = how;
  }),
]);
const report = {
  cases: [...cases, ...serial],
  together: crowded,
  mishaps: await tinyMishaps(first),
  stretched,
  gains: await gains(first),
  humidity: await humidity(second),
  unplugged: { bme68x: unplugged, ...unpluggedLine },
};
for (const bench of [crowd, first, second, pulled, mcp, line, another, pulledLine]) await bench.close();
const ran: Record<string, string[]> = {};
for (const { part, name } of [...report.cases, ...crowded.map(({ part }) => ({ part, name: 'normal' }))])
  if (!ran[part]?.includes(name)) ran[part] = [...(ran[part] ?? []), name].toSorted();
end(report, ran);
