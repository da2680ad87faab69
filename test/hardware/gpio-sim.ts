/** GPIO chips that the kernel simulates (gpio-sim), made and taken away through configfs. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { loadAddon } from '../../daemons/core/adapters/native/addon.ts';

const config = '/sys/kernel/config';

export interface SimulatedChip {
  /** What is behind an input: its pull decides the level that is read. */
  pull(offset: number, up: boolean): void;
  /** The level that the wire of an output has. */
  wire(offset: number): boolean;
  readonly pullFile: (offset: number) => string;
  /** Whether a program or the kernel has the line. */
  isHeld(offset: number): boolean;
  readonly file: string;
  leave(): void;
  come(): void;
}

export interface Wanted {
  readonly label: string;
  readonly lines: number;
  readonly names?: Readonly<Record<number, string>>;
  /** Lines that the kernel itself holds, each with the name of its holder. */
  readonly held?: Readonly<Record<number, string>>;
}

export function simulatedChip(id: string, { label, lines, names = {}, held = {} }: Wanted): SimulatedChip {
  if (!existsSync(`${config}/gpio-sim`)) execFileSync('mount', ['-t', 'configfs', 'none', config]);
  const device = `${config}/gpio-sim/${id}`;
  const bank = `${device}/bank0`;
  const put = (file: string, text: string): void => writeFileSync(file, text);
  const text = (file: string): string => readFileSync(file, 'utf8').trim();
  mkdirSync(bank, { recursive: true });
  put(`${bank}/num_lines`, String(lines));
  put(`${bank}/label`, label);
  for (const [offset, name] of Object.entries(names)) {
    mkdirSync(`${bank}/line${offset}`);
    put(`${bank}/line${offset}/name`, name);
  }
  for (const [offset, name] of Object.entries(held)) {
    mkdirSync(`${bank}/line${offset}/hog`, { recursive: true });
    put(`${bank}/line${offset}/hog/name`, name);
    put(`${bank}/line${offset}/hog/direction`, 'input');
  }
  put(`${device}/live`, '1');
  const chip = (): string => text(`${bank}/chip_name`);
  const line = (offset: number): string =>
    path.join('/sys/devices/platform', text(`${device}/dev_name`), chip(), `sim_gpio${offset}`);
  return {
    pull: (offset, up) => put(`${line(offset)}/pull`, up ? 'pull-up' : 'pull-down'),
    pullFile: (offset) => `${line(offset)}/pull`,
    isHeld: (offset) => loadAddon().chip(`/dev/${chip()}`).lines[offset]?.used === true,
    wire: (offset) => text(`${line(offset)}/value`) === '1',
    file: `/dev/${chip()}`,
    leave: () => put(`${device}/live`, '0'),
    come: () => put(`${device}/live`, '1'),
  };
}
