/** What a strip shows, as CSV (RFC 4180): a line a point, a line a gap. Pure. */
import { field } from '../history/csv.ts';
import type { ReadStrip } from './strip.ts';

const iso = (ms: number): string => new Date(ms).toISOString();

export function stripCsv(device: string, channel: string, { pieces, gaps, flagged, unit }: ReadStrip): string {
  const flagsAt = (fromMs: number, toMs: number): string =>
    [...new Set(flagged.filter((one) => one.fromMs <= toMs && one.toMs >= fromMs).flatMap(({ flags }) => flags))].join(
      ' ',
    );
  const lines = [
    ...pieces.flat().map(({ fromMs, toMs, low, high, n }) => ({
      fromMs,
      cells: [iso(fromMs), iso(toMs), low, high, n, unit, flagsAt(fromMs, toMs)],
    })),
    ...gaps.map(({ fromMs, toMs, why }) => ({
      fromMs,
      cells: [iso(fromMs), iso(toMs), null, null, 0, unit, ['gap', ...why].join(' ')],
    })),
  ].toSorted((a, b) => a.fromMs - b.fromMs);
  const head = 'device,channel,from_utc_by_box,to_utc_by_box,lowest,highest,values,unit,flags';
  return `${[head, ...lines.map(({ cells }) => [device, channel, ...cells].map(field).join(','))].join('\r\n')}\r\n`;
}
