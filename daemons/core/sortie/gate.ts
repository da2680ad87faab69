/**
 * The gate before all that a payload captures. It is shut until a word says that it is open, shut for every moment that no word
 * covers, and shut again when the word is old or who told it is gone. Pure.
 */
import type { CaptureWord } from '../values/capture.ts';
import type { BoxEvent } from '../values/envelope.ts';

export interface Gate {
  readonly word: CaptureWord | null;
  /** What was told last; null: nothing yet. */
  readonly told: boolean | null;
}

export const shutGate: Gate = { word: null, told: null };

export type GateInput =
  | { readonly is: 'word'; readonly word: CaptureWord }
  /** Who tells is gone. */
  | { readonly is: 'lost' }
  | { readonly is: 'look' };

export type GateSaid = Omit<BoxEvent, 'at'>;

/** So long after its moment a word still counts: what a drone flies in it lies within the margin of the area. */
const holdsNs = 2e9;

/** Whether what was captured at that moment may be kept. */
export const covers = ({ word }: Gate, momentNs: number): boolean =>
  word?.open === true && momentNs >= word.sinceNs && momentNs <= word.monoNs + holdsNs;

/** The events tell when capture begins and stops, and once at the start that it has not begun. */
export function gateStep(gate: Gate, input: GateInput, nowNs: number): readonly [Gate, ...GateSaid[]] {
  const word = input.is === 'word' ? input.word : input.is === 'lost' ? null : gate.word;
  const next: Gate = { ...gate, word };
  const open = covers(next, nowNs);
  if (open === gate.told) return [next];
  return [{ ...next, told: open }, saidOf(next, open)];
}

function saidOf({ word }: Gate, open: boolean): GateSaid {
  const sortie = word?.sortie ?? null;
  if (open)
    return {
      ...{ type: 'capture-begun', severity: 'info' },
      message: `capture begins: sortie ${sortie}, within its area`,
      detail: { sortie },
    };
  const why = word === null ? 'nobody says that it may' : word.open ? 'the last word that it may is too old' : word.why;
  return {
    ...{ type: 'capture-stopped', severity: 'info' },
    message: `nothing is captured: ${why}`,
    detail: { sortie, why },
  };
}
