import type { ConsoleConfig } from '../../console/config.ts';
import { consoleLine } from '../../console/daemon.ts';
import type { Bundles } from '../../console/history/verification.ts';
import { collect } from '../evidence/collect.ts';
import { models } from '../place.ts';
import { daemon } from './daemon.ts';

/** Telemetry before an alert began that goes with it, in seconds. */
const windowS = 300;

const bundles: Bundles = (archive, alert) =>
  collect(archive, { alert, source: 'records', windowS, models, nowMs: Date.now() });

export const runConsole = (config: ConsoleConfig): Promise<void> =>
  daemon('console', null, (ctx) => consoleLine(config, ctx, bundles));
