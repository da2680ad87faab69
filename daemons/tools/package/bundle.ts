/** The sources as one CommonJS file, the threads beside it, and what they read while they run. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { serialize } from 'node:v8';
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild';
import { buildPage as consolePage } from '../../console/web/build.ts';
import { shippedFiles } from '../../core/adapters/shipped.ts';
import { buildPage as servicePage } from '../../service/web/build.ts';
import { pageScript as replayPage } from '../camera/replay/script.ts';
import { leftOut } from './left-out.ts';
import { project } from './project.ts';

const workerUrl = /new URL\('(\.\/[a-z0-9.-]+)\.ts', import\.meta\.url\)/g;

export interface Bundle {
  readonly main: string;
  /** What the executable holds beside its program: name and file. */
  readonly assets: Readonly<Record<string, string>>;
  /** Files of npm packages whose code or bytes are in it, relative to the project. */
  readonly inputs: readonly string[];
}

/** Where an addon is opened, in the packages that search for theirs in ways of their own. */
const openers: Readonly<Record<string, string>> = {
  bindings: 'module.exports = (name) => loadNative(name);',
  'node-gyp-build': "module.exports = () => loadNative('serialport.node');",
};

/**
 * A file with `.packaged.ts` beside it is that one in the package; addons are opened beside the executable; a thread is the text
 * of an asset, since the executable has no files to start one from.
 */
export function packaged(threads: Set<string>): Plugin {
  const load = JSON.stringify(path.join(project, 'daemons/core/adapters/native/load.packaged.ts'));
  const thread = JSON.stringify(path.join(project, 'daemons/core/adapters/thread.packaged.ts'));
  return {
    name: 'packaged',
    setup: ({ onLoad, onResolve }) => {
      onResolve({ filter: /^(bindings|node-gyp-build)$/ }, ({ path: name }) => ({ path: name, namespace: 'addon' }));
      onLoad({ filter: /.*/, namespace: 'addon' }, ({ path: name }) => ({
        contents: `const { loadNative } = require(${load});\n${openers[name]}`,
        resolveDir: project,
      }));
      // Another driver of PostgreSQL, in C: pg asks for it and goes on without.
      onResolve({ filter: /^pg-native$/ }, ({ path: name }) => ({ path: name, external: true }));
      onLoad({ filter: /\/daemons\/.*\.ts$/ }, ({ path: file }) => {
        const other = file.replace(/\.ts$/, '.packaged.ts');
        const source = existsSync(other) ? other : file;
        let starts = false;
        const text = readFileSync(source, 'utf8').replaceAll(workerUrl, (_whole, name: string) => {
          starts = true;
          const started = path.join(path.dirname(file), `${name}.ts`);
          threads.add(started);
          return `threadAt(${JSON.stringify(threadName(started))})`;
        });
        const contents = starts ? `import { threadAt } from ${thread};\n${text}` : text;
        return { contents, loader: 'ts', resolveDir: path.dirname(file) };
      });
    },
  };
}

const threadName = (file: string): string => `threads/${path.basename(file, '.ts')}`;

/** Bundles into `folder`. Errors: esbuild's own, with file and line. */
export async function bundle(folder: string): Promise<Bundle> {
  mkdirSync(folder, { recursive: true });
  const threads = new Set<string>();
  const metafiles: Metafile[] = [];
  const shared = (): BuildOptions & { readonly metafile: true } => ({
    absWorkingDir: project,
    bundle: true,
    platform: 'node',
    target: 'node24',
    minify: true,
    // Names are in messages of errors, and a stack says where.
    keepNames: true,
    legalComments: 'none',
    metafile: true,
    logLevel: 'error',
    plugins: [packaged(threads), leftOut],
  });
  const main = path.join(folder, 'fieldpost.cjs');
  const here = 'require("node:url").pathToFileURL(process.execPath).href';
  const built = await build({
    ...shared(),
    entryPoints: ['daemons/main.ts'],
    outfile: main,
    format: 'cjs',
    banner: { js: `const programUrl=${here};` },
    define: { 'import.meta.url': 'programUrl', 'import.meta.dirname': '"/"' },
  });
  metafiles.push(built.metafile);
  const assets: Record<string, string> = {};
  // Their order is in the executable, and esbuild asks for files in the order in which threads of its own come to them.
  for (const file of [...threads].sort()) {
    const name = threadName(file);
    const outfile = path.join(folder, `${path.basename(name)}.mjs`);
    const head =
      'import{createRequire as fromHere}from"node:module";import{pathToFileURL as toUrl}from"node:url";' +
      'const programUrl=toUrl(process.execPath).href,require=fromHere(programUrl);';
    const one = await build({
      ...shared(),
      entryPoints: [path.relative(project, file)],
      outfile,
      format: 'esm',
      banner: { js: head },
      define: { 'import.meta.url': 'programUrl' },
    });
    metafiles.push(one.metafile);
    assets[name] = outfile;
  }
  for (const name of shippedFiles) assets[name] = path.join(project, 'node_modules', name);
  const pages = { console: await consolePage(), service: await servicePage(), replay: await replayPage() };
  for (const [name, page] of Object.entries(pages)) {
    const file = path.join(folder, `${name}.page`);
    writeFileSync(file, serialize(page));
    assets[`pages/${name}`] = file;
  }
  for (const place of ['console', 'service', 'tools/camera/replay']) {
    const entryPoints = [`daemons/${place}/web/main.ts`];
    const page = await build({
      ...shared(),
      plugins: [],
      platform: 'browser',
      entryPoints,
      write: false,
      outdir: '/',
      format: 'esm',
    });
    metafiles.push(page.metafile);
  }
  const inputs = metafiles.flatMap(({ inputs: of }) => Object.keys(of));
  return {
    main,
    assets,
    inputs: [...new Set([...inputs, ...shippedFiles.map((one) => `node_modules/${one}`)])].sort(),
  };
}
