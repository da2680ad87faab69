/**
 * `npm run test:hardware`: the kernel bench and nothing else. Builds the kernel where none is at hand, the executable where its sources
 * changed, and ends with what was run.
 */
import { spawn, spawnSync } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { z } from 'zod';
import { foundOutside } from '../support/needs.ts';

const root = path.join(import.meta.dirname, '../..');
const mark = 'kernel bench: ';
const said = z.object({
  guest: z.string(),
  kernel: z.string(),
  sha256: z.string(),
  ran: z.record(z.string(), z.array(z.string())),
});

if (foundOutside('hardware/linux-uml') === null) {
  const kernel = path.join(os.homedir(), '.cache/fieldpost/linux-uml');
  process.stdout.write(`building ${kernel} (once, about ten minutes of CPU) ...\n`);
  const built = spawnSync(path.join(import.meta.dirname, 'build-kernel.sh'), [kernel], { stdio: ['ignore', 2, 2] });
  if (built.status !== 0) {
    process.stderr.write('the kernel was not built (see above); nothing was run\n');
    process.exit(1);
  }
}

const child = spawn(process.execPath, [path.join(root, 'test/run.ts'), 'test/hardware/*.test.ts'], {
  cwd: root,
  stdio: ['ignore', 'pipe', 'inherit'],
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => child.kill(signal));
let rest = '';
const reports = new Map<string, z.infer<typeof said>>();
child.stdout.setEncoding('utf8').on('data', (text: string) => {
  process.stdout.write(text);
  const lines = (rest + text).split('\n');
  rest = lines.pop() ?? '';
  for (const line of lines) {
    const at = line.indexOf(mark);
    if (at < 0) continue;
    const report = said.parse(JSON.parse(line.slice(at + mark.length)));
    reports.set(report.guest, report);
  }
});
const code = await new Promise<number>((resolve) => child.once('close', (status) => resolve(status ?? 1)));

const all = [...reports.values()];
const each = (of: (one: z.infer<typeof said>) => string): string => [...new Set(all.map(of))].join(', ') || 'none';
process.stdout.write(`\nkernel: ${each(({ kernel }) => kernel)}\n`);
process.stdout.write(`executable: sha256 ${each(({ sha256 }) => sha256)}\n`);
const ran = all.flatMap((one) => Object.entries(one.ran));
for (const [part, cases] of ran) process.stdout.write(`${part}: ${cases.length} cases (${cases.join(', ')})\n`);
const count = ran.reduce((sum, [, cases]) => sum + cases.length, 0);
process.stdout.write(
  `${ran.length} drivers, ${count} cases, ${all.length} guests (${each(({ guest }) => guest)}); all parts simulated\n`,
);
process.exit(code === 0 && all.length > 0 ? 0 : code || 1);
