import { type LocalPageConfig, localPageLine } from '../../service/daemon.ts';
import { daemon } from './daemon.ts';

export const runLocalPage = (config: LocalPageConfig): Promise<void> =>
  daemon('local-page', null, (ctx) => localPageLine(config, ctx));
