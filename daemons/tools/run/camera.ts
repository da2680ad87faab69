import { cameraLine } from '../../camera/daemon.ts';
import { loadBox } from '../../core/config/box.ts';
import type { BoxOptions } from '../verbs/options.ts';
import { daemon } from './daemon.ts';

export const runCamera = (options: BoxOptions): Promise<void> =>
  daemon('camera', options, async (ctx) => {
    const box = loadBox(options.config, options.device);
    await cameraLine({ box, state: options.state, feed: options.feed, models: options.models }, ctx);
  });

/** What a start does first: see `package/compile.ts`. */
export const rehearse = (config: string): unknown => loadBox(config, 'air-1');
