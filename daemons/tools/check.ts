import { readdirSync } from 'node:fs';
import path from 'node:path';
import { agentSection } from '../agent/config.ts';
import { cameraProfile } from '../camera/config.ts';
import { cameraOf } from '../camera/scenes.ts';
import { loadBox } from '../core/config/box.ts';
import { parseValue } from '../core/config/parse.ts';
import { isFault } from '../core/ports/fault.ts';
import { spoolSection } from '../core/spool/section.ts';
import { checkDji, djiSection } from '../dji/config.ts';
import { dockSection, dockWiring } from '../dock/config.ts';
import { gasSection } from '../gas/config.ts';
import { checkSafety } from '../gas/crew/section.ts';
import { loadModel } from '../gas/daemon.ts';
import { driverOf } from '../gas/drivers.ts';
import { checkPassage } from '../gas/passage/section.ts';
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
    if (profile.gas)
      attempt(() => {
        const section = parseValue(`${files.profile} gas`, profile.gas, gasSection);
        attempt(() => checkSafety(section.safety, board, files));
        checkPassage(section.passage, board, files.profile);
      });
    if (board.dock) attempt(() => void parseValue(`${files.board} dock`, board.dock, dockWiring));
    if (profile.dock) attempt(() => void parseValue(`${files.profile} dock`, profile.dock, dockSection));
    if (board.dji) attempt(() => void checkDji(board, files.board));
    if (profile.dji) attempt(() => void parseValue(`${files.profile} dji`, profile.dji, djiSection));
    if (profile.camera)
      attempt(
        () => void cameraOf(board, parseValue(`${files.profile} camera`, profile.camera, cameraProfile), files.profile),
      );
    if (profile.spool) attempt(() => void parseValue(`${files.profile} spool`, profile.spool, spoolSection));
    if (profile.agent) attempt(() => void parseValue(`${files.profile} agent`, profile.agent, agentSection));
    if (profile.uplink) attempt(() => void parseValue(`${files.profile} uplink`, profile.uplink, uplinkSection));
  });
  return found;
}

/** Why the profile's model would not run on this box; empty when it would, when there is none, or when the files are wrong. */
export async function modelMistakesOf(folder: string, device: string, models: string): Promise<string[]> {
  try {
    const { board, profile, files } = loadBox(folder, device);
    if (!profile.gas) return [];
    const section = parseValue(`${files.profile} gas`, profile.gas, gasSection);
    await (await loadModel(section, board, models))?.close();
    return [];
  } catch (error) {
    if (!isFault(error)) throw error;
    return error.kind === 'refused' ? [error.message] : [];
  }
}

/** Prints what is wrong with a configuration folder; the exit code is 0 when nothing is. */
export async function check(folder: string, models: string, device?: string): Promise<number> {
  const devices = readdirSync(path.join(folder, 'devices'))
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => name.slice(0, -'.yaml'.length))
    .filter((name) => device === undefined || name === device);
  const found: string[] = [];
  for (const device of devices)
    found.push(...mistakesOf(folder, device), ...(await modelMistakesOf(folder, device, models)));
  const mistakes = [...new Set(found)];
  for (const line of mistakes) process.stderr.write(`${line}\n`);
  process.stdout.write(`${devices.length} device(s), ${mistakes.length} mistake(s)\n`);
  return mistakes.length === 0 ? 0 : 1;
}
