/** Who takes part, each from its own copy of Node: memory is then what it would be on a box where nothing else runs. */
import { copyFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { packaged } from '../../support/packaged.ts';
import { readAnew } from '../packaged-box.ts';
import { layFieldpost, type Setting } from './fieldpost.ts';
import { type Launched, launch } from './launch.ts';
import { layNodeRed } from './node-red.ts';

const here = import.meta.dirname;

export const names = ['fieldpost', 'function', 'steps', 'node', 'python'] as const;
export type Name = (typeof names)[number];
const withNode: readonly Name[] = ['function', 'steps', 'node'];

export interface Contestant {
  readonly name: Name;
  /** Of its processes the one that reads the instrument comes first. */
  readonly processes: readonly Launched[];
}

export interface Wires {
  /** The port at which the instrument speaks to it. */
  readonly source: number;
  readonly broker: number;
}

export interface Lay {
  start(name: Name, wires: Wires, setting: Setting): Promise<Contestant>;
}

/** The packaged executable, as it ships. */
export async function executableIn(folder: string): Promise<string> {
  const executable = path.join(await packaged('x64', path.join(folder, 'package'), '--no-deb'), 'fieldpost');
  readAnew(executable);
  return executable;
}

/** Lays out what all need in `folder`; `fieldpost` is the command of ours. */
export async function layOut(folder: string, fieldpost: readonly string[]): Promise<Lay> {
  const nodeOf = (name: string): string => {
    const file = path.join(folder, name, 'node');
    mkdirSync(path.dirname(file), { recursive: true });
    copyFileSync(process.execPath, file);
    readAnew(file);
    return file;
  };
  const nodes = new Map(withNode.map((name) => [name, nodeOf(name)]));
  let round = 0;

  const launched = async (name: Name, wires: Wires, setting: Setting): Promise<readonly Launched[]> => {
    const own = path.join(folder, name, String(round++));
    mkdirSync(own, { recursive: true });
    const node = nodes.get(name) ?? '';
    const ports = [name, String(wires.source), String(wires.broker)];
    switch (name) {
      case 'fieldpost':
        return layFieldpost({ fieldpost, folder: own, wires, setting });
      case 'function':
      case 'steps':
        return [layNodeRed({ node, name, folder: own, wires })];
      case 'node':
        return [launch([node, path.join(here, 'script.mjs'), ...ports], {})];
      case 'python':
        return [launch(['/usr/bin/python3', path.join(here, 'script.py'), ...ports], {})];
    }
  };
  return { start: async (name, wires, setting) => ({ name, processes: await launched(name, wires, setting) }) };
}

export const pidsOf = ({ processes }: Contestant): readonly number[] => processes.map(({ pid }) => pid);
export const stopAll = (all: readonly Contestant[]) =>
  Promise.all(all.flatMap(({ processes }) => processes.map((one) => one.stop())));
