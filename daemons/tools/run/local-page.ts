import path from 'node:path';
import { loadBox } from '../../core/config/box.ts';
import { localPageLine } from '../../service/daemon.ts';
import { daemon } from './daemon.ts';

interface LocalPageOptions {
  readonly state: string;
  /** `local-page` of the state folder if absent. */
  readonly identity?: string;
  readonly host: string;
  readonly port: number;
  readonly plainPort?: number;
  /** Both name the box, or neither: then only technicians are served. */
  readonly config?: string;
  readonly device?: string;
  readonly feed: string;
}

export const runLocalPage = ({ config, device, feed, ...options }: LocalPageOptions): Promise<void> => {
  const isBox = config !== undefined && device !== undefined;
  return daemon('local-page', isBox ? { state: options.state, feed } : null, (ctx) =>
    localPageLine(
      {
        ...options,
        identity: options.identity ?? path.join(options.state, 'local-page'),
        box: isBox ? loadBox(config, device) : undefined,
      },
      ctx,
    ),
  );
};
