import type { ConsoleConfig } from '../../console/config.ts';
import { consoleLine } from '../../console/daemon.ts';
import type { Bundles } from '../../console/history/verification.ts';
import { collect } from '../evidence/collect.ts';
import { fleetFolder } from '../fleet/shown.ts';
import { models } from '../place.ts';
import { daemon } from './daemon.ts';

/** Telemetry before an alert began that goes with it, in seconds. */
const windowS = 300;

const bundles: Bundles = (archive, alert) =>
  collect(archive, { alert, source: 'records', windowS, models, nowMs: Date.now() });

export const runConsole = (config: ConsoleConfig): Promise<void> =>
  daemon('console', null, (ctx) => {
    const fleet = config.fleet && fleetFolder(config.fleet);
    return consoleLine(config, ctx, { bundles, fleet });
  });
