/** `fieldpost local-page` as a process, and a phone that looks at it. */
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import readline from 'node:readline';
import type { ExecutionContext } from 'ava';

const main = path.join(import.meta.dirname, '../../daemons/main.ts');

/** A phone of 360 by 740 points. */
export const phone = {
  viewport: { width: 360, height: 740 },
  deviceScaleFactor: 2,
  hasTouch: true,
  isMobile: true,
  // The organisation's authority is not in this browser's store; that the certificate is of it is asked beside.
  ignoreHTTPSErrors: true,
  locale: 'en-GB',
};

export interface Served {
  readonly url: string;
  readonly ca: string;
  /** Of the page over plain HTTP, where it was asked for. */
  readonly plainUrl: string;
  code(): string;
  patrolCode(unit: string, by: string): string;
}

export interface Serving {
  readonly state: string;
  /** Present: patrols are served too, and the plain page. */
  readonly box?: { readonly config: string; readonly device: string };
}

/** For the box of this state folder, with a certificate of a site's authority. */
export async function servePage(t: ExecutionContext, { state, box }: Serving): Promise<Served> {
  const [authority, identity] = [path.join(state, 'authority'), path.join(state, 'local-page')];
  const pki = (...words: string[]): void => void spawnSync(process.execPath, [main, 'pki', ...words]);
  pki('init', '--site', 'north', '--authority', authority);
  pki('server', '--host', '127.0.0.1', '--authority', authority, '--out', identity);
  const args = [main, 'local-page', '--state', state, '--identity', identity, '--host', '127.0.0.1', '--port', '0'];
  const patrols = box ? ['--config', box.config, '--device', box.device, '--plain-port', '0'] : [];
  const child = spawn(process.execPath, [...args, ...patrols, '--with-parent'], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.on('error', () => {});
  t.teardown(() => child.kill('SIGKILL'));
  let plainPort = 0;
  const port = await new Promise<number>((resolve) => {
    readline.createInterface({ input: child.stdout }).on('line', (line) => {
      const said = JSON.parse(line) as { message?: string; port?: number };
      if (said.message === 'listening in plain') plainPort = said.port ?? 0;
      if (said.message === 'listening') resolve(said.port ?? 0);
    });
  });
  const code = (...more: readonly string[]): string => {
    const { stdout } = spawnSync(process.execPath, [main, 'pair', '--state', state, ...more], { encoding: 'utf8' });
    return /\b(\d{4} \d{4})\b/.exec(stdout)?.[1]?.replace(' ', '') ?? '';
  };
  return {
    url: `https://127.0.0.1:${port}/`,
    plainUrl: `http://127.0.0.1:${plainPort}/`,
    ca: readFileSync(path.join(identity, 'ca.crt'), 'utf8'),
    code: () => code(),
    patrolCode: (unit, by) => code('--patrol', unit, '--by', by),
  };
}
