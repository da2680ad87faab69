/** The first check after an alert: what it found speaks for the alert, or against it, and belongs into its bundle. */
import * as z from 'zod';
import { compareStamps } from '../../core/clock/compare.ts';
import { hasBody } from '../../core/evidence/chain.ts';
import type { Archive, Chain } from '../../core/ports/archive.ts';
import type { Alert } from '../../core/values/alert.ts';
import type { BoxEvent } from '../../core/values/envelope.ts';
import { parseEnvelope } from '../../core/wire/envelope.ts';
import { type Stretch, stretchOf } from './stretch.ts';
import { type Entry, forwards, sealIn } from './walk.ts';

/** Events that tell what a part was found to show: a check, good or not, and an adjustment with what was found before it. */
const types = ['check-made', 'check-failed', 'adjustment-made'] as const;
const detail = z.looseObject({ part: z.string() });

/**
 * For each part with a calibration that the alert rests on, the first such event after the alert began, with what lies between
 * it and the seal behind it. What the bundle holds already is not given again.
 */
export async function checkAfter(
  archive: Archive,
  device: string,
  alert: Alert,
  held: readonly Stretch[],
): Promise<Stretch[]> {
  const resting = alert.because.evidence.filter(({ calibration }) => calibration !== null);
  const parts = new Set(resting.map(({ sensor, quantity }) => `${sensor}/${quantity}`));
  const filed = (await Promise.all(types.map((type) => archive.events(device, type, 1000)))).flat();
  const checks = filed
    .filter(({ text }) => hasBody(text))
    .map((one) => ({ ...one, event: parseEnvelope(one.text).body as BoxEvent }))
    .filter(({ event }) => compareStamps(event.at, alert.since) > 0)
    .toSorted((a, b) => compareStamps(a.event.at, b.event.at));
  const found: Stretch[] = [];
  for (const part of parts) {
    const one = checks.find(({ event }) => detail.safeParse(event.detail).data?.part === part);
    const holds = ({ run }: Stretch): boolean =>
      run.stream === 'event' && run.spool === one?.spool && run.from <= one.seq && one.seq <= run.to;
    if (one && ![...held, ...found].some(holds)) found.push(...(await upToItsSeal(archive, device, one)));
  }
  return found;
}

async function upToItsSeal(
  archive: Archive,
  device: string,
  { spool, seq }: { readonly spool: string; readonly seq: number },
): Promise<Stretch[]> {
  const chain: Chain = { device, spool, stream: 'event' };
  const ends = await archive.ends(chain);
  const entries: Entry[] = [];
  for await (const entry of forwards(archive, chain, seq, ends?.last ?? 0)) {
    entries.push(entry);
    if (sealIn(entry)) break;
  }
  return stretchOf(spool, 'event', entries, (entry) => entry === entries[0]);
}
