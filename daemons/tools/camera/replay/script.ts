/** What runs in the page of a flight: its script and style, each as one text. */
import path from 'node:path';
import { build } from 'esbuild';

export interface PageScript {
  readonly script: string;
  readonly style: string;
}

/** Errors: esbuild's own: bugs of the page. */
export async function pageScript(): Promise<PageScript> {
  const { outputFiles } = await build({
    absWorkingDir: path.join(import.meta.dirname, 'web'),
    entryPoints: ['main.ts', 'style.css'],
    outdir: '/',
    ...{ bundle: true, format: 'iife', target: 'es2022', minify: true, write: false, logLevel: 'silent' },
  });
  const textOf = (name: string): string => outputFiles.find((one) => one.path.endsWith(name))?.text ?? '';
  return { script: textOf('main.js'), style: textOf('style.css') };
}
