/** The files of a box: what the centre sent, and the one that says who it is. */
import { chmodSync, chownSync, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { stringify } from 'yaml';
import { createFile, replaceFile } from '../../core/adapters/durable-file.ts';
import type { Device } from '../../core/config/box.ts';
import type { ClaimFile } from '../../core/wire/claim.ts';

/** Puts a file in its place where it is not there as it is; gives a line when something was written. */
export async function layFile(file: string, text: string): Promise<readonly string[]> {
  if (!existsSync(file)) {
    await mkdir(path.dirname(file), { recursive: true, mode: 0o755 });
    await createFile(file, text, 0o644);
    chmodSync(file, 0o644);
    return [`${file}: written`];
  }
  if (readFileSync(file, 'utf8') === text) return [];
  await replaceFile(file, text, 0o644);
  // The daemons read it as another user, whatever the umask of who runs this.
  chmodSync(file, 0o644);
  return [`${file}: replaced; what was there is ${path.basename(file)}.last-good`];
}

/** What the centre has goes before what lies on the box: that is why somebody keeps it there. */
export async function laySent(config: string, files: readonly ClaimFile[]): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const one of files) lines.push(...(await layFile(path.join(config, one.path), one.text)));
  const written = lines.filter((line) => line.endsWith(': written')).length;
  return [
    ...(written > 0 ? [`${written} files of the centre in ${config}`] : []),
    ...lines.filter((line) => !line.endsWith(': written')),
  ];
}

export const deviceText = ({ device, site, board, profile, where }: Device): string =>
  `# Who this box is. Written by fieldpost provision.\n${stringify({ device, site, board, profile, ...(where ? { where } : {}) })}`;

/** `DEVICE=` in box.env, where the units read it; the other lines stay. */
export async function nameInEnvironment(file: string, device: string): Promise<readonly string[]> {
  const before = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const line = `DEVICE=${device}`;
  const text = /^DEVICE=.*$/m.test(before) ? before.replace(/^DEVICE=.*$/m, line) : `${before}${line}\n`;
  return layFile(file, text);
}

/** Names of the YAML files of a folder, without .yaml. */
export function namesIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => name.slice(0, -'.yaml'.length))
    .toSorted();
}

/** The state folder, and who owns it: what root writes into it must be the daemons'. */
export function openState(state: string): { own(): void } {
  mkdirSync(state, { recursive: true, mode: 0o750 });
  const { uid, gid } = statSync(state);
  const give = (file: string): void => {
    const its = lstatSync(file);
    if (its.uid !== uid || its.gid !== gid) chownSync(file, uid, gid);
    if (its.isDirectory()) for (const one of readdirSync(file)) give(path.join(file, one));
  };
  return {
    own: () => {
      if (process.getuid?.() === 0) give(path.join(state, 'identity'));
    },
  };
}
