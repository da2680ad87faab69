/** What the page and the process behind it can carry. */
import { buildPage } from '../../daemons/console/web/build.ts';
import { consoleChecks } from './console-checks.ts';
import { consoleDraw } from './console-draw.ts';
import { consoleStore } from './console-store.ts';
import { consoleStreams } from './console-streams.ts';
import type { Figure } from './figure.ts';

export async function consoleBench(): Promise<readonly Figure[]> {
  return [
    await consoleDraw(),
    ...(await consoleStore()),
    await consoleStreams(),
    await consoleChecks(await buildPage()),
  ];
}
