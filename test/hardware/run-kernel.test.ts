import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { type KernelOptions, runKernel, wordsOn } from './run-kernel.ts';

/** A program in the kernel's place; `$out` is the folder that the guest would write into. */
function kernelThat(t: ExecutionContext, script: string): KernelOptions {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-kernel-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const program = path.join(folder, 'kernel');
  writeFileSync(program, `#!/bin/sh\nfor one; do out=\${one#OUT=}; done\n${script}\n`);
  chmodSync(program, 0o755);
  return { program, command: '', init: '/init', limitMs: 60_000, memoryMb: 1 };
}

test('a kernel that panics is told by its last words, on either stream, and by how it ended', async (t) => {
  const done = await runKernel(
    kernelThat(t, 'echo "Kernel panic - not syncing: VFS"; echo "ptrace is not permitted" >&2; exit 134'),
  );
  const words = wordsOn(done);
  for (const one of [/never came to its end; the kernel ended with 134/, /Kernel panic/, /ptrace is not permitted/])
    t.regex(words, one);
});

test('a kernel that is killed in silence is told by the signal', async (t) => {
  const words = wordsOn(await runKernel(kernelThat(t, 'kill -BUS $$')));
  t.regex(words, /the kernel was killed by SIGBUS after \d+ s/);
  t.regex(words, /last words: \(nothing\)/);
});

test('one that hangs is ended with its children, and said to be late', async (t) => {
  const done = await runKernel({ ...kernelThat(t, 'sleep 600 & sleep 600'), limitMs: 500 });
  t.regex(wordsOn(done), /had not ended after 0.5 s and was killed/);
});

test('what the guest left is kept: its exit code, its output and its errors', async (t) => {
  const done = await runKernel(
    kernelThat(t, 'echo 3 > $out/code; echo "no such bus" > $out/stderr; echo {} > $out/stdout'),
  );
  t.like(done, { code: '3', stdout: '{}\n', stderr: 'no such bus\n' });
  t.regex(wordsOn(done), /the guest ended with "3"[\s\S]*no such bus/);
});

test('a program that cannot be started says so', async (t) => {
  const done = await runKernel({ ...kernelThat(t, ''), program: '/nowhere/linux' });
  t.regex(wordsOn(done), /could not be started \(spawn \/nowhere\/linux ENOENT\)/);
});

test('without room for its memory it is not started, and each folder is named with what is free', async (t) => {
  const options = { ...kernelThat(t, 'exit 0'), memoryMb: 1e9, rooms: ['/nowhere', os.tmpdir()] };
  await t.throwsAsync(runKernel(options), {
    message: /needs 1000000000 MB.*\/nowhere has 0 MB free, .* has \d+ MB free/,
  });
});
