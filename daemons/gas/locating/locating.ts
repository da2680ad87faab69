/**
 * Where the gas of an alert comes from, beside the line's own steps: rows are gathered all the time, an estimate is begun when an
 * alert of its gas is raised, with the clean air just before, and goes on after it. What an alert is told depends on the
 * order of the measurements and the moment of the alert alone: whole batches of a replay give the same bytes.
 */
import type { Alert } from '../../core/values/alert.ts';
import type { Where } from '../../core/values/detection.ts';
import type { Measurement } from '../../core/values/measurement.ts';
import type { SourceEstimate } from '../../core/values/plume.ts';
import { advanceTo, type Estimating, estimateAt, refused } from './estimating.ts';
import { freshGather, type GatherState, gather, lateS } from './gather.ts';
import type { PlumeSection } from './section.ts';

/** What a rule must tell for its alerts to be located. */
interface RuleOfGas {
  readonly kind: string;
  readonly gas?: string | undefined;
  readonly score: 'model' | { readonly quantity: string } | { readonly change: string };
}

export interface LocatingOptions {
  readonly section: PlumeSection;
  readonly rules: readonly RuleOfGas[];
  /** The post's own place; null for a box that moves. */
  readonly where: Where | null;
}

/** One source that gas is taken to come from; rows from `fromK` on belong to it. */
export interface Episode {
  readonly fromK: number;
  /**
   * The row in which the gas raised it, null where it was there already. The source may have begun just then: rows before it are of
   * air without it, and in this one and the one before it nobody knows for how long it was there.
   */
  readonly raisedK: number | null;
  readonly anew: boolean;
  /** When its last alert was cleared, ns; null while one is open. */
  readonly clearedNs: number | null;
}

export interface LocatingState {
  gathered: GatherState;
  /** By gas. */
  episodes: Record<string, Episode>;
  /** What can be made again from the rows: not kept. */
  readonly made: Map<string, Estimating>;
}

export const freshLocating = (): LocatingState => ({ gathered: freshGather(), episodes: {}, made: new Map() });

/** Another boot counts its own time: nothing of before can be joined with it. */
function begin(state: LocatingState, boot: string): void {
  state.gathered = { ...freshGather(), boot };
  state.episodes = {};
  state.made.clear();
}

export interface Locating {
  /** Takes the measurements of a batch, in place; gives its alerts with what can be said of the source. */
  take(state: LocatingState, measurements: readonly Measurement[], alerts: readonly Alert[]): readonly Alert[];
}

/** Rows of one estimate at the most: two hours of minutes. Beyond it begins anew: what is kept must have an end. */
const mostRows = 120;

export function locating({ section, rules, where }: LocatingOptions): Locating {
  const { rowS, cellM, gases, beforeRows, afterS } = section;
  const quantities = new Set(gases.flatMap((one) => one.quantities));
  const options = { rowS, cellM, quantities };
  const gasOf = new Map(
    rules.map(({ kind, gas, score }) => {
      const quantity = typeof score === 'string' ? null : 'change' in score ? score.change : score.quantity;
      return [kind, gases.find((one) => (gas ? one.gas === gas : one.quantities.includes(quantity ?? '')))] as const;
    }),
  );
  const rowOf = (monoNs: number): number => Math.floor(monoNs / (rowS * 1e9));
  /** The first row of an estimate that begins now. */
  const beginK = (monoNs: number): number => rowOf(monoNs) - 1 - beforeRows;
  const isOngoing = ({ clearedNs }: Episode, monoNs: number): boolean =>
    clearedNs === null || monoNs - clearedNs <= afterS * 1e9;

  const episodeOf = (state: LocatingState, gas: string, { condition, at }: Alert): Episode => {
    const known = state.episodes[gas];
    const tooLong = known && rowOf(at.monoNs) - known.fromK > mostRows;
    const goesOn = known && !tooLong && isOngoing(known, at.monoNs);
    const fromK = goesOn ? known.fromK : beginK(at.monoNs);
    const anew = goesOn ? known.anew : condition !== 'raised';
    const raisedK = goesOn ? known.raisedK : anew ? null : rowOf(at.monoNs);
    const episode = { fromK, raisedK, anew, clearedNs: condition === 'cleared' ? at.monoNs : null };
    state.episodes[gas] = episode;
    return episode;
  };

  const saidOf = (state: LocatingState, alert: Alert): SourceEstimate => {
    const gas = gasOf.get(alert.kind);
    if (!gas) return refused('unknown-gas', alert.at);
    if (state.gathered.boot !== alert.at.boot) return refused('thin-data', alert.at, gas.gas);
    const { fromK, raisedK, anew } = episodeOf(state, gas.gas, alert);
    const about = { section, gas, where, fromK, raisedK, anew };
    return estimateAt(state.made, state.gathered.rows, about, alert.at);
  };

  /** Forgets rows that no estimate asks for. A batch of the line may hold alerts that are as late as a row may be. */
  const tidy = (state: LocatingState, newestNs: number): void => {
    for (const [gas, episode] of Object.entries(state.episodes)) {
      if (isOngoing(episode, newestNs - 2 * lateS * 1e9)) continue;
      delete state.episodes[gas];
      state.made.delete(gas);
    }
    const slack = Math.ceil((3 * lateS) / rowS) + 1;
    const first = Math.min(beginK(newestNs) - slack, ...Object.values(state.episodes).map(({ fromK }) => fromK));
    const { rows } = state.gathered;
    if ((rows[0]?.k ?? first) < first) state.gathered.rows = rows.filter(({ k }) => k >= first);
  };

  return {
    take: (state, measurements, alerts) => {
      for (const one of measurements) {
        if (state.gathered.boot !== one.at.boot) begin(state, one.at.boot);
        gather(state.gathered, one, options);
      }
      const said = alerts.map((alert): Alert => {
        const plume = saidOf(state, alert);
        return { ...alert, where: plume.answer === 'source' ? plume.where : alert.where, plume };
      });
      const { newestNs } = state.gathered;
      tidy(state, newestNs);
      // What no late alert can ask without is worked in at once: then an alert waits for a row at the most.
      for (const [name, { fromK, raisedK, anew }] of Object.entries(state.episodes)) {
        const gas = gases.find((one) => one.gas === name);
        if (gas)
          advanceTo(
            state.made,
            state.gathered.rows,
            { section, gas, where, fromK, raisedK, anew },
            newestNs - 2 * lateS * 1e9,
          );
      }
      return said;
    },
  };
}
