import { tendLine } from '../pki/tend.ts';
import { daemon } from './daemon.ts';

export const runTend = (config: Parameters<typeof tendLine>[0]): Promise<void> =>
  daemon('tend', null, (ctx) => tendLine(config, ctx));
