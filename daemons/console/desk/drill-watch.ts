/** The drill that runs, told to every open page. */
import type { Running } from '../../core/daemon/running.ts';
import { drillIn } from '../../core/desk/drill.ts';
import { turns } from '../../core/flow/turns.ts';
import type { DeskStore } from '../../core/ports/desk.ts';
import { isFault } from '../../core/ports/fault.ts';
import type { Streams } from '../streams.ts';

/** Another console on the same store starts or ends it too: a page is to know within a second, in ms. */
const lookMs = 400;

export interface DrillWatch {
  /** Reads the store and tells the pages; what was written before the call is told when it resolves. Errors: Fault of the store. */
  look(): Promise<void>;
  /** Looks until `signal` aborts. Errors: none of the store's; what was told last stands until it answers. */
  follow(ctx: Running): Promise<void>;
}

export function openDrillWatch(desk: DeskStore, streams: Pick<Streams, 'tell'>): DrillWatch {
  // One look at a time: a slow answer never tells again what was before.
  const inTurn = turns();
  const look = (): Promise<void> =>
    inTurn(async () => {
      const drill = drillIn((await desk.read('drill')).value);
      streams.tell(drill && { text: drill.text, by: drill.by });
    });
  const follow = async ({ signal, clock }: Running): Promise<void> => {
    while (!signal.aborted) {
      await look().catch((error: unknown) => {
        if (!isFault(error)) throw error;
      });
      await clock.sleep(lookMs, 'drill', signal);
    }
  };
  return { look, follow };
}
