import { readdirSync } from 'node:fs';
import path from 'node:path';
import { loadBox } from '../core/config/box.ts';
import { parseValue } from '../core/config/parse.ts';
import { isFault } from '../core/ports/fault.ts';
import { gasSection } from '../gas/config.ts';
import { driverOf } from '../gas/drivers.ts';
import { uplinkSection } from '../uplink/config.ts';

/** Every mistake of one device's files, each a line; empty when the box may start with them. */
export function mistakesOf(folder: string, device: string): string[] {
  const found: string[] = [];
  const attempt = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      if (!isFault(error)) throw error;
      found.push(...error.message.split('\n'));
    }
  };
  attempt(() => {
    const { board, profile, files } = loadBox(folder, device);
    board.sensors.forEach((one, i) => {
      attempt(
        () =>
          void driverOf(one.part, `${files.board} sensors.${i}.part`).bind(
            `${files.board} sensors.${i}.options`,
            one.options,
          ),
      );
    });
    if (profile.gas) attempt(() => void parseValue(`${files.profile} gas`, profile.gas, gasSection));
    if (profile.uplink) attempt(() => void parseValue(`${files.profile} uplink`, profile.uplink, uplinkSection));
  });
  return found;
}

/** Prints what is wrong with a configuration folder; the exit code is 0 when nothing is. */
export function check(folder: string): number {
  const devices = readdirSync(path.join(folder, 'devices'))
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => name.slice(0, -'.yaml'.length));
  const mistakes = [...new Set(devices.flatMap((device) => mistakesOf(folder, device)))];
  for (const line of mistakes) process.stderr.write(`${line}\n`);
  process.stdout.write(`${devices.length} device(s), ${mistakes.length} mistake(s)\n`);
  return mistakes.length === 0 ? 0 : 1;
}
