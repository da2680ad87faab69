import { existsSync, readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';
import type { WearCount, WearCounters } from '../ports/wear.ts';
import { deviceBytes, type Mount, mountOf, sizeBytes, writtenBytes } from '../wear/counters.ts';

/** The counters of this process and of the device under `folder`. What the kernel does not tell is null, never an error. */
export function wearCounters(folder: string): WearCounters {
  const device = deviceUnder(folder);
  return {
    read: (): WearCount => {
      const io = textOf('/proc/self/io');
      const bytes = device === null ? null : deviceBytes(textOf(path.join(device, 'stat')) ?? '');
      return {
        processBytes: io === null ? null : writtenBytes(io),
        device:
          device === null || bytes === null
            ? null
            : { name: path.basename(device), bytes, sizeBytes: sizeBytes(textOf(path.join(device, 'size')) ?? '') },
      };
    },
  };
}

/** The mount that holds `folder`; null where it cannot be told. */
export function mountUnder(folder: string): Mount | null {
  try {
    return mountOf(readFileSync('/proc/self/mountinfo', 'utf8'), realpathSync(folder));
  } catch (error) {
    if (isDisk(error)) return null;
    throw error;
  }
}

/** The folder in /sys of the whole device under `folder`: wear is the card's, not the partition's. */
function deviceUnder(folder: string): string | null {
  const mount = mountUnder(folder);
  if (!mount || mount.device.startsWith('0:')) return null;
  try {
    const found = realpathSync(path.join('/sys/dev/block', mount.device));
    return existsSync(path.join(found, 'partition')) ? path.dirname(found) : found;
  } catch (error) {
    if (isDisk(error)) return null;
    throw error;
  }
}

function textOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (isDisk(error)) return null;
    throw error;
  }
}

const isDisk = (error: unknown): boolean => typeof (error as NodeJS.ErrnoException).errno === 'number';
