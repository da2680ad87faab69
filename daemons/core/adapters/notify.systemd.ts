import { execFile } from 'node:child_process';
import type { Notify } from '../ports/notify.ts';

/**
 * sd_notify(3) through systemd-notify(1), because Node has no unix datagram sockets. A fork per call: it is called a few
 * times a minute at the most. The unit needs NotifyAccess=all, as the sender is a child. Outside systemd it does nothing.
 */
export function systemdNotify(socket: string | undefined): Notify {
  const tell = (state: string): void => {
    if (!socket) return;
    // An answer that fails is not worth more than the watchdog's own verdict.
    execFile('systemd-notify', ['--no-block', state], { env: { ...process.env, NOTIFY_SOCKET: socket } }, () => {});
  };
  return {
    ready: () => tell('READY=1'),
    alive: () => tell('WATCHDOG=1'),
    stopping: () => tell('STOPPING=1'),
  };
}
