import { readFile } from 'node:fs/promises';
import path from 'node:path';

/** Every file of the page under its exact path: there is no path to walk. */
export type LocalPage = ReadonlyMap<string, { readonly body: string; readonly type: string }>;

/** Bundles the page into memory. esbuild is loaded only here. Errors: esbuild's own: bugs of the page. */
export async function buildPage(): Promise<LocalPage> {
  const here = import.meta.dirname;
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    absWorkingDir: here,
    entryPoints: ['main.ts', 'style.css'],
    outdir: '/',
    bundle: true,
    format: 'iife',
    target: 'es2022',
    minify: true,
    write: false,
    logLevel: 'silent',
  });
  const textOf = (name: string): string => outputFiles.find((one) => one.path.endsWith(name))?.text ?? '';
  return new Map([
    ['/', { body: await readFile(path.join(here, 'index.html'), 'utf8'), type: 'text/html; charset=utf-8' }],
    ['/main.js', { body: textOf('main.js'), type: 'text/javascript; charset=utf-8' }],
    ['/style.css', { body: textOf('style.css'), type: 'text/css; charset=utf-8' }],
  ]);
}
