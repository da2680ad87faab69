import { loadBox } from '../../core/config/box.ts';
import { dockLine } from '../../dock/daemon.ts';
import type { BoxOptions } from '../verbs/options.ts';
import { daemon } from './daemon.ts';

export const runDock = (options: BoxOptions): Promise<void> =>
  daemon('dock', options, async (ctx) => {
    const box = loadBox(options.config, options.device);
    await dockLine({ box, state: options.state, feed: options.feed }, ctx);
  });

/** What a start does first: see `package/compile.ts`. */
export const rehearse = (config: string): unknown => loadBox(config, 'dock-1');
