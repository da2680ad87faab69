/** Joins the pure steps of a sortie to the box: who asks, what the drone says, what the records say, what still waits for the centre. */
import type { Running } from '../../core/daemon/running.ts';
import { fenceFault } from '../../core/feed/fence.ts';
import type { Calibrations } from '../../core/ports/calibrations.ts';
import type { Outbox } from '../../core/ports/spool.ts';
import type { SortieSection } from '../../core/sortie/section.ts';
import type { CaptureWord } from '../../core/values/capture.ts';
import type { PositionFix } from '../../core/values/pose.ts';
import type { DockEvent } from '../said.ts';
import { captureWord } from './capture.ts';
import { postFlight, preFlight } from './checks.ts';
import { keptSortie } from './kept.ts';
import type { SortieAsk } from './request.ts';
import { noSortie, type Sortie, type SortieInput, type SortieState, sortieStep } from './state.ts';
import { isWaiting } from './waiting.ts';
import { sortieEvent } from './words.ts';

export interface SortieParts {
  readonly section: SortieSection;
  /** What was kept when the daemon ended. */
  readonly kept: unknown;
  readonly calibrations: Pick<Calibrations, 'all' | 'reload'>;
  /** Whether the drone is off the ground, and where it is by the feed; null: not known just now. */
  readonly flies: () => boolean | null;
  readonly position: () => PositionFix | null;
  readonly tell: (word: CaptureWord) => void;
  /** Keeps an event, and the sortie as it is with it. */
  readonly say: (event: DockEvent, sortie: Sortie | null) => void;
  /** Whether any spool of the box is one of which `look` says yes. */
  readonly some: (look: (spool: Outbox) => Promise<boolean>) => Promise<boolean>;
}

export interface SortieAnswer {
  readonly told: readonly string[];
  readonly isRefused: boolean;
  readonly sortie: Sortie | null;
  readonly capture: CaptureWord | null;
}

export interface SortieDesk {
  ask(asked: SortieAsk): Promise<SortieAnswer>;
  /** To be called some times a second. */
  look(): Promise<void>;
}

/** A word that is the same is said again so often, in ms: its readers forget it in two seconds. */
const againMs = 400;
/** How often what waits is looked at, and how long after the closing at first: what a daemon held in memory is on the disk then. */
const [waitingMs, settledMs] = [2000, 30_000];

export function openSorties(parts: SortieParts, { clock }: Pick<Running, 'clock'>): SortieDesk {
  const { section, calibrations } = parts;
  let state: SortieState = { ...noSortie, sortie: keptSortie(parts.kept) };
  let word: CaptureWord | null = null;
  let [saidNs, waitedNs] = [0, 0];

  const step = (input: SortieInput): { readonly told: readonly string[]; readonly isRefused: boolean } => {
    const [next, ...said] = sortieStep(state, input, clock.now());
    state = next;
    const events = said.map(sortieEvent);
    for (const one of events) parts.say(one, state.sortie);
    return { told: events.map(({ message }) => message), isRefused: said.some(({ is }) => is === 'refused') };
  };

  const answer = async (asked: SortieAsk): Promise<{ told: readonly string[]; isRefused: boolean }> => {
    if (asked.do === 'status') return { told: [], isRefused: false };
    if (asked.do === 'purge' || asked.do === 'close') return step({ is: asked.do, by: asked.by });
    if (asked.do === 'abandon') return step({ is: 'abandon', by: asked.by, why: asked.why });
    // The gas daemon or another program may have made a record since.
    await calibrations.reload();
    const now = clock.now();
    if (asked.do === 'check') {
      const downMs = state.sortie?.flights.at(-1)?.downMs ?? now.wallMs;
      return step({ is: 'check', by: asked.by, after: postFlight(calibrations.all(), downMs, section) });
    }
    const fault = fenceFault(asked.area);
    const fit = preFlight(calibrations.all(), now, section);
    const before = fault === null ? fit : { ...fit, lacks: [...fit.lacks, `the area ${fault}`] };
    const { reference, area, by } = asked;
    return step({ is: 'open', reference, area, by, before });
  };

  const speak = (): void => {
    const nowNs = clock.now().monoNs;
    const before = word;
    word = captureWord(before, state, { position: parts.position(), nowNs, marginM: section.marginM });
    const isSame = before?.open === word.open && before.why === word.why && before.sortie === word.sortie;
    if (isSame && nowNs - saidNs < againMs * 1e6) return;
    saidNs = nowNs;
    parts.tell(word);
  };

  const awaited = async (): Promise<void> => {
    const closed = state.sortie?.closed;
    const { monoNs, boot } = clock.now();
    if (!closed || monoNs - waitedNs < waitingMs * 1e6) return;
    if (boot === closed.boot && monoNs - closed.monoNs < settledMs * 1e6) return;
    waitedNs = monoNs;
    if (!(await parts.some((spool) => isWaiting(spool, closed)))) step({ is: 'delivered' });
  };

  return {
    ask: async (asked) => {
      const answered = await answer(asked);
      speak();
      return { ...answered, sortie: state.sortie, capture: word };
    },
    look: async () => {
      step({ is: 'flies', flies: parts.flies() });
      speak();
      await awaited();
    },
  };
}
