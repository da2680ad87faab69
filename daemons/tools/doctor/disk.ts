import { statfsSync } from 'node:fs';
import { mountUnder } from '../../core/adapters/wear.linux.ts';
import type { Mount } from '../../core/wear/counters.ts';
import { type Finding, fine, warn, wrong } from './finding.ts';
import { size } from './words.ts';

export interface Disk {
  readonly folder: string;
  readonly mount: Mount | null;
  readonly totalBytes: number;
  readonly freeBytes: number;
  readonly freeFiles: number | null;
}

/** Less is little, in bytes: a day of telemetry and the space that SQLite needs to tidy. */
const littleBytes = 200e6;

export function readDisk(folder: string): Disk {
  const { blocks, bsize, bavail, files, ffree } = statfsSync(folder);
  return {
    folder,
    mount: mountUnder(folder),
    totalBytes: blocks * bsize,
    freeBytes: bavail * bsize,
    // btrfs and others count no files.
    freeFiles: files === 0 ? null : ffree,
  };
}

export function judgeDisk({ folder, mount, totalBytes, freeBytes, freeFiles }: Disk): Finding[] {
  const where = mount ? `${folder} (${mount.type} on ${mount.source})` : folder;
  const facts = { freeBytes, totalBytes, freeFiles, device: mount?.source ?? null, type: mount?.type ?? null };
  const space = `${size(freeBytes)} free of ${size(totalBytes)}`;
  const found: Finding[] = [];
  if (mount?.readOnly)
    found.push(
      wrong(
        'disk',
        `${where} is read-only: nothing is kept`,
        'look for errors of the card in `dmesg`; a card that has become read-only is worn out or damaged: replace it',
        facts,
      ),
    );
  if (mount?.type === 'tmpfs' || mount?.type === 'overlay')
    found.push(
      warn(
        'disk',
        `${where} is not on a disk: what is kept may be gone after a restart`,
        'put the state folder on the card (--state)',
        facts,
      ),
    );
  if (freeBytes < 1e6)
    found.push(
      wrong(
        'disk',
        `${where} is full`,
        'free space: old logs first (`journalctl --vacuum-size=50M`); leave the spool alone',
        facts,
      ),
    );
  else if (freeFiles !== null && freeFiles < 100)
    found.push(
      wrong(
        'disk',
        `${where} has room for ${freeFiles} more files only`,
        'remove small files that are not in use',
        facts,
      ),
    );
  else if (freeBytes < Math.min(littleBytes, totalBytes / 10))
    found.push(warn('disk', `${where}: ${space}`, 'free space before the spool begins to shed telemetry', facts));
  else found.push(fine('disk', `${where}: ${space}`, facts));
  return found;
}
