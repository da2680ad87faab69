import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'ava';
import { openSpoolArchive } from '../../daemons/core/adapters/archive.spool.ts';
import { collect } from '../../daemons/tools/evidence/collect.ts';
import { arm64Node } from '../support/arm64.ts';
import { models, signedPost } from '../support/signed-post.ts';

const main = path.join(import.meta.dirname, '../../daemons/main.ts');
const title = 'a decision made on x64 is the same on arm64, to the byte';
const node = process.arch === 'x64' ? arm64Node(title) : null;

(node ? test : test.skip)(title, async (t) => {
  t.timeout(600_000);
  const [program = '', ...args] = node ?? [];
  const post = await signedPost();
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-arm64-'));
  t.teardown(() => {
    post.remove();
    rmSync(folder, { recursive: true });
  });
  const archive = await openSpoolArchive(path.join(post.state, 'spool'));
  const alert = post.alerts.find(({ kind }) => kind === 'vapour')?.id ?? '';
  const file = path.join(folder, 'bundle.jsonl');
  writeFileSync(file, await collect(archive, { alert, source: 'state', windowS: 300, models, nowMs: 0 }));
  await archive.close();

  const child = spawn(program, [...args, main, 'replay', file, '--json'], { stdio: ['ignore', 'pipe', 'pipe'] });
  t.teardown(() => child.kill('SIGKILL'));
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  const code = await new Promise((resolve) => child.on('close', resolve));
  t.is(code, 0, said);
  const { ok, arch, revisions, telemetry } = JSON.parse(said) as Record<string, { same: number; of: number }>;
  t.true(ok as unknown as boolean);
  t.is(arch as unknown as string, 'arm64');
  t.is(revisions?.same, 1);
  t.true((telemetry?.of ?? 0) > 0);
  t.log(said.trim());
});
