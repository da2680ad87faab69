/** The sources as one CommonJS file, the threads beside it, and what they read while they run. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { serialize } from 'node:v8';
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild';
import { buildPatrolPage } from '../../console/patrol-web/build.ts';
import { buildPage as consolePage } from '../../console/web/build.ts';
import { shippedFiles } from '../../core/adapters/shipped.ts';
import { buildPage as servicePage } from '../../service/web/build.ts';
import { pageScript as replayPage } from '../camera/replay/script.ts';
import { builtins } from './builtins.ts';
import { leftOut } from './left-out.ts';
import { project } from './project.ts';

const workerUrl = /new URL\('(\.\/[a-z0-9.-]+)\.ts', import\.meta\.url\)/g;

export interface Bundle {
  readonly main: string;
  /** Programs that the main one loads, by name. */
  readonly programs: Readonly<Record<string, string>>;
  /** Programs of threads, by name. */
  readonly threads: Readonly<Record<string, string>>;
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

/** What verbs load when they run: by the file where it is said. */
const verbImport = /\bimport\('(\.{1,2}\/[^']+)'\)/g;
const verbFiles = /\/daemons\/tools\/verbs\/[a-z-]+\.ts$/;
const ownProgram = /^daemons\/tools\/run\/([a-z-]+)\.ts$/;

/** Programs of the executable beside its main one: daemons by name, and modules of the one that holds all else. */
export interface Programs {
  readonly daemons: Map<string, string>;
  readonly tools: Set<string>;
}

/**
 * A file with `.packaged.ts` beside it is that one in the package; addons are opened beside the executable; a thread is a program of
 * the executable, since that has no files to start one from. With `programs`, what a verb imports when it runs is a program of its
 * own, and noted there.
 */
export function packaged(threads: Set<string>, programs?: Programs): Plugin {
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
        if (programs && verbFiles.test(file)) return { contents: split(text, file, programs), loader: 'ts' };
        const contents = starts
          ? `import { openThread, threadAt } from ${thread};\n${text.replaceAll('new Worker(', 'openThread(')}`
          : text;
        return { contents, loader: 'ts', resolveDir: path.dirname(file) };
      });
    },
  };
}

/** Text of a verb that loads programs where it imported modules. */
function split(text: string, file: string, { daemons, tools }: Programs): string {
  const loader = JSON.stringify(path.join(project, 'daemons/tools/program.packaged.ts'));
  const parted = text.replaceAll(verbImport, (_whole, name: string) => {
    const module = path.relative(project, path.resolve(path.dirname(file), name));
    const [, daemon] = ownProgram.exec(module) ?? [];
    if (daemon === undefined) tools.add(module);
    else daemons.set(daemon, module);
    return daemon === undefined ? `loadTool(${JSON.stringify(module)})` : `loadProgram(${JSON.stringify(daemon)})`;
  });
  return `import { loadProgram, loadTool } from ${loader};\n${parted}`;
}

type Entry = Pick<BuildOptions, 'entryPoints' | 'stdin' | 'plugins'>;

const threadName = (file: string): string => `thread-${path.basename(file, '.ts')}`;

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
    // Identifiers stay: names are in messages of errors, a stack says where, and esbuild's keepNames makes each function an object of its own.
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'none',
    metafile: true,
    logLevel: 'error',
    plugins: [packaged(threads), leftOut, builtins],
  });
  const known: Programs = { daemons: new Map(), tools: new Set() };
  const program = async (name: string, entry: Entry, wrapped: boolean): Promise<string> => {
    const outfile = path.join(folder, `${name}.cjs`);
    const said = 'const programUrl=require("node:url").pathToFileURL(process.execPath).href;';
    const built = await build({
      ...shared(),
      ...entry,
      outfile,
      format: 'cjs',
      banner: { js: wrapped ? `(function(require,module,exports,__filename,__dirname){${said}` : said },
      ...(wrapped ? { footer: { js: '})' } } : {}),
      define: { 'import.meta.url': 'programUrl', 'import.meta.dirname': '"/"' },
    });
    metafiles.push(built.metafile);
    return outfile;
  };
  const main = await program(
    'fieldpost',
    { entryPoints: ['daemons/main.ts'], plugins: [packaged(threads, known), leftOut, builtins] },
    false,
  );
  const programs: Record<string, string> = {};
  // What follows stands in the order of names: theirs is in the executable, and esbuild asks for files as threads of its own come to them.
  for (const [name, file] of [...known.daemons].sort())
    programs[name] = await program(name, { entryPoints: [file] }, true);
  const modules = [...known.tools]
    .sort()
    .map((file) => `${JSON.stringify(file)}:()=>import(${JSON.stringify(`./${file}`)})`);
  const tools = { contents: `export const modules={${modules.join(',')}};`, resolveDir: project };
  programs.tools = await program('tools', { stdin: tools }, true);
  const started: Record<string, string> = {};
  for (const file of [...threads].sort())
    started[threadName(file)] = await program(threadName(file), { entryPoints: [path.relative(project, file)] }, true);
  const assets: Record<string, string> = {};
  for (const name of shippedFiles) assets[name] = path.join(project, 'node_modules', name);
  const pages = {
    console: await consolePage(),
    patrol: await buildPatrolPage(),
    service: await servicePage(),
    replay: await replayPage(),
  };
  for (const [name, page] of Object.entries(pages)) {
    const file = path.join(folder, `${name}.page`);
    writeFileSync(file, serialize(page));
    assets[`pages/${name}`] = file;
  }
  for (const place of ['console/web', 'console/patrol-web', 'service/web', 'tools/camera/replay/web']) {
    const entryPoints = [`daemons/${place}/main.ts`];
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
    programs,
    threads: started,
    assets,
    inputs: [...new Set([...inputs, ...shippedFiles.map((one) => `node_modules/${one}`)])].sort(),
  };
}
