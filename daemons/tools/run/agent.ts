import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { agentLine } from '../../agent/daemon.ts';
import { loadBox } from '../../core/config/box.ts';
import { mistakesIn } from '../fleet/mistakes.ts';
import * as place from '../place.ts';
import type { BoxOptions } from '../verbs/options.ts';
import { daemon } from './daemon.ts';

export interface AgentOptions extends BoxOptions {
  /** Where generations, releases and trust are kept. */
  readonly folder: string;
  /** Daemons that the agent runs itself. */
  readonly run: readonly string[];
  /** Where the certificate is; absent: in the state folder. */
  readonly identity?: string;
  /** The program of the package; absent: this one. */
  readonly package?: string;
}

/** `version`: of this program. */
export const runAgent = (options: AgentOptions, version: string): Promise<void> =>
  daemon('agent', options, async (ctx) => {
    const { withParent: _, package: packaged, identity, ...where } = options;
    const { device, models } = where;
    await agentLine(
      {
        ...{ ...where, box: loadBox(where.config, device), program: place.program },
        identity: identity ?? path.join(where.state, 'identity'),
        check: (files, by, links) => mistakesIn(files, { device, program: by, models, links }),
        packaged: packaged === undefined ? version : await versionOf(packaged),
      },
      ctx,
    );
  });

/** What a program says that it is. Errors: of its start. */
async function versionOf(program: string): Promise<string> {
  return (await promisify(execFile)(program, ['--version'])).stdout.trim();
}

/** What a start does first: see `package/compile.ts`. */
export const rehearse = (config: string): unknown => loadBox(config, 'post-1');
