import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';

export interface PageFile {
  readonly body: Buffer;
  readonly type: string;
  /** Its name holds the hash of its content. */
  readonly immutable: boolean;
  /** The same for those who unpack it, made once. */
  readonly packed?: { readonly br: Buffer; readonly gzip: Buffer };
  /** Which powers of the browser the page may ask the person for; absent: none. */
  readonly permissions?: string;
}

/** The page, ready to be served: every file under its exact URL path. */
export interface Page {
  /** Names this version of the page. */
  readonly build: string;
  readonly files: ReadonlyMap<string, PageFile>;
}

const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** What the page loads by address: MapLibre's worker and the outlines of Natural Earth (public domain). */
const parts = {
  mapWorker: 'maplibre-gl/dist/maplibre-gl-worker.mjs',
  worldFine: 'world-atlas/countries-50m.json',
  worldCoarse: 'world-atlas/countries-110m.json',
} as const;

/** One file a language, as a translator edits it. */
const messages = { messagesEn: 'en.json', messagesRu: 'ru.json', messagesKk: 'kk.json' } as const;

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex').slice(0, 12);

/**
 * Bundles the page into memory: nothing is written to the disk. esbuild is loaded only here, so that whoever serves a page
 * that was built before does not need it. Errors: esbuild's own, with file and line; they are bugs of the page.
 */
export async function buildPage(): Promise<Page> {
  const here = import.meta.dirname;
  const files = new Map<string, PageFile>();
  const put = (url: string, body: Buffer, immutable = true): string => {
    files.set(url, { body, type: types[path.extname(url)] ?? 'application/octet-stream', immutable });
    return url;
  };

  const { build } = await import('esbuild');
  const shared = {
    absWorkingDir: here,
    outdir: '/assets',
    entryNames: '[name]-[hash]',
    chunkNames: 'chunk-[hash]',
    bundle: true,
    target: 'es2023',
    minify: true,
    legalComments: 'inline',
    write: false,
    logLevel: 'silent',
  } as const;
  const bundles = await Promise.all([
    // MapLibre is a chunk of its own: a browser that cannot run it never loads it.
    build({ ...shared, entryPoints: ['main.ts', 'style.css'], splitting: true, format: 'esm' }),
    // A classic script: it must run before the first paint, which a module never does.
    build({ ...shared, entryPoints: ['early.ts'], format: 'iife' }),
  ]);
  const entry: Record<string, string> = {};
  for (const file of bundles.flatMap((bundle) => bundle.outputFiles)) {
    const url = put(`/assets/${path.basename(file.path)}`, Buffer.from(file.contents));
    entry[/^\/assets\/([a-z]+)-/.exec(url)?.[1] ?? url] = url;
  }

  const require = createRequire(import.meta.url);
  for (const [name, specifier] of Object.entries(parts)) {
    const bytes = await readFile(require.resolve(specifier));
    const suffix = specifier.endsWith('.json') ? '.json' : '.js';
    entry[name] = put(`/assets/${name}-${hashOf(bytes)}${suffix}`, bytes);
  }
  for (const [name, file] of Object.entries(messages)) {
    const bytes = await readFile(path.join(here, 'messages', file));
    entry[name] = put(`/assets/${file.replace('.json', '')}-${hashOf(bytes)}.json`, bytes);
  }
  entry.icon = put('/assets/icon.svg', await readFile(path.join(here, 'icon.svg')), false);

  const template = await readFile(path.join(here, 'index.html'), 'utf8');
  const named = template.replaceAll(/\{\{(?!build)(\w+)\}\}/g, (_, name: string) => {
    const url = entry[name];
    if (!url) throw new Error(`index.html asks for ${name}, which the bundle does not have`);
    return url;
  });
  const version = hashOf(Buffer.from(named));
  const body = Buffer.from(named.replaceAll('{{build}}', version));
  files.set('/', { body, type: 'text/html; charset=utf-8', immutable: false });
  return { build: version, files };
}
