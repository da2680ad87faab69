/** What speaks against a plot beside the model that found it: told, and it keeps an alert from being corroborated; it hides nothing. */
import type { Cues } from '../../core/vision/cues.ts';

/**
 * Ours, from rendered country: of rendered plots next to none is less green, and few are as even at such a distance, as vines,
 * young orchards and rows of panels are.
 */
const limits = { green: 0.04, rows: 0.9, apartM: 2 } as const;

/** For the reader; empty where nothing speaks against it, or nobody looked. */
export function contraryOf(cues: Cues | null | undefined): readonly string[] {
  if (!cues) return [];
  return [
    ...(cues.green < limits.green ? ['hardly anything green there'] : []),
    ...(cues.rows >= limits.rows && cues.apartM >= limits.apartM
      ? [`even rows ${cues.apartM.toFixed(1)} m apart, as of vines or an orchard`]
      : []),
  ];
}

interface Told {
  readonly quantity: string;
  readonly value: number;
  readonly unit: string;
}

export const cuesAsEvidence = (cues: Cues | null | undefined): readonly Told[] =>
  cues
    ? [
        { quantity: 'green-share', value: cues.green, unit: '1' },
        { quantity: 'row-evenness', value: cues.rows, unit: '1' },
        { quantity: 'row-distance', value: cues.apartM, unit: 'm' },
      ]
    : [];
