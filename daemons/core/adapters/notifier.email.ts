/** Letters by submission to a mail server (RFC 6409) with TLS from the start or by STARTTLS: a link, and no place. */
import { createHash } from 'node:crypto';
import net, { isIP } from 'node:net';
import { isLoopback } from '../config/loopback.ts';
import { Fault, isFault } from '../ports/fault.ts';
import type { Notice, Notifier } from '../ports/notifier.ts';

export interface EmailOptions {
  readonly host: string;
  readonly port: number;
  /** `plain` is for this machine alone. */
  readonly security: 'tls' | 'starttls' | 'plain';
  readonly from: string;
  readonly login?: { readonly user: string; readonly password: string } | undefined;
  readonly ca?: string | undefined;
}

const patienceMs = 15_000;

/** Of an error of nodemailer. `responseCode`: what the server said. */
interface MailError extends Error {
  readonly code?: string;
  readonly responseCode?: number;
}

/** Errors: Fault `config` for a server that letters would go to in the clear. */
export function openEmail({ host, port, security, from, login, ca }: EmailOptions): Notifier {
  if (security === 'plain' && !isLoopback(host))
    throw new Fault('config', `ways.email.security is plain; must be tls or starttls, as ${host} is not this machine`);
  const peer = `the mail server ${host}:${port}`;
  return {
    way: 'email',
    send: async (notice, signal) => {
      const { createTransport } = await import('nodemailer');
      // A socket of our own: when nobody waits any more it is cut, and no letter goes out behind our back.
      const socket = net.connect({ host, port });
      socket.on('error', () => {
        // nodemailer says it, where it has taken the socket over; before, `close` follows.
      });
      const cut = (): void => void socket.destroy(new Error('given up'));
      let isGiven = false;
      const given = (): void => {
        isGiven = true;
      };
      const transport = createTransport({
        ...{ host, port, secure: security === 'tls', requireTLS: security === 'starttls' },
        ...{ ignoreTLS: security === 'plain', connection: socket },
        ...(login && { auth: { user: login.user, pass: login.password } }),
        tls: { minVersion: 'TLSv1.2', ...(isIP(host) ? {} : { servername: host }), ...(ca && { ca }) },
        ...{ greetingTimeout: patienceMs, socketTimeout: patienceMs, disableFileAccess: true, disableUrlAccess: true },
        ...{ transactionLog: true, logger: seeing(given) },
      });
      signal.addEventListener('abort', cut, { once: true });
      try {
        if (signal.aborted) throw new Error('given up');
        const { accepted } = await transport.sendMail(letter(notice, from));
        if (accepted.length === 0)
          throw new Fault('refused', `${peer} takes no letter for that address. It was not sent`);
        return 'sent';
      } catch (error) {
        return outcomeOf(error as MailError, isGiven, signal.aborted, peer);
      } finally {
        signal.removeEventListener('abort', cut);
        socket.destroy();
      }
    },
    close: async () => {},
  };
}

/** Errors: Fault where it surely did not go out: before the letter was given over, or where the server said no to it. */
function outcomeOf(error: MailError, isGiven: boolean, isLate: boolean, peer: string): 'unsure' {
  const { responseCode, code, message } = error;
  if (isFault(error)) throw error;
  const why = message.replace(/\s+/g, ' ').slice(0, 160);
  if (responseCode !== undefined && responseCode >= 400)
    throw new Fault('refused', `${peer} says ${why}. It was not sent`, error);
  if (isGiven) return 'unsure';
  throw new Fault(isLate || code === 'ETIMEDOUT' ? 'timeout' : 'absent', `${peer}: ${why}. It was not sent`, error);
}

/** A log for nodemailer that keeps nothing and sees the one command by which a letter is given over (RFC 5321, 4.1.1.4). */
function seeing(given: () => void) {
  const see = (entry: { readonly tnx?: string }, text: unknown): void => {
    if (entry.tnx === 'client' && text === 'DATA') given();
  };
  return { level: () => {}, trace: see, debug: see, info: see, warn: see, error: see, fatal: see };
}

/** Plain text: nothing in it is fetched, and nothing of it tells anybody that it was read. */
export function letter(notice: Notice, from: string) {
  const { id, to, title, text, link, severity, about } = notice;
  const isUrgent = severity === 'critical' && about !== 'ended';
  const domain = /@([^@>\s]+)>?$/.exec(from)?.[1] ?? 'fieldpost.invalid';
  return {
    from,
    to: { name: '', address: to },
    subject: title.replace(/[\r\n]+/g, ' '),
    text: `${[text, ...(link ? [link] : [])].join('\n\n')}\n`,
    // The same again is the same letter to whoever collects them.
    messageId: `<${createHash('sha256').update(id).digest('hex').slice(0, 40)}@${domain}>`,
    headers: { 'auto-submitted': 'auto-generated', ...(isUrgent && { importance: 'high', 'x-priority': '1' }) },
  };
}
