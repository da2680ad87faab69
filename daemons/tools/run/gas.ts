import { loadBox } from '../../core/config/box.ts';
import { gasLine } from '../../gas/daemon.ts';
import { rehearse as rehearseLine } from '../../gas/rehearse.ts';
import type { BoxOptions } from '../verbs/options.ts';
import { daemon } from './daemon.ts';

export const runGas = (options: BoxOptions): Promise<void> =>
  daemon('gas', options, async (ctx) => {
    const box = loadBox(options.config, options.device);
    await gasLine({ box, state: options.state, models: options.models, feed: options.feed }, ctx);
  });

/** What a start does first: see `package/compile.ts`. */
export const rehearse = (config: string): void => rehearseLine(loadBox(config, 'post-1'));
