/** What of the line's memory outlives a restart: committed with what is kept, recalled at the start. The rest refills by itself. */
import type { Board } from '../core/config/box.ts';
import type { Spool } from '../core/ports/spool.ts';
import { thawCrew } from './crew/frozen.ts';
import { freshTaken } from './detection/taken-for.ts';
import { keptPasses, recalledGrounds } from './grounds/frozen.ts';
import type { LineState } from './line.ts';
import { frozenLocating, thawLocating } from './locating/frozen.ts';
import { thawPassage } from './passage/frozen.ts';
import { frozenWarmth, recallWarmth, warmth } from './quality/frozen.ts';
import { keepSampling, keptSampling, recallSampling } from './sampling/frozen.ts';

/** By the keys under which the spool holds it. */
export const remembered = ({
  detect,
  alert,
  window,
  channels,
  quality,
  sampling,
  crew,
  passage,
  grounds,
  taken,
}: LineState) => ({
  detect,
  alert,
  baseline: window.baseline,
  ...(Object.keys(channels).length > 0 ? { channels } : {}),
  ...(Object.keys(crew).length > 0 ? { crew } : {}),
  ...(passage.boot === null ? {} : { passage }),
  ...keptPasses(grounds),
  ...(taken === freshTaken ? {} : { taken }),
  warmth: warmth(quality),
  sampling: keepSampling(sampling),
});

/** The fresh state with what the spool holds in it. */
export async function recall(spool: Pick<Spool, 'recall'>, fresh: LineState, board: Board): Promise<LineState> {
  const [detect, alert, baseline, warm, lines, channels, plume, crew, passage, passes, taken] = await Promise.all(
    [
      'detect',
      'alert',
      'baseline',
      'warmth',
      'sampling',
      'channels',
      'plume',
      'crew',
      'passage',
      'passes',
      'taken',
    ].map((key) => spool.recall(key)),
  );
  recallWarmth(frozenWarmth.catch({}).parse(warm), fresh.quality);
  recallSampling(keptSampling.catch({}).parse(lines), fresh.sampling, board.sampling);
  const levels = (baseline as LineState['window']['baseline'] | undefined) ?? fresh.window.baseline;
  if (levels.levels.length === fresh.window.baseline.levels.length) fresh.window.baseline = levels;
  return {
    ...fresh,
    detect: (detect as LineState['detect'] | undefined) ?? fresh.detect,
    channels: (channels as LineState['channels'] | undefined) ?? fresh.channels,
    taken: (taken as LineState['taken'] | undefined) ?? fresh.taken,
    alert: (alert as LineState['alert'] | undefined) ?? fresh.alert,
    grounds: recalledGrounds(passes),
    locating: thawLocating(frozenLocating.safeParse(plume).data),
    crew: thawCrew(crew ?? {}),
    passage: thawPassage(passage),
  };
}
