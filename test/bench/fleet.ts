/** Updates of a box whose power is cut at random instants: see test/agent/cuts.ts. The disk is one in memory, crueller than ext4. */
import { walk } from '../agent/cuts.ts';
import type { Figure } from './figure.ts';

const wanted = 500;

/** Numbers 0 to 1, the same each run. */
function chances(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

export async function fleetCut(): Promise<Figure> {
  let [cut, working] = [0, 0];
  const broken: string[] = [];
  for (let seed = 1; cut < wanted; seed++) {
    const chance = chances(seed * 2654435761);
    // Three updates, one of them not well in half of the walks, make about 110 changes of the disk.
    const wishes = [true, chance() < 0.5, true].map((well) => ({
      well,
      executable: chance() < 0.5,
      model: chance() < 0.5,
    }));
    const walked = await walk({ wishes, cuts: [Math.floor(chance() * 110)], chance });
    if (walked.cuts === 0) continue;
    cut += 1;
    if (walked.broken.length === 0) working += 1;
    else broken.push(`seed ${seed}: ${walked.broken[0]}`);
  }
  return {
    ...{ id: 'fleet.cut', value: working, unit: `of ${cut} updates`, baseline: wanted, ratio: working / wanted },
    reach: `${wanted} of ${wanted}`,
    ok: working === cut,
    note: `updates cut at a random change of the disk (simulated, in memory) that left a working box and ended at the newest state that is well${broken.length > 0 ? `; ${broken.slice(0, 3).join('; ')}` : ''}`,
  };
}
