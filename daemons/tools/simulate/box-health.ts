/**
 * How the simulated post is, said as an agent says it. No agent runs here, as nothing on this machine is to be replaced by what a
 * centre signs: the facts are of this machine, the rest is what the daemons answer.
 */
import path from 'node:path';
import { askGas, askUplink } from '../../agent/daemon.ts';
import { healthOf } from '../../agent/health.ts';
import { systemClock } from '../../core/adapters/clock.system.ts';
import { boxFacts } from '../../core/adapters/health.linux.ts';
import { storageSection } from '../../core/wear/life.ts';
import type { Supervised } from './supervise.ts';

/** The uplink judges itself what is worth a message. */
const lookMs = 5000;

/** Until `signal` aborts. `daemons`: those of the post; `program`: its version. */
export async function sayHealth(
  state: string,
  daemons: readonly Supervised[],
  program: string,
  signal: AbortSignal,
): Promise<void> {
  const clock = systemClock();
  while (!signal.aborted) {
    const post = await askGas(path.join(state, 'control.sock'));
    const states = new Map(
      daemons.map(({ name, pid, restarts }) => [
        name,
        { is: pid === null ? 'starting' : 'running', restarts, said: '' } as const,
      ]),
    );
    const facts = boxFacts(state, storageSection.parse({}));
    const health = healthOf({ at: clock.now(), facts, daemons: states, post, program });
    await askUplink(path.join(state, 'uplink.sock'), { ask: 'twin', reported: null, told: [], health });
    await clock.sleep(lookMs, 'health of the simulated post', signal);
  }
}
