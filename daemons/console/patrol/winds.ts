/** The wind around an alert and the newest of its box, out of the telemetry that the centre keeps. */
import { hasBody } from '../../core/evidence/chain.ts';
import type { Archive, Chain } from '../../core/ports/archive.ts';
import type { Spooled } from '../../core/ports/spool.ts';
import { decodeTelemetry } from '../../core/telemetry/decode.ts';
import type { Alert } from '../../core/values/alert.ts';
import type { TelemetryBody } from '../../core/values/envelope.ts';
import type { Stamp } from '../../core/values/stamp.ts';
import { parseEnvelope } from '../../core/wire/envelope.ts';
import { firstAfter } from '../sight.ts';
import type { CardWind } from './card.ts';

/** Bearings of so long are averaged: a gust is not where air comes from. */
const meanMs = 120_000;
/** Below it air has no direction, as in `values/wind.ts`. */
const calmMs = 0.5;
/** Envelopes that are read for one wind. */
const most = { around: 60, now: 12 } as const;

interface Look {
  readonly atMs: number;
  readonly monoNs: number;
  readonly boot: string;
  readonly fromDeg: number | null;
  readonly speedMs: number;
}

export interface Kept {
  readonly revisions: readonly Alert[];
  readonly around: CardWind | null;
  readonly now: CardWind | null;
}

/** Nothing of it where nothing is kept. Errors: the store's Faults. */
export async function windsOf(archive: Archive, id: string): Promise<Kept> {
  const filed = await archive.revisions(id);
  const alerts = filed.flatMap((one) => {
    if (!hasBody(one.text)) return [];
    const envelope = parseEnvelope(one.text);
    return envelope.stream === 'alert' ? [{ alert: envelope.body as Alert, one }] : [];
  });
  const last = alerts.toSorted((a, b) => a.alert.rev - b.alert.rev).at(-1);
  const revisions = alerts.map(({ alert }) => alert);
  if (!last) return { revisions, around: null, now: null };
  const chain: Chain = { device: last.one.device, spool: last.one.spool, stream: 'tele' };
  const ends = await archive.ends(chain);
  if (!ends) return { revisions, around: null, now: null };
  const { at } = last.alert;
  const fromNs = at.monoNs - meanMs * 1e6;
  const from = await firstAfter(archive, chain, ends, { boot: at.boot, monoNs: fromNs, wallMs: at.wallMs - meanMs });
  const about = looksIn(
    await archive.read(chain, Math.max(ends.first, from - 1), Math.min(ends.last, from + most.around)),
  );
  const newest = looksIn(await archive.read(chain, Math.max(ends.first, ends.last - most.now), ends.last));
  return { revisions, around: meanOf(upTo(about, at)), now: meanOf(newest) };
}

const upTo = (looks: readonly Look[], { boot, monoNs }: Stamp): readonly Look[] =>
  looks.filter((one) => one.boot === boot && one.monoNs <= monoNs);

/** Speeds with the bearing that the same instrument told nearest to it. */
function looksIn(spooled: readonly Spooled[]): readonly Look[] {
  const bodies = spooled.flatMap(({ text }) => {
    if (!hasBody(text)) return [];
    const envelope = parseEnvelope(text);
    return envelope.stream === 'tele' ? decodeTelemetry(envelope.body as TelemetryBody).measurements : [];
  });
  const of = (quantity: string) => bodies.filter((one) => one.quantity === quantity && one.value !== null);
  const bearings = of('wind-from');
  return of('wind-speed').map(({ sensor, at, value }) => {
    const bearing = bearings.find(
      (one) => one.sensor === sensor && one.at.boot === at.boot && Math.abs(one.at.monoNs - at.monoNs) < 1e9,
    );
    return { atMs: at.wallMs, monoNs: at.monoNs, boot: at.boot, fromDeg: bearing?.value ?? null, speedMs: value ?? 0 };
  });
}

/** The mean vector of the last two minutes, and how bearings lay about it; null where nothing was told. */
export function meanOf(looks: readonly Look[]): CardWind | null {
  const last = looks.toSorted((a, b) => a.atMs - b.atMs).at(-1);
  if (!last) return null;
  const late = looks.filter((one) => one.atMs > last.atMs - meanMs);
  let [north, east, cosines, sines, n] = [0, 0, 0, 0, 0];
  for (const { fromDeg, speedMs } of late) {
    if (fromDeg === null) continue;
    const angle = (fromDeg * Math.PI) / 180;
    north += speedMs * Math.cos(angle);
    east += speedMs * Math.sin(angle);
    cosines += Math.cos(angle);
    sines += Math.sin(angle);
    n += 1;
  }
  const speed = n === 0 ? last.speedMs : Math.hypot(north, east) / n;
  if (n === 0 || speed < calmMs) return { fromDeg: null, speedMs: speed, atMs: last.atMs, spreadDeg: null };
  const fromDeg = ((Math.atan2(east, north) * 180) / Math.PI + 360) % 360;
  // Circular standard deviation (Mardia): 0 for one bearing.
  const length = Math.min(1, Math.hypot(cosines, sines) / n);
  const spreadDeg = length > 0 ? (Math.sqrt(-2 * Math.log(length)) * 180) / Math.PI : 180;
  return { fromDeg, speedMs: speed, atMs: last.atMs, spreadDeg };
}
