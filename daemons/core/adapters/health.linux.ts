/** What the kernel, the firmware and the certificate say of a box. What nobody tells is null, never an error. */
import { readFileSync, statfsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { BoxFacts } from '../fleet/health.ts';
import { throttledIn } from '../fleet/throttled.ts';
import { factsOf } from '../pki/facts.ts';
import { isFault } from '../ports/fault.ts';
import { lifeYears, type Storage } from '../wear/life.ts';
import { wearCounters } from './wear.linux.ts';

const dayMs = 86_400_000;
/** A boot writes more than a day of measuring: sooner a rate says little. */
const ratedMs = 6 * 3_600_000;

export function boxFacts(state: string, storage: Storage): BoxFacts {
  const [throttled, celsius] = [
    // Of the Raspberry Pi's firmware, as hexadecimal bits; elsewhere there is no such file.
    textOf('/sys/devices/platform/soc/soc:firmware/get_throttled'),
    textOf('/sys/class/thermal/thermal_zone0/temp'),
  ];
  const milli = celsius === null ? Number.NaN : Number.parseInt(celsius, 10);
  return {
    load: (os.loadavg()[0] ?? 0) / Math.max(1, os.cpus().length),
    memoryFree: memoryFree(textOf('/proc/meminfo')),
    storageFree: storageFree(state),
    celsius: Number.isNaN(milli) ? null : milli / 1000,
    throttled: throttled === null ? null : throttledIn(throttled),
    lifeYears: yearsLeft(state, storage),
    certificateMs: certificateMs(path.join(state, 'identity/device.crt')),
  };
}

/** MemAvailable is what a program could have without swapping (proc_meminfo(5)). */
function memoryFree(text: string | null): number {
  const of = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text ?? '')?.[1] ?? 0);
  const total = of('MemTotal');
  return total === 0 ? os.freemem() / os.totalmem() : of('MemAvailable') / total;
}

function storageFree(folder: string): number {
  try {
    const { bavail, blocks } = statfsSync(folder);
    return blocks === 0 ? 0 : Math.min(1, bavail / blocks);
  } catch (error) {
    if (typeof (error as NodeJS.ErrnoException).errno === 'number') return 0;
    throw error;
  }
}

function yearsLeft(state: string, storage: Storage): number | null {
  const { device } = wearCounters(state).read();
  const upMs = os.uptime() * 1000;
  if (!device || upMs < ratedMs) return null;
  const years = lifeYears(storage, device.sizeBytes, (device.bytes / upMs) * dayMs);
  return years === null ? null : Math.min(99, Math.round(years * 10) / 10);
}

function certificateMs(file: string): number | null {
  const text = textOf(file);
  if (text === null) return null;
  try {
    return factsOf(text, file).untilMs;
  } catch (error) {
    if (isFault(error)) return null;
    throw error;
  }
}

function textOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (typeof (error as NodeJS.ErrnoException).errno === 'number') return null;
    throw error;
  }
}
