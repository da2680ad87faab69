import { readFileSync } from 'node:fs';
import path from 'node:path';

/** The project's own folder. */
export const project = path.join(import.meta.dirname, '../../..');

/** What is fetched or built once, for every later package. */
export const cache = path.join(project, 'node_modules/.cache/fieldpost-package');

export const architectures = ['x64', 'arm64'] as const;
export type Architecture = (typeof architectures)[number];
/** What Debian calls them. */
export const debianNames: Readonly<Record<Architecture, string>> = { x64: 'amd64', arm64: 'arm64' };

interface Manifest {
  readonly version: string;
  readonly optionalDependencies: Readonly<Record<string, string>>;
}
export const manifest = JSON.parse(readFileSync(path.join(project, 'package.json'), 'utf8')) as Manifest;
