/** The kernel's counters of what was written, as text to numbers. Pure. */

/** /proc and /sys files of this kind are far smaller; a mount table of a container host may be large. */
const maxText = 1_000_000;
/** diskstats count in units of 512 bytes, whatever the device's own sector is (iostats.rst of the kernel). */
const sectorBytes = 512;

/**
 * Bytes that a process caused to be written to storage, from /proc/PID/io (proc_pid_io(5)): `write_bytes` less what was
 * truncated before it went out. Journal and metadata are the file system's and not in it. Null for another text.
 */
export function writtenBytes(text: string): number | null {
  const field = (name: string): number | null => {
    const found = new RegExp(`^${name}: (\\d{1,20})$`, 'm').exec(text.slice(0, maxText));
    return found ? Number(found[1]) : null;
  };
  const [written, cancelled] = [field('write_bytes'), field('cancelled_write_bytes')];
  return written === null || cancelled === null ? null : Math.max(0, written - cancelled);
}

/** Bytes that went to a block device since it is there, from its `stat` in /sys (stat.rst of the kernel). */
export function deviceBytes(text: string): number | null {
  const fields = text.slice(0, maxText).trim().split(/\s+/);
  const sectors = Number(fields[6]);
  return fields.length >= 11 && Number.isSafeInteger(sectors) && sectors >= 0 ? sectors * sectorBytes : null;
}

/** Size of a block device, from its `size` in /sys. */
export function sizeBytes(text: string): number | null {
  const found = /^(\d{1,16})\s*$/.exec(text);
  return found ? Number(found[1]) * sectorBytes : null;
}

export interface Mount {
  /** `major:minor` of the device; 0 as major is no block device (tmpfs, overlay). */
  readonly device: string;
  readonly point: string;
  readonly type: string;
  readonly source: string;
  readonly readOnly: boolean;
}

/** The mount that holds `path` (absolute, without links), from /proc/PID/mountinfo (proc_pid_mountinfo(5)); the latest of a point counts. */
export function mountOf(text: string, path: string): Mount | null {
  let best: Mount | null = null;
  for (const line of text.slice(0, maxText).split('\n')) {
    const [left = '', right = ''] = line.split(' - ', 2);
    const [, , device = '', , point = '', options = ''] = left.split(' ');
    const [type = '', source = '', superOptions = ''] = right.split(' ');
    if (!/^\d+:\d+$/.test(device) || type === '') continue;
    const at = plain(point);
    const holds = at === '/' || path === at || path.startsWith(`${at}/`);
    if (!holds || (best && at.length < best.point.length)) continue;
    const readOnly = [...options.split(','), ...superOptions.split(',')].includes('ro');
    best = { device, point: at, type, source: plain(source), readOnly };
  }
  return best;
}

/** Space, tab, newline and backslash are written in octal. */
const plain = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
