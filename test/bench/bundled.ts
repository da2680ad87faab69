/** A program as it ships: bundled to plain JavaScript, so that no process pays for stripping types. */
import { mkdtempSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { build, type Plugin } from 'esbuild';

const workerUrl = /new URL\('(\.\/[a-z0-9.-]+)\.ts', import\.meta\.url\)/g;

/** Bundles `entry` and the threads that it starts into a folder of its own; gives the path of the program. */
export async function bundled(entry: string): Promise<string> {
  const outdir = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-bundle-'));
  const threads = new Set<string>();
  const plugin: Plugin = {
    name: 'threads',
    setup: ({ onLoad }) => {
      onLoad({ filter: /\/daemons\/.*\.ts$/ }, ({ path: file }) => {
        const contents = readFileSync(file, 'utf8').replaceAll(workerUrl, (_whole, name: string) => {
          threads.add(path.join(path.dirname(file), `${name}.ts`));
          return `new URL('${name}.mjs', import.meta.url)`;
        });
        return { contents, loader: 'ts' };
      });
    },
  };
  const bundle = async (file: string): Promise<string> => {
    const name = `${path.basename(file, '.ts')}.mjs`;
    await build({
      entryPoints: [file],
      outfile: path.join(outdir, name),
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node24',
      plugins: [plugin],
      logLevel: 'error',
    });
    return path.join(outdir, name);
  };
  const program = await bundle(entry);
  for (const thread of threads) await bundle(thread);
  return program;
}
