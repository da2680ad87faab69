import { loadBox } from '../../core/config/box.ts';
import { record } from '../captures/record.ts';
import type { BoxOptions } from '../verbs/options.ts';
import { daemon } from './daemon.ts';

export interface RecordOptions extends BoxOptions {
  readonly out: string;
  readonly sensor: readonly string[];
  /** Seconds after which it ends by itself. */
  readonly for?: number;
}

export const runRecord = (options: RecordOptions): Promise<void> =>
  daemon('record', options, async (ctx) => {
    const { config, device, state, out, sensor, for: forS } = options;
    const limit = forS === undefined ? {} : { forS };
    await record({ box: loadBox(config, device), state, out, sensors: sensor, ...limit }, ctx);
  });
