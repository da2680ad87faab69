/** Processes of a site killed at random instants: writer, uplink, ledger and broker, each started again at once. */
import { freePort } from '../support/mosquitto.ts';
import { numbersOf } from './draw.ts';
import { openSite, parts, type Site, type Verdict } from './site.ts';

export interface KillPlan {
  readonly kills: number;
  readonly seed: number;
  /** The longest pause between two kills, in ms. */
  readonly mostMs: number;
  say(text: string): void;
}

export async function killAtRandom({ kills, seed, mostMs, say }: KillPlan): Promise<Verdict> {
  const draw = numbersOf(seed);
  const port = await freePort();
  const url = `mqtt://127.0.0.1:${port}`;
  const site = await openSite({ uplinkTo: url, ledgerTo: url, broker: port, everyMs: 30, seed });
  try {
    await site.begun();
    for (let n = 1; n <= kills; n++) {
      await new Promise((resolve) => setTimeout(resolve, mostMs * draw()));
      site.part(parts[Math.floor(parts.length * draw())] ?? 'writer').kill();
      // On a busy machine a site that is killed faster than it starts would only be killed while it starts.
      if (n % 5 === 0) await committedMore(site);
      if (n % 25 === 0) say(`${n} kills: ${site.acknowledged} acknowledged, ${site.committed()} at the centre`);
    }
    await site.stopWriting();
    return await site.delivered(240_000);
  } finally {
    await site.close();
  }
}

/** Resolves when something more was delivered, or after half a minute. */
async function committedMore(site: Site): Promise<void> {
  const before = site.committed();
  const endMs = performance.now() + 30_000;
  while (site.committed() === before && performance.now() < endMs)
    await new Promise((resolve) => setTimeout(resolve, 50));
}
