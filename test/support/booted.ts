/** A Debian that walks through a script as root when it is booted under its own systemd, without a network, and then ends. */
import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ExecutionContext } from 'ava';
import { boxed } from './packaged.ts';

const once = (args: readonly (string | number)[]): string => `[Unit]
After=multi-user.target
[Service]
Type=oneshot
TimeoutStartSec=infinity
StandardOutput=file:/root/output
StandardError=file:/root/output
ExecStart=/bin/bash /root/guest.sh ${args.join(' ')}
ExecStopPost=/bin/systemctl poweroff --force
[Install]
WantedBy=default.target
`;

/** Lays `script` into a root, as what it does at its next boot. */
export function layGuest(root: string, script: string, args: readonly (string | number)[] = []): void {
  copyFileSync(script, path.join(root, 'root/guest.sh'));
  const units = path.join(root, 'etc/systemd/system');
  mkdirSync(path.join(units, 'default.target.wants'), { recursive: true });
  writeFileSync(path.join(units, 'technician.service'), once(args));
  symlinkSync('../technician.service', path.join(units, 'default.target.wants/technician.service'));
}

/** Boots the root and gives the last words of its console when it has ended; after `limitMs` it is ended. */
export async function bootToEnd(t: ExecutionContext, root: string, limitMs: number): Promise<string> {
  const box = spawn('systemd-nspawn', [...boxed(root), '--boot', '--console=pipe'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let words = '';
  for (const stream of [box.stdout, box.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      words = (words + text).slice(-4000);
    });
  const late = setTimeout(() => box.kill('SIGKILL'), limitMs);
  t.teardown(() => box.kill('SIGKILL'));
  await new Promise((resolve) => box.once('close', resolve));
  clearTimeout(late);
  return words;
}

/** What a guest said: a line each in /root/said, what is meant and its value. */
export const saidIn = (text: string): Map<string, string> =>
  new Map(
    text
      .trim()
      .split('\n')
      .map((line) => [line.split(' ', 1)[0] ?? '', line.replace(/^\S* ?/, '')]),
  );
