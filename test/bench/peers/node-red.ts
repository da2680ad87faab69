/** Node-RED as npm gives it, in a folder that is no part of this project: it is installed for the bench and never shipped. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import type { Wires } from './contestants.ts';
import { type Launched, launch } from './launch.ts';

export const nodeRedVersion = '5.0.7';
const home = path.join(import.meta.dirname, '../../../.cache/peers');

/** Installs it where it is not there, through npm and its lock of what it depends on. Errors: what npm said. */
export function installNodeRed(): void {
  const found = path.join(home, 'node_modules/node-red/package.json');
  if (existsSync(found) && JSON.parse(readFileSync(found, 'utf8')).version === nodeRedVersion) return;
  mkdirSync(home, { recursive: true });
  writeFileSync(path.join(home, 'package.json'), '{ "private": true }\n');
  const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--save-exact', `node-red@${nodeRedVersion}`];
  // npm runs its own Node by PATH: this one, which Node-RED is then run by too.
  const env = { ...process.env, PATH: `${path.dirname(process.execPath)}:${process.env.PATH}` };
  const done = spawnSync('npm', args, { cwd: home, stdio: ['ignore', 2, 2], env });
  if (done.status !== 0)
    throw new Error(`npm did not install node-red@${nodeRedVersion}: it is needed to compare with it`);
}

export interface NodeRedLaid {
  readonly node: string;
  /** Which flow: all in one function node, or one node a step. */
  readonly name: 'function' | 'steps';
  readonly folder: string;
  readonly wires: Wires;
}

export const flowOf = (name: 'function' | 'steps'): string => path.join(import.meta.dirname, `flow-${name}.json`);

export function layNodeRed({ node, name, folder, wires }: NodeRedLaid): Launched {
  const settings = path.join(folder, 'settings.js');
  // The editor stays, as everybody runs it, on a port that the kernel chooses.
  writeFileSync(
    settings,
    `module.exports = { uiHost: '127.0.0.1', uiPort: 0, credentialSecret: false, telemetry: { enabled: false }, logging: { console: { level: 'warn' } } };\n`,
  );
  const flow = path.join(folder, 'flow.json');
  writeFileSync(flow, readFileSync(flowOf(name)));
  const red = path.join(home, 'node_modules/node-red/red.js');
  return launch([node, red, '--userDir', folder, '--settings', settings, flow], {
    PEERS_NAME: name,
    PEERS_TELE: `peers/${name}/tele`,
    PEERS_SOURCE: String(wires.source),
    PEERS_BROKER: String(wires.broker),
  });
}
