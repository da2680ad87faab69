/** The program of a Debian package, laid beside those that are there: nothing of the package is installed, no script of it runs. */
import { execFile } from 'node:child_process';
import { mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Unpack } from '../ports/artefacts.ts';
import { Fault } from '../ports/fault.ts';
import type { Architecture } from '../release/metadata.ts';
import { runUnpacker } from './unpack.run.ts';

const run = promisify(execFile);
const debianNames: Readonly<Record<Architecture, string>> = { arm64: 'arm64', x64: 'amd64' };

export interface PackageFacts {
  readonly package: string;
  readonly version: string;
  /** Null: of a processor that fieldpost is not made for. */
  readonly arch: Architecture | null;
  readonly debianArch: string;
}

/** What the package says of itself. Errors: Fault `refused` for a file that is none. */
export async function packageFacts(file: string): Promise<PackageFacts> {
  const fields = await runUnpacker(file, 'dpkg-deb', ['-f', file, 'Package', 'Version', 'Architecture']);
  const said = new Map(fields.split('\n').map((line) => line.split(/:\s*(.*)/s, 2) as [string, string]));
  const debianArch = said.get('Architecture') ?? '';
  const arch = (Object.keys(debianNames) as Architecture[]).find((one) => debianNames[one] === debianArch) ?? null;
  return { package: said.get('Package') ?? '', version: said.get('Version') ?? '', arch, debianArch };
}

/**
 * Lays what the package has in usr/lib/fieldpost into `folder`. Refused when the package is another one than was signed for, or its
 * program does not start here.
 */
export const unpackDeb: Unpack = async ({ version, arch }, file, folder) => {
  const facts = await packageFacts(file);
  const what = `fieldpost ${version}`;
  if (facts.package !== 'fieldpost' || facts.version !== version)
    throw new Fault('refused', `${what}: the package is ${facts.package} ${facts.version}; add the right one`);
  if (facts.arch !== arch)
    throw new Fault('refused', `${what}: the package is for ${facts.debianArch}, and was signed for ${arch}`);
  const whole = `${folder}.whole`;
  await rm(whole, { recursive: true, force: true });
  await rm(folder, { recursive: true, force: true });
  await mkdir(whole, { recursive: true });
  try {
    await runUnpacker(file, 'dpkg-deb', ['-x', file, whole]);
    await rename(path.join(whole, 'usr/lib/fieldpost'), folder).catch((error: unknown) => {
      throw new Fault('refused', `${what}: the package has no usr/lib/fieldpost`, error);
    });
    await startsHere(path.join(folder, 'fieldpost'), version);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  } finally {
    await rm(whole, { recursive: true, force: true });
  }
};

/** A program of another processor, or of a newer libc, is found out here and not by a daemon that dies. */
async function startsHere(program: string, version: string): Promise<void> {
  const what = `fieldpost ${version}`;
  let said = '';
  try {
    said = (await run(program, ['--version'], { timeout: 60_000 })).stdout.trim();
  } catch (error) {
    const why = (error as Error).message.trim().slice(0, 300);
    throw new Fault('refused', `${what}: does not start on this box (${why})`, error);
  }
  if (said !== version) throw new Fault('refused', `${what}: says that it is ${said || 'nothing'}`);
}
