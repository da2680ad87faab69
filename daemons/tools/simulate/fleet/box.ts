/**
 * A simulated box as a pure machine: what it is told to be, what it makes of that, what it reports. Signatures, names and versions are
 * checked by the code of the real agent; configuration, artefacts and daemons are pretended, and every reason says so.
 */
import { hash } from 'node:crypto';
import { isFault } from '../../../core/ports/fault.ts';
import { compareVersions } from '../../../core/release/metadata.ts';
import { parseSigned } from '../../../core/release/signed.ts';
import { rootOf, type Trust, takeOperator } from '../../../core/release/trust.ts';
import { type Desired, parseDesired } from '../../../core/twin/desired.ts';
import { fileHash, type Reported } from '../../../core/twin/reported.ts';
import type { Character } from './character.ts';

export interface BoxState {
  readonly trust: Trust;
  /** Hash of the text that was judged last. */
  readonly heard: string;
  /** Believed, and not on trial yet. */
  readonly wish: { readonly desired: Desired; readonly sinceMs: number } | null;
  readonly trial: { readonly desired: Desired; readonly sinceMs: number } | null;
  readonly last: {
    readonly desired: number;
    readonly phase: 'refused' | 'reverted';
    readonly reasons: readonly string[];
  } | null;
  readonly inForce: number;
  readonly executable: string;
  readonly files: Readonly<Record<string, string>>;
  /** Versions by name, of those that a change brought. */
  readonly models: Readonly<Record<string, string>>;
}

export interface Seen {
  readonly site: string;
  /** The newest text at twin/desired; null: none came. */
  readonly desired: string | null;
  readonly nowMs: number;
  readonly wallMs: number;
  /** Versions of the program that are no good. */
  readonly badReleases: readonly string[];
}

export const freshBox = (trust: Trust, { executable }: Character): BoxState => ({
  ...{ trust, heard: '', wish: null, trial: null, last: null, inForce: 0, executable },
  files: { 'devices/simulated.yaml': fileHash('laid on a simulated box') },
  models: {},
});

/** So long what is in the way of a box that `waits` stays there. */
const waitsMs = 120_000;

export function looked(state: BoxState, character: Character, seen: Seen): BoxState {
  if (state.trial) return tried(state, state.trial, character, seen);
  const { desired: text } = seen;
  const mark = text === null ? '' : hash('sha256', text, 'hex');
  const now = text === null || mark === state.heard ? state : judged({ ...state, heard: mark }, text, character, seen);
  if (!now.wish) return now;
  const { desired, sinceMs } = now.wish;
  if (character.habit === 'waits' && seen.nowMs - sinceMs < waitsMs && !desired.override) return now;
  return { ...now, wish: null, trial: { desired, sinceMs: seen.nowMs } };
}

function judged(state: BoxState, text: string, { name, habit }: Character, seen: Seen): BoxState {
  let version = 0;
  const refuse = (reason: string): BoxState => ({
    ...state,
    wish: null,
    last: { desired: version, phase: 'refused', reasons: [reason] },
  });
  try {
    const signed = parseSigned(text);
    const desired = parseDesired(signed, { site: seen.site, device: name });
    version = desired.version;
    const moment = { wallMs: seen.wallMs, sure: true };
    const trust = takeOperator(state.trust, signed, version, moment);
    if (habit === 'refuses') return refuse(`simulated: the disk of this box is full`);
    const next = desired.executable ?? state.executable;
    if (compareVersions(next, state.executable) < 0 && !desired.override?.downgrade)
      return refuse(`executable: ${next} is older than ${state.executable}, which runs`);
    return { ...state, trust, wish: { desired, sinceMs: seen.nowMs } };
  } catch (error) {
    if (!isFault(error)) throw error;
    return refuse(error.message);
  }
}

function tried(
  state: BoxState,
  { desired, sinceMs }: NonNullable<BoxState['trial']>,
  { habit }: Character,
  { nowMs, badReleases }: Seen,
): BoxState {
  const isBad = desired.executable !== null && badReleases.includes(desired.executable);
  const { steadyS, withinS } = desired.trial;
  const onTrialMs = nowMs - sinceMs;
  if (isBad || habit === 'reverts') {
    if (onTrialMs < withinS * 1000) return state;
    const reasons = [`simulated: not so: ${isBad ? 'gas runs' : 'gas reads values'}, within ${withinS} s`];
    return { ...state, trial: null, last: { desired: desired.version, phase: 'reverted', reasons } };
  }
  if (onTrialMs < steadyS * 1000) return state;
  const files = Object.entries(desired.files).map(([file, text]) => [file, fileHash(text)]);
  return {
    ...{ ...state, trial: null, last: null, inForce: desired.version },
    executable: desired.executable ?? state.executable,
    models: desired.models ?? {},
    files: { ...state.files, ...Object.fromEntries(files) },
  };
}

export function reportedOf(state: BoxState, { name }: Character): Reported {
  const { trial, wish, last } = state;
  return {
    ...{ v: 1, device: name, simulated: true, root: rootOf(state.trust).version, files: state.files },
    ...phaseOf({ trial, wish, last, inForce: state.inForce }),
    inForce: trial?.desired.version ?? state.inForce,
    models: state.models,
    executable: trial?.desired.executable ?? state.executable,
  };
}

function phaseOf({ trial, wish, last, inForce }: Pick<BoxState, 'trial' | 'wish' | 'last' | 'inForce'>) {
  if (trial)
    return {
      ...{ desired: trial.desired.version, phase: 'on-trial' as const },
      reasons: [`on trial for ${trial.desired.trial.withinS} s at the most`],
    };
  if (wish)
    return {
      ...{ desired: wish.desired.version, phase: 'waiting' as const },
      reasons: ['simulated: an alert is raised at this box'],
    };
  if (last) return { desired: last.desired, phase: last.phase, reasons: last.reasons };
  return { desired: inForce, phase: 'in-force' as const, reasons: [] };
}
