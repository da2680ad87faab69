/** A disk of its own for the spool's benches, so that the kernel's counters hold nothing of anybody else. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { lacksForCuts, openDisk } from '../support/loop-ext4.ts';

export interface BenchDisk {
  readonly folder: string;
  /** Bytes that the device was given to write so far, file system included; null where it is not a device of its own. */
  written(): number | null;
  readonly note: string;
  close(): void;
}

export function benchDisk(megabytes: number): BenchDisk {
  const lacks = lacksForCuts();
  if (lacks !== null) {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-bench-'));
    const close = (): void => rmSync(folder, { recursive: true });
    return { folder, written: () => null, note: `in ${os.tmpdir()}: no disk of its own (${lacks})`, close };
  }
  const { folder, close } = openDisk(megabytes);
  const device = new RegExp(`^/dev/(loop\\d+) ${folder} `, 'm').exec(readFileSync('/proc/mounts', 'utf8'))?.[1];
  return {
    folder,
    // Field 7 of https://docs.kernel.org/block/stat.html: sectors of 512 bytes.
    written: () => {
      spawnSync('sync', ['-f', folder]);
      return 512 * Number(readFileSync(`/sys/block/${device}/stat`, 'utf8').trim().split(/\s+/)[6]);
    },
    note: 'on an ext4 of its own on a loop device',
    close,
  };
}
