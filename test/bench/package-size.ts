/** How large the Debian package for arm64 is, as it ships. */
import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { printed } from '../../daemons/tools/evaluate/figures.ts';
import { needs } from '../support/needs.ts';
import type { Figure } from './figure.ts';

const root = path.join(import.meta.dirname, '../..');
const most = 40e6;

/** Packs for minutes, as a release does: a quick package is half as large again. */
export async function packageSize(folder: string): Promise<Figure> {
  const title = 'package.size';
  if (!needs('qemu-aarch64-static', title) || !needs('aarch64-linux-gnu-g++', title))
    return printed(title, null, 'bytes', 'no compiler for arm64 here, or no qemu');
  const words = [path.join(root, 'daemons/tools/package/package.ts'), '--arch', 'arm64', '--out', folder];
  await promisify(execFile)(process.execPath, words, { cwd: root, maxBuffer: 16 << 20 });
  const { size } = statSync(path.join(folder, 'fieldpost_0.1.0_arm64.deb'));
  return {
    ...{ id: title, value: size, unit: 'bytes', baseline: null, ratio: null },
    ...{ reach: `<= ${most}`, ok: size <= most, note: 'the .deb for arm64, packed by xz as npm run package does' },
  };
}
