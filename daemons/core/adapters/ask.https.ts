import https from 'node:https';
import type { TLSSocket } from 'node:tls';
import type { Parties, Refusal } from '../pki/refusal.ts';
import { Fault } from '../ports/fault.ts';
import type { CertificateFacts } from '../values/certificate.ts';
import { watch } from './identity.tls.ts';

const patienceMs = 20_000;
const mostCharacters = 5_000_000;

export interface Ask {
  /** Who answers, for the reader: "the renewal service https://host:port". */
  readonly peer: string;
  readonly url: URL;
  /** PEM of whom to trust; null: nobody is checked, and nothing secret may be sent or believed. */
  readonly authority: string | null;
  /** Null: GET. */
  readonly body: string | null;
  /** For the reason of a refusal. */
  readonly parties: (theirs: CertificateFacts | null) => Omit<Parties, 'peer' | 'host' | 'theirs'>;
  /**
   * Present: dates of certificates are not held against this machine's clock, which is known to be wrong, but this judges the
   * other side, once its chain is read and before the answer is. Null: it may speak; otherwise why not.
   */
  readonly judge?: (socket: TLSSocket) => string | null;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** One question over HTTPS, one answer. Errors: Fault `absent` with the reason for the reader. */
export function askOver({ peer, url, authority, body, parties, judge }: Ask): Promise<Answer> {
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  return new Promise((resolve, reject) => {
    let why: Refusal | null = null;
    const fail = (error: Error): void => reject(new Fault('absent', why?.reason ?? `${peer}: ${error.message}`, error));
    const asked = https.request(
      url,
      {
        method: body === null ? 'GET' : 'POST',
        agent: false,
        ca: authority ?? [],
        rejectUnauthorized: authority !== null && !judge,
        minVersion: 'TLSv1.2',
        timeout: patienceMs,
        headers: body === null ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
      },
      (response) => {
        const mistrust = judge?.(response.socket as TLSSocket);
        if (mistrust) {
          asked.destroy(new Error(mistrust));
          return;
        }
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (some: string) => {
          text += some;
          if (text.length > mostCharacters) asked.destroy(new Error('the answer is too long to be one'));
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
        response.on('error', fail);
      },
    );
    asked.on('socket', (socket) =>
      watch(
        socket as TLSSocket,
        (refusal) => {
          why = refusal;
        },
        (theirs) => ({ ...parties(theirs), peer, host, theirs }),
      ),
    );
    asked.on('timeout', () => asked.destroy(new Error(`no answer within ${patienceMs / 1000} s`)));
    asked.on('error', fail);
    asked.end(body ?? undefined);
  });
}
