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
    entryPoints: ['main.ts', 'style.css', 'patrol/main.ts', 'patrol/style.css'],
    outdir: '/',
    bundle: true,
    format: 'iife',
    target: 'es2022',
    minify: true,
    write: false,
    logLevel: 'silent',
  });
  const textOf = (file: string): string => outputFiles.find((one) => one.path === file)?.text ?? '';
  const html = async (file: string) => ({
    body: await readFile(path.join(here, file), 'utf8'),
    type: 'text/html; charset=utf-8',
  });
  const built = (file: string, type: string) =>
    [file, { body: textOf(file), type: `text/${type}; charset=utf-8` }] as const;
  return new Map([
    ['/', await html('index.html')],
    built('/main.js', 'javascript'),
    built('/style.css', 'css'),
    ['/patrol/', await html('patrol/index.html')],
    built('/patrol/main.js', 'javascript'),
    built('/patrol/style.css', 'css'),
  ]);
}
