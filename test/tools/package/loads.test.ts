/**
 * What each daemon loads, held by name: a package that is new in one of these lists costs every box memory and time at each start.
 * Load it where it is used (`await import(...)`), or add it here with its reason in the commit.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { build, type Metafile } from 'esbuild';
import { packaged } from '../../../daemons/tools/package/bundle.ts';
import { leftOut } from '../../../daemons/tools/package/left-out.ts';
import { project } from '../../../daemons/tools/package/project.ts';

/** `start`: by the time it runs. `later`: what it may load beside that, when a box asks for it. */
interface Loads {
  readonly start: readonly string[];
  readonly later: readonly string[];
}

/** Of every daemon: the verb, the log, what is parsed; of those of a box its configuration too. */
const always = ['commander', 'pino', 'zod'];
const onBox = [...always, 'yaml'];
const expected: Readonly<Record<string, Loads>> = {
  gas: { start: [...onBox, 'lowdb'], later: ['i2c-bus', 'serialport'] },
  uplink: { start: [...onBox, 'mqtt', 'mqtt-packet'], later: ['@peculiar/x509'] },
  dock: { start: [...onBox, 'lowdb'], later: ['i2c-bus', 'onoff', 'serialport'] },
  camera: { start: [...onBox, '@jsquash/jpeg', 'fast-png'], later: [] },
  dji: { start: [...onBox, 'mqtt', 'mqtt-packet'], later: [] },
  ledger: { start: [...always, 'mqtt', 'mqtt-packet'], later: ['pg'] },
  console: {
    start: [...always, '@fastify/cookie', '@fastify/static', 'fastify', 'mqtt', 'mqtt-packet', 'otpauth', 'pmtiles'],
    later: ['@simplewebauthn/server', 'pdfkit', 'pg'],
  },
  dispatch: { start: onBox, later: ['nodemailer', 'pg', 'serialport'] },
  'local-page': { start: [...onBox, 'fastify'], later: [] },
  enrol: { start: [...onBox, '@peculiar/x509', 'fastify'], later: [] },
};

/** As the package bundles it: what no module can reach is in no list. */
const { metafile } = await build({
  ...{ absWorkingDir: project, entryPoints: ['daemons/main.ts'], outfile: 'fieldpost.cjs', bundle: true },
  ...{ platform: 'node', format: 'cjs', write: false, metafile: true, logLevel: 'error' },
  define: { 'import.meta.url': '""', 'import.meta.dirname': '""' },
  plugins: [packaged(new Set()), leftOut],
});
const inputs: Metafile['inputs'] = metafile.inputs;
const packageOf = (file: string): string | undefined => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1];

/** Our own modules in all that is imported from `entries`, and the packages that they name. */
function reached(entries: readonly string[], withLazy: boolean) {
  const [files, packages] = [new Set<string>(), new Set<string>()];
  const left = [...entries];
  for (let file = left.pop(); file !== undefined; file = left.pop()) {
    if (files.has(file)) continue;
    files.add(file);
    for (const { path: to, kind, external } of inputs[file]?.imports ?? []) {
      if (external || (kind === 'dynamic-import' && !withLazy)) continue;
      const name = packageOf(to);
      if (name) packages.add(name);
      else left.push(to);
    }
  }
  return { files, packages };
}

test('a daemon loads no package that it does not use, and at its start none that can wait', (t) => {
  for (const [daemon, { start, later }] of Object.entries(expected)) {
    const entry = `daemons/tools/run/${daemon}.ts`;
    t.truthy(inputs[entry], `${entry} is not in the package`);
    const { packages } = reached(['daemons/main.ts', entry], false);
    const ever = reached([entry], true).packages;
    t.deepEqual([...packages].sort(), [...start].sort(), `${daemon}, at its start`);
    const lazy = [...ever].filter((one) => !packages.has(one));
    t.deepEqual(lazy.sort(), [...later].sort(), `${daemon}, later`);
  }
});

test('what a box never says is in no daemon of it: the wizard in three languages', (t) => {
  for (const daemon of ['gas', 'uplink', 'dock', 'camera']) {
    const { files } = reached([`daemons/tools/run/${daemon}.ts`], false);
    const words = [...files].filter((file) => file.startsWith('daemons/core/procedure/words'));
    t.deepEqual(words, [], daemon);
  }
});

test('what nothing can reach is not bundled: WebSockets, proxies, the languages of zod', (t) => {
  const bundled = Object.keys(inputs).filter((file) =>
    /\/(ws|socks|worker-timers)\/|zod\/v4\/locales\/[a-z]{2}\.js/.test(file),
  );
  t.deepEqual(
    bundled.map((file) => path.basename(file)),
    ['en.js'],
  );
});

test('zod is imported by its parts, so that what a program does not use of it is left out', (t) => {
  const ours = Object.keys(inputs).filter((file) => file.startsWith('daemons/'));
  t.true(ours.length > 100);
  const whole = ours.filter((file) =>
    /import \{[^}]*\bz\b[^}]*\} from 'zod'/.test(readFileSync(path.join(project, file), 'utf8')),
  );
  t.deepEqual(whole, [], "must be: import * as z from 'zod'");
});
