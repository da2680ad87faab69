import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { systemdNotify } from '../../../daemons/core/adapters/notify.systemd.ts';
import { nativeBuilt } from '../../support/native.ts';
import { needs } from '../../support/needs.ts';

const title = 'what systemd is told';

/** Whoever reads the socket that systemd would: everything it was sent, as one text. */
async function heard(supervisor: ChildProcess, until: string): Promise<string> {
  let text = '';
  supervisor.stdout?.setEncoding('utf8');
  for await (const part of supervisor.stdout ?? []) {
    text += part;
    if (text.endsWith(until)) break;
  }
  return text;
}

if (nativeBuilt(title) && needs('socat', title)) {
  test('a socket of the file system is told by the process itself, without a program beside it', async (t) => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-notify-'));
    const socket = path.join(folder, 'notify');
    const supervisor = spawn('socat', ['-u', `UNIX-RECV:${socket}`, 'STDOUT'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    t.teardown(() => {
      supervisor.kill();
      rmSync(folder, { recursive: true });
    });
    while (!existsSync(socket)) await sleep(10);
    // With no PATH there is no systemd-notify to be found.
    const { PATH } = process.env;
    process.env.PATH = '';
    t.teardown(() => {
      process.env.PATH = PATH;
    });
    const notify = systemdNotify(socket);
    notify.ready();
    notify.alive();
    notify.stopping();
    t.is(await heard(supervisor, 'STOPPING=1'), 'READY=1WATCHDOG=1STOPPING=1');
  });

  test('an abstract socket is told as well', async (t) => {
    const name = `fieldpost-notify-${process.pid}`;
    const supervisor = spawn('socat', ['-u', `ABSTRACT-RECV:${name}`, 'STDOUT'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    t.teardown(() => supervisor.kill());
    const notify = systemdNotify(`@${name}`);
    const told = heard(supervisor, 'READY=1');
    // Until socat listens, what is told is lost.
    const again = setInterval(notify.ready, 50);
    t.regex(await told, /READY=1$/);
    clearInterval(again);
  });

  test('a supervisor that is not there, and none at all, do no harm', (t) => {
    t.notThrows(() => systemdNotify('/fieldpost-none/notify').alive());
    t.notThrows(() => systemdNotify('neither path nor abstract').alive());
    t.notThrows(() => systemdNotify(`/${'x'.repeat(107)}`).alive());
    t.notThrows(() => systemdNotify(undefined).alive());
  });
}
