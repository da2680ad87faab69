import type { ConsoleConfig } from '../../console/config.ts';
import { consoleLine } from '../../console/daemon.ts';
import { daemon } from './daemon.ts';

export const runConsole = (config: ConsoleConfig): Promise<void> =>
  daemon('console', null, (ctx) => consoleLine(config, ctx));
