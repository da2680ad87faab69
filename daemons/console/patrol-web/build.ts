import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { Page, PageFile } from '../web/build.ts';

const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
};

/** Words that this page shares with the console's, by the beginning of their keys. */
export const sharedWords = [
  ...[
    'locale',
    'app.',
    'age.',
    'compass.',
    'unit.',
    'kind.',
    'severity.',
    'flag.',
    'outcome.',
    'login.',
    'first.',
    'purpose.',
  ],
  ...['refused.', 'ack.unreachable', 'operator.cancel', 'language.label', 'simulated.'],
] as const;

export async function wordsOf(language: 'en' | 'ru' | 'kk'): Promise<Readonly<Record<string, unknown>>> {
  const read = async (folder: string): Promise<Record<string, unknown>> =>
    JSON.parse(await readFile(path.join(import.meta.dirname, folder, `${language}.json`), 'utf8'));
  const shared = Object.entries(await read('../web/messages')).filter(([key]) =>
    sharedWords.some((one) => key.startsWith(one)),
  );
  return { ...Object.fromEntries(shared), ...(await read('messages')) };
}

/** What the worker says of itself: it has no page to ask. */
async function wakeWords(): Promise<Readonly<Record<string, unknown>>> {
  const all = (['en', 'ru', 'kk'] as const).map(async (language) => {
    const own = Object.entries(await wordsOf(language)).filter(([key]) => key.startsWith('patrol.woken.'));
    return [language, Object.fromEntries(own)] as const;
  });
  return Object.fromEntries(await Promise.all(all));
}

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex').slice(0, 12);

/** Where somebody stands, if they allow it: distance and bearing are told from there. The rest of the console asks for nothing. */
const permissions = 'geolocation=(self), camera=(), microphone=()';

function packed(body: Buffer): NonNullable<PageFile['packed']> {
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: body.length };
  return { br: brotliCompressSync(body, { params }), gzip: gzipSync(body, { level: 9 }) };
}

/** Bundles the page into memory, as `web/build.ts`, with every text packed once. Errors: esbuild's own; they are bugs of the page. */
export async function buildPatrolPage(): Promise<Page> {
  const here = import.meta.dirname;
  const files = new Map<string, PageFile>();
  const put = (url: string, body: Buffer, immutable = true): string => {
    const type = types[path.extname(url)] ?? 'text/html; charset=utf-8';
    files.set(url, { body, type, immutable, permissions, ...(type === 'image/png' ? {} : { packed: packed(body) }) });
    return url;
  };
  const { build } = await import('esbuild');
  const shared = {
    ...{ absWorkingDir: here, outdir: '/', entryNames: '[name]-[hash]', bundle: true, target: 'es2023', minify: true },
    ...({ legalComments: 'inline', write: false, logLevel: 'silent' } as const),
  } as const;
  const bundles = await Promise.all([
    build({ ...shared, entryPoints: ['main.ts', 'style.css'], format: 'esm' }),
    build({ ...shared, entryPoints: ['early.ts'], format: 'iife' }),
  ]);
  const entry: Record<string, string> = {};
  for (const file of bundles.flatMap((bundle) => bundle.outputFiles)) {
    const name = path.basename(file.path);
    entry[/^([a-z]+)-/.exec(name)?.[1] ?? name] = put(`/patrol/assets/${name}`, Buffer.from(file.contents));
  }
  for (const language of ['en', 'ru', 'kk'] as const) {
    const bytes = Buffer.from(JSON.stringify(await wordsOf(language)));
    entry[language] = put(`/patrol/assets/${language}-${hashOf(bytes)}.json`, bytes);
  }
  const { iconPng } = await import('./icon.ts');
  for (const side of [192, 512]) put(`/patrol/icon-${side}.png`, iconPng(side), false);
  put('/patrol/manifest.webmanifest', await readFile(path.join(here, 'manifest.webmanifest')), false);

  const template = await readFile(path.join(here, 'index.html'), 'utf8');
  const html = template.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const url = entry[name];
    if (!url) throw new Error(`index.html asks for ${name}, which the bundle does not have`);
    return url;
  });
  put('/patrol/', Buffer.from(html), false);
  const version = hashOf(Buffer.from([...files].map(([url, { body }]) => `${url} ${hashOf(body)}`).join('\n')));
  // The worker keeps all of these: the one file that names them is not among them.
  const define = {
    ...{ build: JSON.stringify(version), files: JSON.stringify([...files.keys()]) },
    wakeWords: JSON.stringify(await wakeWords()),
  };
  const worker = await build({ ...shared, entryPoints: ['worker.ts'], format: 'iife', define });
  put('/patrol/worker.js', Buffer.from(worker.outputFiles[0]?.contents ?? []), false);
  return { build: version, files };
}
