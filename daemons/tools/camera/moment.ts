/** A moment of a flight log, as a person names it. */
import type { Told } from '../../core/feed/take.ts';
import { Fault } from '../../core/ports/fault.ts';

/** ns in the log's time of `text`: seconds since the log's first word, or of a .tlog a time like 2014-07-14T02:11:09Z. Errors: Fault `config`. */
export function momentIn(told: readonly Told[], text: string, file: string): number {
  const firstNs = told.reduce((first, one) => Math.min(first, one.monoNs), Number.POSITIVE_INFINITY);
  if (!Number.isFinite(firstNs)) throw new Fault('config', `${file}: tells no pose; is --system right?`);
  if (/^-?\d+(\.\d+)?$/.test(text)) return firstNs + Number(text) * 1e9;
  const wallMs = Date.parse(text);
  if (Number.isNaN(wallMs) || file.endsWith('.ulg'))
    throw new Fault(
      'config',
      `--start is ${text}; must be seconds since the log's first word${file.endsWith('.ulg') ? '' : ', or a time like 2014-07-14T02:11:09Z'}`,
    );
  return wallMs * 1e6;
}
