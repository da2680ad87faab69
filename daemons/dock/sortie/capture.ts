/** Whether the payload may look just now: in the air on a sortie, at a place that is known and lies well within its area. Pure. */
import { isWithin } from '../../core/feed/fence.ts';
import type { CaptureWord } from '../../core/values/capture.ts';
import type { PositionFix } from '../../core/values/pose.ts';
import type { SortieState } from './state.ts';

export interface Sight {
  readonly position: Pick<PositionFix, 'monoNs' | 'lat' | 'lon' | 'uHorizontalM'> | null;
  readonly nowNs: number;
  readonly marginM: number;
}

/** An older place is not where the drone is. */
const freshNs = 1e9;

/** The next word after `before`. */
export function captureWord(before: CaptureWord | null, { sortie, flies }: SortieState, sight: Sight): CaptureWord {
  const { position, nowNs } = sight;
  const why = shutBecause({ sortie, flies }, sight);
  const of = sortie?.id ?? null;
  if (why !== null || position === null)
    return { monoNs: nowNs, open: false, sinceNs: nowNs, sortie: of, why: why ?? 'no position' };
  const goesOn = before?.open === true && before.sortie === of;
  const sinceNs = goesOn ? before.sinceNs : position.monoNs;
  return { monoNs: Math.max(position.monoNs, sinceNs), open: true, sinceNs, sortie: of, why: '' };
}

function shutBecause({ sortie, flies }: SortieState, { position, nowNs, marginM }: Sight): string | null {
  if (!sortie) return 'no sortie is open';
  if (sortie.phase !== 'flying') return `sortie ${sortie.id} is not in the air`;
  if (flies !== true) return 'it is not known whether the drone flies';
  if (!position || nowNs - position.monoNs > freshNs) return 'it is not known where the drone is';
  if (!isWithin(sortie.area, position, marginM + position.uHorizontalM))
    return `the drone is not within the area of sortie ${sortie.id}`;
  return null;
}
