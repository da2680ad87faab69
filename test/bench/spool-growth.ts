/** Whether a spool that nobody takes from for months stays as quick: enqueues at a million envelopes and at a thousand. */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { openSpoolFile } from '../../daemons/core/adapters/spool.sqlite.file.ts';
import { pack } from '../../daemons/core/spool/link.ts';
import { item } from '../core/spool/keeping.ts';
import { bundled } from './bundled.ts';
import { abTurns, type Figure, median } from './figure.ts';
import { benchDisk } from './spool-disk.ts';
import { appends, type Run } from './spool-growth.child.ts';

function make(file: string, count: number): void {
  const spool = openSpoolFile(file, 'writer');
  const items = Array.from({ length: 1000 }, (_, n) => pack(item('event', n)));
  for (let n = 0; n < count; n += items.length) spool.append('bench', items, []);
  spool.close();
}

export async function growth(): Promise<readonly Figure[]> {
  const disk = benchDisk(2048);
  const [large, small] = ['large.db', 'small.db'].map((name) => path.join(disk.folder, name)) as [string, string];
  make(large, 1_000_000);
  make(small, 1000);
  // What the making left in memory would be written back while the rounds run.
  spawnSync('sync', ['-f', disk.folder]);
  const program = await bundled(path.join(import.meta.dirname, 'spool-growth.child.ts'));
  const runs: Run[] = [];
  const p50 = (file: string): number => {
    const { stdout } = spawnSync(process.execPath, [program, file], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const said = JSON.parse(stdout) as Run;
    if (file === large) runs.push(said);
    return said.p50Ms;
  };
  p50(large);
  p50(small);
  runs.length = 0;
  const { a, b } = await abTurns(
    () => p50(large),
    () => p50(small),
    9,
  );
  disk.close();
  rmSync(path.dirname(program), { recursive: true });
  const openMs = median(runs.map((one) => one.openMs));
  const rssMb = median(runs.map((one) => one.rssMb));
  const ok = a / b <= 2 && openMs <= 500 && rssMb <= 80;
  return [
    {
      id: 'spool.growth',
      value: a,
      unit: 'ms p50 an enqueue at 1,000,000',
      baseline: b,
      ratio: a / b,
      reach: 'ratio <= 2; open <= 0.5 s; RSS <= 80 MB',
      ok,
      note: `open to the first peek ${Math.round(openMs)} ms, thread start included; RSS of the whole process ${Math.round(rssMb)} MB, bundled as it ships; ${appends} appends a round, ${disk.note}`,
    },
  ];
}
