/**
 * An ext4 file system of its own on a loop device, whose power can be cut: EXT4_IOC_SHUTDOWN with NOLOGFLUSH drops every
 * page and journal block that was not flushed, then it is unmounted and mounted again, which replays the journal. It does
 * not model torn sectors, nor a card that lies about its flushes.
 */
import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { findProgram } from './needs.ts';

/** Linux fs/ext4/ext4.h: EXT4_IOC_SHUTDOWN is _IOR('X', 125, __u32); EXT4_GOING_FLAGS_NOLOGFLUSH is 2. */
const source = `
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/ioctl.h>
int main(int count, char **words) {
  uint32_t without_flush = 2;
  int folder = count == 2 ? open(words[1], O_RDONLY | O_DIRECTORY) : -1;
  if (folder < 0 || ioctl(folder, _IOR('X', 125, uint32_t), &without_flush) != 0) { perror(words[0]); return 1; }
  return 0;
}
`;

export interface Disk {
  /** Where it is mounted. Nothing of it may be open in a living process when the power is cut or the disk closed. */
  readonly folder: string;
  /** Cuts the power and brings it back. Whoever writes must have been killed before. */
  cut(): void;
  /** Makes it read-only as the kernel does after an error of the medium, also under files that are open. */
  fail(): void;
  /** Unmounts it: its folder is an empty one of the disk below. Nothing of it may be open. */
  away(): void;
  /** Mounts it again, writable. */
  back(): void;
  /** Away and back. */
  again(): void;
  close(): void;
}

function must(command: string, args: readonly string[], input?: string): void {
  const done = spawnSync(command, args, { encoding: 'utf8', input });
  if (done.status !== 0)
    throw new Error(`${command} ${args.join(' ')}: ${done.error?.message ?? done.stderr.trim()}; no power can be cut`);
}

/** A disk of `megabytes`, in a temp folder, gone after `close` or when this process ends. Errors: what the machine lacks. */
export function openDisk(megabytes = 64): Disk {
  const home = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-disk-'));
  const [image, folder, cutter] = ['image', 'disk', 'cut'].map((name) => path.join(home, name)) as [
    string,
    string,
    string,
  ];
  let mounted = false;
  let shared = false;
  const mount = (): void => {
    must('mount', ['-o', 'loop', image, folder]);
    mounted = true;
  };
  const unmount = (): void => {
    must('umount', [folder]);
    mounted = false;
  };
  const close = (): void => {
    process.off('exit', close);
    // Lazily: a writer may still die with us.
    if (mounted) must('umount', ['-l', folder]);
    if (shared) must('umount', ['-l', home]);
    rmSync(home, { recursive: true, force: true });
  };
  process.once('exit', close);
  try {
    // Whoever copies the mounts of this machine meanwhile (ip netns exec does) would keep an unmounted disk busy.
    must('mount', ['--bind', home, home]);
    shared = true;
    must('mount', ['--make-shared', home]);
    mkdirSync(folder);
    must('gcc', ['-O1', '-x', 'c', '-', '-o', cutter], source);
    writeFileSync(image, '');
    must('truncate', ['-s', `${megabytes}M`, image]);
    must('mkfs.ext4', ['-q', '-F', image]);
    mount();
  } catch (error) {
    close();
    throw error;
  }
  return {
    folder,
    cut: () => {
      must(cutter, [folder]);
      unmount();
      mount();
    },
    fail: () => must('mount', ['-o', 'remount,abort', folder]),
    away: unmount,
    back: mount,
    again: () => {
      unmount();
      mount();
    },
    close,
  };
}

/** What this machine lacks for a power cut, or null: root, a compiler, loop devices, an ext4 that can be shut down. */
export function lacksForCuts(): string | null {
  if (process.getuid?.() !== 0) return 'not root';
  const missing = ['gcc', 'mkfs.ext4', 'mount', 'umount', 'truncate', 'setpriv'].filter(
    (one) => findProgram(one) === null,
  );
  if (missing.length > 0) return `no ${missing.join(', ')}`;
  try {
    const disk = openDisk(16);
    try {
      disk.cut();
    } finally {
      disk.close();
    }
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Leaves no byte free in `folder`, by a file of that name. */
export function fill(folder: string, name = 'filler'): void {
  for (const size of [1 << 20, 4096, 1]) {
    try {
      for (;;) appendFileSync(path.join(folder, name), Buffer.alloc(size, 7));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    }
  }
}
