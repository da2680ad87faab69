/** The broker is away for ten seconds; and the same while the process that reads is killed and started again. */
import type { Mosquitto } from '../../support/mosquitto.ts';
import type { Contestant, Name } from './contestants.ts';
import type { Ear } from './hear.ts';
import type { Source } from './source.ts';
import { type Missed, missedAlerts, missedReadings, quiet } from './stream.ts';

const perS = 100;
export const faultCount = 5000;
const downAtMs = 15_000;
const downMs = 10_000;
const killAtMs = 5000;
/** What was said is read by then: what lies in a socket belongs to nobody. */
const stillMs = 1000;
/** Node-RED comes back to a broker after 15 s; whoever is still sending then has some time more. */
const settleMs = 40_000;

/** Readings that may wait for a full envelope with the settings that a profile has by itself. */
const mostWaiting = 100;

export interface Fate {
  readonly name: Name;
  readonly readings: Missed;
  readonly alerts: Missed;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export interface FaultRig {
  readonly ear: Ear;
  readonly source: Source;
  readonly broker: Pick<Mosquitto, 'start' | 'stop'>;
}

/** Of contestants that were started for it, on their own lines. `kill`: also the reading process, by SIGKILL. */
export async function suffer(
  all: readonly Contestant[],
  kill: boolean,
  { ear, source, broker }: FaultRig,
): Promise<readonly Fate[]> {
  for (const { name } of all) ear.begin(name);
  const lines = all.map((_, line) => line);
  const said = source.pace(lines, faultCount, perS, quiet);
  await pause(downAtMs);
  await broker.stop();
  await pause(killAtMs);
  if (kill) {
    source.hold(true);
    await pause(stillMs);
    const readers = all.map(({ processes }) => processes[0]);
    await Promise.all(readers.map((one) => one?.kill()));
    for (const one of readers) one?.start();
    source.hold(false);
  }
  await pause(downMs - killAtMs - (kill ? stillMs : 0));
  await broker.start();
  await said;
  // Ends when everyone has delivered all, or in vain. What waits for a full envelope goes out when the daemon is stopped in order.
  await Promise.all(
    all.map(async ({ name, processes }) => {
      const [reader, uplink] = processes;
      if (uplink) {
        await ear.until(name, faultCount - mostWaiting, settleMs);
        await pause(stillMs);
        await reader?.stop();
      }
      await ear.until(name, faultCount, settleMs);
    }),
  );
  return all.map(({ name }) => {
    const tally = ear.tally(name, quiet);
    return { name, readings: missedReadings(tally, faultCount), alerts: missedAlerts(tally, faultCount, quiet) };
  });
}
