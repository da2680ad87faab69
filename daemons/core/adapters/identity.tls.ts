import tls, { type TLSSocket } from 'node:tls';
import { factsOf } from '../pki/facts.ts';
import { explain, type Parties, type Refusal } from '../pki/refusal.ts';
import type { IdentityStore } from '../ports/identity.ts';
import type { CertificateFacts } from '../values/certificate.ts';

/** Told how an attempt came to nothing. */
export type OnRefusal = (refusal: Refusal) => void;
/** Opens one connection. Errors: Fault `config` when the identity cannot be read; nothing was then opened. */
export type OpenTls = (url: string, onRefusal: OnRefusal) => TLSSocket;

/**
 * Mutual TLS with the identity as it is on the disk at each attempt, so that a renewed certificate is used without a
 * restart. The other side is always checked: authority, dates, name. `now` is for the reasons: the machine's own clock,
 * by which OpenSSL judges, even where the box knows the time better.
 */
export const tlsWith =
  (store: IdentityStore, now: () => number = Date.now): OpenTls =>
  (url, onRefusal) => {
    const { hostname, port } = new URL(url);
    const host = hostname.replace(/^\[(.*)\]$/, '$1');
    const identity = store.read();
    const socket = tls.connect({
      host,
      port: Number(port || 8883),
      key: identity.key,
      cert: identity.certificate,
      ca: identity.authority,
      minVersion: 'TLSv1.2',
    });
    watch(socket, onRefusal, (theirs) => ({
      peer: `the broker ${url}`,
      host,
      nowMs: now(),
      own: { file: store.files.certificate, facts: identity.facts },
      authority: { file: store.files.authority, facts: identity.trusts },
      theirs,
    }));
    return socket;
  };

/** Tells once, before `close`, why a connection ended that never gave a byte. */
export function watch(
  socket: TLSSocket,
  onRefusal: OnRefusal,
  parties: (theirs: CertificateFacts | null) => Parties,
): void {
  let theirs: CertificateFacts | null = null;
  let greeted = false;
  let served = false;
  let told = false;
  const tell = (code: string | null, message: string): void => {
    if (told || served) return;
    told = true;
    onRefusal(explain({ code, message, greeted }, parties(theirs)));
  };
  // Before Node's own listener, which drops a connection that it does not accept together with its certificate.
  socket.prependListener('secure', () => {
    const { raw } = socket.getPeerCertificate();
    if (raw) theirs = factsOf(raw, 'the other side');
  });
  socket.once('secureConnect', () => {
    greeted = true;
  });
  socket.once('data', () => {
    served = true;
  });
  // Before whoever uses the socket, so that the reason is there when they are told.
  socket.prependOnceListener('error', (error: NodeJS.ErrnoException) => tell(error.code ?? null, error.message));
  socket.once('close', () => tell(null, ''));
}
