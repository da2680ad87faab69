import { loadBox } from '../../core/config/box.ts';
import { djiLine } from '../../dji/daemon.ts';
import type { BoxOptions } from '../verbs/options.ts';
import { daemon } from './daemon.ts';

export const runDji = (options: BoxOptions): Promise<void> =>
  daemon('dji', options, async (ctx) => {
    const box = loadBox(options.config, options.device);
    await djiLine({ box, state: options.state, feed: options.feed }, ctx);
  });

/** What a start does first: see `package/compile.ts`. */
export const rehearse = (config: string): unknown => loadBox(config, 'dji-1');
