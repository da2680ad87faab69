/** A site whose box and centre are at the two ends of a line that loses packets. */
import { mosquitto } from '../support/mosquitto.ts';
import { openLossyLine } from '../support/netns.ts';
import { openSite, type Verdict } from './site.ts';

export interface LossVerdict extends Verdict {
  /** Packets that the line lost. */
  readonly dropped: number;
}

/**
 * Writes for `holdMs` while the line loses `percent` of the packets in each direction, and waits until everything is at
 * the centre, the line as bad as before, at most `limitMs`.
 */
export async function losePackets({
  percent,
  holdMs,
  limitMs,
  seed,
}: {
  percent: number;
  holdMs: number;
  limitMs: number;
  seed: number;
}): Promise<LossVerdict> {
  const line = openLossyLine();
  const broker = await mosquitto({ host: '0.0.0.0', within: line.there });
  try {
    await broker.start();
    line.forward(broker.port);
    const url = `mqtt://127.0.0.1:${broker.port}`;
    const site = await openSite({
      uplinkTo: url,
      ledgerTo: url,
      boxWithin: line.here,
      centreWithin: line.there,
      everyMs: 50,
      seed,
    });
    try {
      await site.begun().catch((error: Error) => {
        throw new Error(`${error.message}\n${line.describe()}`);
      });
      line.lose(percent);
      await new Promise((resolve) => setTimeout(resolve, holdMs));
      await site.stopWriting();
      const verdict = await site.delivered(limitMs);
      return { ...verdict, dropped: line.dropped() };
    } finally {
      await site.close();
    }
  } finally {
    await broker.close();
    line.close();
  }
}
