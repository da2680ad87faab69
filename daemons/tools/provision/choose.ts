/** Board and profile of a box: what the centre or a person says, else what is attached. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {
  type Board,
  board as boardShape,
  type Device,
  profile as profileShape,
  readConfig,
} from '../../core/config/box.ts';
import { Fault, isFault } from '../../core/ports/fault.ts';
import { mistakesOf } from '../check.ts';
import type { Attached } from './attached.ts';
import { deviceText, namesIn } from './files.ts';
import { type Candidate, type Proposal, proposeBoard, proposeProfile } from './propose.ts';

export interface Chosen<T> {
  readonly name: string;
  readonly why: string;
  readonly found: T;
}

/** Looks at what of a board is there. */
export type Ask = (board: Board, file: string) => Promise<readonly Attached[]>;

/** Errors: Fault `config`: a file cannot be read, or nothing on the box decides; the message says what to add to the command. */
export async function chooseBoard(
  folder: string,
  said: string | null,
  ask: Ask,
): Promise<Chosen<{ readonly board: Board; readonly attached: readonly Attached[] }>> {
  const fileOf = (name: string): string => path.join(folder, 'boards', `${name}.yaml`);
  const look = async (name: string) => {
    const board = readConfig(fileOf(name), boardShape);
    return { board, attached: await ask(board, fileOf(name)) };
  };
  if (said !== null) return { name: said, why: 'as was said', found: await look(said) };
  const names = namesIn(path.join(folder, 'boards'));
  const seen = new Map<string, Awaited<ReturnType<typeof look>>>();
  const broken: string[] = [];
  for (const name of names)
    try {
      seen.set(name, await look(name));
    } catch (error) {
      if (!isFault(error)) throw error;
      broken.push(error.message);
    }
  const candidates: Candidate[] = [...seen].map(([board, { attached }]) => ({ board, attached }));
  const proposal = proposeBoard(candidates);
  const found = proposal.say === 'this' ? seen.get(proposal.name) : undefined;
  if (proposal.say === 'this' && found) return { name: proposal.name, why: proposal.why, found };
  const hint = names.length === 0 ? `; ${folder}/boards holds none: put one there, or let the centre send it` : '';
  throw undecided('board', proposal, hint + broken.map((one) => `\n${one}`).join(''));
}

/** Errors: as `chooseBoard`. */
export function chooseProfile(
  folder: string,
  who: Omit<Device, 'profile'>,
  board: Board,
  said: string | null,
): Chosen<null> {
  if (said !== null) return { name: said, why: 'as was said', found: null };
  const needs = [
    ...(board.sensors.length > 0 ? ['gas'] : []),
    ...(board.cameras.length > 0 ? ['camera'] : []),
    ...(board.dock ? ['dock'] : []),
    ...(board.dji ? ['dji'] : []),
  ];
  const names = namesIn(path.join(folder, 'profiles'));
  const proposal = proposeProfile(
    names.map((profile) => ({ profile, ...runOf(folder, { ...who, profile }) })),
    needs,
  );
  if (proposal.say === 'this') return { name: proposal.name, why: proposal.why, found: null };
  throw undecided('profile', proposal, '');
}

/** In the order in which they are started: the feed before who reads it, and last who delivers. */
export const boxDaemons = ['dock', 'dji', 'gas', 'camera', 'uplink'] as const;

/** Daemons that a profile has a section for. */
export const daemonsOf = (profile: Readonly<Record<string, unknown>>): readonly string[] =>
  boxDaemons.filter((one) => profile[one] !== undefined);

function runOf(folder: string, device: Device): { daemons: readonly string[]; mistakes: readonly string[] } {
  const trial = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-profile-'));
  try {
    mkdirSync(path.join(trial, 'devices'));
    writeFileSync(path.join(trial, 'devices', `${device.device}.yaml`), deviceText(device));
    for (const kind of ['boards', 'profiles']) symlinkSync(path.resolve(folder, kind), path.join(trial, kind));
    // Named where the reader finds them.
    const mistakes = mistakesOf(trial, device.device).map((one) => one.replaceAll(trial, folder));
    const file = path.join(folder, 'profiles', `${device.profile}.yaml`);
    return { mistakes, daemons: mistakes.length > 0 ? [] : daemonsOf(readConfig(file, profileShape)) };
  } finally {
    rmSync(trial, { recursive: true, force: true });
  }
}

function undecided(what: 'board' | 'profile', proposal: Proposal, hint: string): Fault {
  const names = proposal.say === 'ask' ? proposal.names : [];
  const todo =
    names.length > 0
      ? `the same command with --${what} ${names.join(` or --${what} `)} goes on`
      : `--${what} NAME says it`;
  return new Fault('config', `which ${what}? ${todo}. ${proposal.why}${hint}`);
}
