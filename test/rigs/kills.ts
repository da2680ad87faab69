/** Processes of a site killed at random instants: writer, uplink, ledger and broker, each started again at once. */
import { seeded, uniform } from '../../daemons/tools/simulate/random.ts';
import { freePort } from '../support/mosquitto.ts';
import { openSite, parts, type Verdict } from './site.ts';

export interface KillPlan {
  readonly kills: number;
  readonly seed: number;
  /** The longest pause between two kills, in ms. */
  readonly mostMs: number;
  say(text: string): void;
}

export async function killAtRandom({ kills, seed, mostMs, say }: KillPlan): Promise<Verdict> {
  let random = seeded(seed);
  const draw = (): number => {
    const [number, next] = uniform(random);
    random = next;
    return number;
  };
  const port = await freePort();
  const url = `mqtt://127.0.0.1:${port}`;
  const site = await openSite({ uplinkTo: url, ledgerTo: url, broker: port, everyMs: 30, seed });
  try {
    while (site.committed() === 0) await new Promise((resolve) => setTimeout(resolve, 50));
    for (let n = 1; n <= kills; n++) {
      await new Promise((resolve) => setTimeout(resolve, mostMs * draw()));
      site.part(parts[Math.floor(parts.length * draw())] ?? 'writer').kill();
      if (n % 25 === 0) say(`${n} kills: ${site.acknowledged} acknowledged, ${site.committed()} at the centre`);
    }
    await site.stopWriting();
    return await site.delivered(240_000);
  } finally {
    await site.close();
  }
}
