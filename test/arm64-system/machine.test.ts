/** What starts the emulated machine, with a stand-in for qemu that says what it was told. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';

const script = path.join(import.meta.dirname, '../../deploy/image/machine.sh');

function told(t: ExecutionContext, words: readonly string[], env: Readonly<Record<string, string>> = {}): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-machine-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(path.join(folder, 'qemu-system-aarch64'), '#!/bin/sh\nprintf "%s\\n" "$@"\n', { mode: 0o755 });
  const { status, stdout, stderr } = spawnSync(script, words, {
    encoding: 'utf8',
    env: { PATH: `${folder}:${process.env.PATH}`, ...env },
  });
  t.is(status, 0, stderr);
  return stdout;
}

test('a disk alone has no payload beside it, no wire, and the whole of it is the root', (t) => {
  const said = told(t, ['/room', '/disk.img']);
  t.regex(said, /^-kernel\n\/room\/vmlinuz\n-initrd\n\/room\/initrd\n-append\nconsole=ttyAMA0 panic=-1 \n/m);
  t.regex(said, /file=\/disk\.img\n-device\nvirtio-blk-device,drive=disk,serial=disk\n/);
  t.false(said.includes('payload'));
  t.regex(said, /^-nic\nnone$/m);
});

test('a payload cannot be written to, and init is told which partition is the root', (t) => {
  const said = told(t, ['/room', '/card.img', '/payload.tar'], { PART: '2' });
  t.regex(said, /panic=-1 rig\.part=2\n/);
  t.regex(said, /id=payload,format=raw,readonly=on,file=\/payload\.tar/);
});

test("a card is started by its own kernel, with what a Pi's firmware would tell it, and a wire", (t) => {
  const env = { KERNEL: '/k', INITRD: '/i', APPEND: 'root=LABEL=fieldpost-root ro', NETWORK: 'yes' };
  const said = told(t, ['/room', '/card.img'], env);
  t.regex(said, /^-kernel\n\/k\n-initrd\n\/i\n-append\nconsole=ttyAMA0 panic=-1 root=LABEL=fieldpost-root ro\n/m);
  t.regex(said, /^-netdev\nuser,id=wire\n/m);
});
