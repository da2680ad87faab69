/** `fieldpost camera fly`: what the camera daemon is given in place of its feed and its clock. */
import type { Recording } from '../../camera/recorded.ts';
import type { Box } from '../../core/config/box.ts';
import { Fault } from '../../core/ports/fault.ts';
import { readFlight } from '../replay-flight.ts';
import { momentIn } from './moment.ts';

export interface FlyOptions {
  readonly log: string;
  /** As `momentIn` reads it. */
  readonly start: string;
  readonly system: number;
  /** null: as the board's video says. */
  readonly perSecond: number | null;
}

/** Errors: Fault `absent`, `protocol` for the log; `config` for a camera that is no recording. */
export function recordingOf({ board, files }: Box, { log, start, system, perSecond }: FlyOptions): Recording {
  const rates = board.cameras.map(({ id, source }) => {
    if (source.kind !== 'video' && source.kind !== 'folder')
      throw new Fault('config', `${files.board} ${id}: its source is ${source.kind}; must be a video or a folder`);
    return source.kind === 'video' ? source.perSecond : null;
  });
  const rate = perSecond ?? rates[0] ?? null;
  if (rate === null || !(rate > 0))
    throw new Fault(
      'config',
      '--per-second: is not given, and a folder of pictures does not say how fast they were taken',
    );
  const { told } = readFlight(log, system);
  return { told, perSecond: rate, firstNs: momentIn(told, start, log) };
}
