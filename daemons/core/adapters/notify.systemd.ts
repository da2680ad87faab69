import { execFile } from 'node:child_process';
import { isFault } from '../ports/fault.ts';
import type { Notify } from '../ports/notify.ts';
import { errnoOf, loadAddon } from './native/addon.ts';

/**
 * sd_notify(3): one datagram by our own addon, so a unit may say NotifyAccess=main. Where the addon was not built it goes
 * through systemd-notify(1), a fork per call, and the unit needs NotifyAccess=all. Outside systemd it does nothing.
 */
export function systemdNotify(socket: string | undefined): Notify {
  const tell = socket ? (byAddon(socket) ?? byProgram(socket)) : () => {};
  return {
    ready: () => tell('READY=1'),
    alive: () => tell('WATCHDOG=1'),
    stopping: () => tell('STOPPING=1'),
  };
}

type Tell = (state: string) => void;

function byAddon(socket: string): Tell | null {
  try {
    const addon = loadAddon();
    return (state) => {
      try {
        addon.notify(socket, state);
      } catch (error) {
        // A supervisor that cannot be told is not worth more than the watchdog's own verdict.
        if (errnoOf(error) === null) throw error;
      }
    };
  } catch (error) {
    if (!isFault(error)) throw error;
    return null;
  }
}

const byProgram =
  (socket: string): Tell =>
  (state) => {
    execFile('systemd-notify', ['--no-block', state], { env: { ...process.env, NOTIFY_SOCKET: socket } }, () => {});
  };
