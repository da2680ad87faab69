/**
 * `npm run package`: from the sources to one executable and one Debian package for each processor, with a bill of materials, the
 * licences and the hashes of all of it. What it prints is JSON.
 */
import { createHash, createPrivateKey, sign } from 'node:crypto';
import { copyFileSync, cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { Fault, isFault } from '../../core/ports/fault.ts';
import { addonHeaders, addonOwners, builtAddons } from './addons.ts';
import { nodeBase } from './base.ts';
import { type Bundle, bundle } from './bundle.ts';
import { makeDeb } from './deb.ts';
import { makeExecutable } from './executable.ts';
import { licencesText, partsOf } from './parts.ts';
import { type Architecture, architectures, manifest, project } from './project.ts';
import { run } from './run-program.ts';
import { type BuiltFile, sbom } from './sbom.ts';

const sha256 = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');

interface Settings {
  readonly out: string;
  readonly version: string;
  readonly epoch: number;
  readonly isQuick: boolean;
  readonly withDeb: boolean;
}

/** Lays everything of one processor into a folder that runs where it is, and packs it. */
function packageFor(arch: Architecture, made: Bundle, { out, version, epoch, isQuick, withDeb }: Settings): string[] {
  const base = nodeBase(arch);
  const staged = path.join(out, `fieldpost-${version}-linux-${arch}`);
  rmSync(staged, { recursive: true, force: true });
  mkdirSync(staged, { recursive: true });
  cpSync(builtAddons(arch, base), path.join(staged, 'native'), { recursive: true });
  const program = path.join(staged, 'fieldpost');
  makeExecutable(arch, base, made, path.join(out, `room-${arch}`), program);
  // The programs that made the models stay with the sources.
  const isShipped = (file: string): boolean =>
    !/\/(train|README\.md)$/.test(file) && !/(@|\.in-force|\.last-good)/.test(path.basename(file));
  for (const name of ['models', 'firmware-configs'])
    cpSync(path.join(project, name), path.join(staged, name), { recursive: true, filter: isShipped });

  const parts = partsOf(made.inputs, [...addonOwners, ...addonHeaders]);
  writeFileSync(path.join(staged, 'third-party-licences.txt'), licencesText(parts, base.folder));
  copyFileSync(path.join(project, 'LICENSE'), path.join(staged, 'LICENSE'));
  const files: BuiltFile[] = [
    { name: 'fieldpost', kind: 'file', sha256: sha256(program) },
    ...readdirSync(path.join(staged, 'native')).map(
      (name): BuiltFile => ({
        name: `native/${name}`,
        kind: 'file',
        sha256: sha256(path.join(staged, 'native', name)),
      }),
    ),
    ...readdirSync(path.join(staged, 'models')).map(
      (name): BuiltFile => ({
        name: `models/${name}`,
        kind: 'machine-learning-model',
        sha256: sha256(path.join(staged, 'models', name, 'model.tflite')),
      }),
    ),
  ];
  const node = Object.fromEntries(Object.entries(process.versions).map(([name, of]) => [name, of ?? '']));
  if (node.node !== base.version)
    throw new Fault(
      'config',
      `this is Node ${node.node}, and package-lock.json pins ${base.version}: npm run package runs on that`,
    );
  const materials = { version, arch, atMs: epoch * 1000, parts, files, node, nodeIntegrity: base.integrity };
  writeFileSync(path.join(staged, 'sbom.cdx.json'), sbom(materials));
  return [program, ...(withDeb ? [makeDeb({ arch, version, epoch, staged, out, isQuick })] : [])];
}

/** When what is packaged was written: every file is of that moment, so that a second build gives the same bytes. */
function epochOf(): number {
  const given = process.env.SOURCE_DATE_EPOCH;
  if (given) return Number(given);
  return Number(run('git', ['log', '-1', '--format=%ct'], { cwd: project }).trim());
}

/** Hashes of what came out; with a key (PEM, Ed25519 or P-256) a signature of them. */
function seal(out: string, files: readonly string[], key: string | undefined): void {
  const sums = files.map((file) => `${sha256(file)}  ${path.relative(out, file)}\n`).join('');
  writeFileSync(path.join(out, 'SHA256SUMS'), sums);
  if (!key) return;
  const secret = createPrivateKey(readFileSync(key));
  const algorithm = secret.asymmetricKeyType === 'ed25519' ? null : 'sha256';
  writeFileSync(path.join(out, 'SHA256SUMS.sig'), sign(algorithm, Buffer.from(sums), secret));
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      arch: { type: 'string', multiple: true },
      out: { type: 'string', default: path.join(project, '.cache/package') },
      version: { type: 'string', default: manifest.version },
      key: { type: 'string' },
      quick: { type: 'boolean', default: false },
      'no-deb': { type: 'boolean', default: false },
    },
  });
  const wanted = architectures.filter((one) => !values.arch || values.arch.includes(one));
  const out = path.resolve(values.out);
  const settings = {
    ...{ out, version: values.version, epoch: epochOf(), isQuick: values.quick, withDeb: !values['no-deb'] },
  };
  const made = await bundle(path.join(out, 'bundle'));
  const files = wanted.flatMap((arch) => packageFor(arch, made, settings));
  seal(out, files, values.key);
  const report = files.map((file) => ({ file, bytes: statSync(file).size, sha256: sha256(file) }));
  process.stdout.write(`${JSON.stringify(report, null, 1)}\n`);
}

await main().catch((error: unknown) => {
  if (!isFault(error)) throw error;
  process.stderr.write(`fieldpost: ${error.message}\n`);
  process.exit(1);
});
