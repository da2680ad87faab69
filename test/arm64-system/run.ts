/**
 * `npm run test:arm64-system [-- walk|card] [--deb FILE]`: the arm64 package, or FILE, on Debian's arm64 kernel under systemd, in an emulated
 * machine. First the walk of scenarios/installed.guest.sh, then the card of deploy/image. The instruments are simulated. It needs root, takes
 * long on two cores, and is no part of `npm test`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { findProgram } from '../support/needs.ts';
import { packagedOnce } from '../support/packaged.ts';
import { cards } from './card.ts';
import { debianArm64 } from './machine.ts';
import { ran } from './ran.ts';
import { walks } from './walk.ts';

const wanted: readonly (readonly [string, string])[] = [
  ['qemu-system-aarch64', 'qemu-system-arm'],
  ['qemu-aarch64-static', 'qemu-user-static'],
  ['aarch64-linux-gnu-g++', 'g++-aarch64-linux-gnu'],
  ['debootstrap', 'debootstrap'],
  ['cpio', 'cpio'],
  ['mkfs.ext4', 'e2fsprogs'],
  ['mkfs.vfat', 'dosfstools'],
  ['mcopy', 'mtools'],
  ['sfdisk', 'fdisk'],
];

const began = performance.now();
const say = (text: string): void =>
  void process.stdout.write(`${((performance.now() - began) / 1000).toFixed(0)} s: ${text}\n`);

if (process.getuid?.() !== 0 || wanted.some(([program]) => findProgram(program) === null)) {
  process.stderr.write(`needs root and: apt-get install ${wanted.map(([, name]) => name).join(' ')}\n`);
  process.exit(2);
}
const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-arm64-system-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

const { values, positionals } = parseArgs({ options: { deb: { type: 'string' } }, allowPositionals: true });
const wants = (part: string): boolean => positionals.length === 0 || positionals.includes(part);
const room = await debianArm64(say);
const deb = values.deb ?? path.join((await packagedOnce('arm64')).out, 'fieldpost_0.1.0_arm64.deb');
say(`the package: ${path.basename(deb)}`);
const rig = { room, deb, folder, say };
const wrong = [...(wants('walk') ? await walks(rig) : []), ...(wants('card') ? await cards(rig) : [])];
for (const one of wrong) say(`wrong: ${one}`);
const [emulator = ''] = (await ran('qemu-system-aarch64', '--version')).split('\n');
say(wrong.length === 0 ? `all as it must be (${emulator}, no Raspberry Pi)` : `${wrong.length} wrong`);
process.exit(wrong.length === 0 ? 0 : 1);
