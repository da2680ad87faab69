/** One POST to a program of others. Redirections are not followed: where it goes is what the file says. */
import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns';
import http from 'node:http';
import https from 'node:https';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { isLoopback } from '../config/loopback.ts';
import { Fault } from '../ports/fault.ts';

export interface Post {
  /** For the reader: "the ntfy server https://host". */
  readonly peer: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
  /** PEM of whom to trust beside nobody; absent: the authorities that this machine trusts. */
  readonly ca?: string | undefined;
  readonly signal: AbortSignal;
}

/** `null`: all of it was written, and no answer came: nobody knows whether it was taken. */
export type Posted = {
  readonly status: number;
  readonly text: string;
  readonly retryAfter?: string | undefined;
} | null;

const patienceMs = 15_000;
const mostAnswer = 65_536;

/** Of a cloud's own machinery, of one wire, of groups, of nobody: no service of ours answers there. */
const nowhere = new BlockList();
for (const [net, bits, family] of [
  ...[['0.0.0.0', 8, 'ipv4'] as const, ['169.254.0.0', 16, 'ipv4'] as const, ['224.0.0.0', 3, 'ipv4'] as const],
  ...[['::', 128, 'ipv6'] as const, ['fe80::', 10, 'ipv6'] as const, ['ff00::', 8, 'ipv6'] as const],
])
  nowhere.addSubnet(net, bits, family);

/** Null: may be posted to. https to any host of the internet or of the own network; http to this machine alone. */
export function notAllowed(url: URL): string | null {
  if (url.username || url.password) return 'has a name or password in it; must be in a file of its own';
  if (url.protocol === 'http:')
    return isLoopback(url.hostname) ? null : 'is http; must be https, as it is not this machine';
  return url.protocol === 'https:' ? null : `is ${url.protocol}; must be https`;
}

/** Errors: Fault `absent`, `timeout`, `refused`, `config`: it surely did not go out. */
export async function postOver({ peer, url, headers, body, ca, signal }: Post): Promise<Posted> {
  const against = notAllowed(url);
  if (against) throw new Fault('config', `${peer} ${against}. Nothing was sent`);
  const bare = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const bad = isIP(bare) ? mistrust([{ address: bare, family: isIP(bare) }], bare) : null;
  if (bad) throw new Fault('refused', `${peer} ${bad}. Nothing was sent`);
  return new Promise((resolve, reject) => {
    let isWritten = false;
    const lost = (why: string, error?: unknown): void => {
      if (isWritten) resolve(null);
      else reject(new Fault(signal.aborted ? 'timeout' : 'absent', `${peer}: ${why}. Nothing was sent`, error));
    };
    const client = url.protocol === 'https:' ? https : http;
    const asked = client.request(
      url,
      {
        ...{ method: 'POST', agent: false, signal, timeout: patienceMs, lookup: guarded },
        ...(url.protocol === 'https:' ? { minVersion: 'TLSv1.2' as const, ...(ca && { ca }) } : {}),
        headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) },
      },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8');
        answer.on('data', (some: string) => {
          text += some;
          if (text.length > mostAnswer) asked.destroy(new Error('the answer is too long to be one'));
        });
        // The head is what decides; an answer that breaks off behind it was one.
        const retryAfter = answer.headers['retry-after'];
        const done = (): void => resolve({ status: answer.statusCode ?? 0, text, retryAfter });
        answer.on('end', done).on('error', done);
      },
    );
    asked.on('finish', () => {
      isWritten = true;
    });
    asked.on('timeout', () => asked.destroy(new Error(`no answer within ${patienceMs / 1000} s`)));
    asked.on('error', (error: Error) => lost(error.message, error));
    asked.end(body);
  });
}

/** The addresses of a name, none of which may lie nowhere; that of this machine only by its own name. */
const guarded: LookupFunction = (host, options, answer) => {
  lookup(host, { ...options, all: true }, (error, addresses) => {
    const all = addresses ?? [];
    const bad = error ? null : mistrust(all, host);
    const [first] = all;
    if (error || bad || !first) answer(error ?? new Error(bad ?? `${host} has no address`), '', 0);
    else if (options.all) answer(null, all);
    else answer(null, first.address, first.family);
  });
};

function mistrust(addresses: readonly LookupAddress[], host: string): string | null {
  const bad = addresses.find(
    ({ address, family }) =>
      nowhere.check(address, family === 6 ? 'ipv6' : 'ipv4') || (isLoopback(address) && !isLoopback(host)),
  );
  return bad ? `is at ${bad.address}, where nothing is posted to` : null;
}

/** What an answer that is no yes means. Errors: Fault `refused`: the other side said that it did not take it. Null: nobody knows. */
export function requireTaken(peer: string, { status, text }: NonNullable<Posted>): null {
  // A gateway between us and the other side lost the answer, not the question.
  if (status === 502 || status === 504) return null;
  const why = text.replace(/\s+/g, ' ').slice(0, 120);
  if (status >= 300 && status < 400)
    throw new Fault(
      'refused',
      `${peer} answers ${status}: it is elsewhere; the file must name the place itself. Nothing was sent`,
    );
  throw new Fault('refused', `${peer} answers ${status}${why === '' ? '' : `: ${why}`}. It was not taken`);
}
