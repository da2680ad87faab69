import { sign } from 'node:crypto';
import https from 'node:https';
import type { TLSSocket } from 'node:tls';
import { factsOf, parseKey } from '../pki/facts.ts';
import type { Refusal } from '../pki/refusal.ts';
import { Fault } from '../ports/fault.ts';
import type { Identity, IdentityStore } from '../ports/identity.ts';
import type { Renew, Renewal } from '../ports/renewal.ts';
import { parseRenewalAnswer, proofText, renewalPath } from '../wire/renewal.ts';
import { watch } from './identity.tls.ts';

const patienceMs = 20_000;
const mostCharacters = 64_000;

/**
 * Renews over HTTPS at `url` (https://host:port). The key stays as it is and stays here: only a request signed by it goes
 * out. The service is checked like a broker; our own certificate is shown inside the request, expired or not.
 */
export const renewOver =
  (url: string, store: IdentityStore, now: () => number = Date.now): Renew =>
  async () => {
    const identity = store.read();
    const key = parseKey(identity.key, store.files.key);
    // Once in months, and two thirds of what an uplink would load at its start.
    const { makeRequest } = await import('../pki/issue.ts');
    const request = await makeRequest(identity.facts.name, key);
    const body = JSON.stringify({
      v: 1,
      certificate: identity.certificate,
      request,
      signature: sign('sha256', Buffer.from(proofText(request)), key).toString('base64'),
    });
    const { status, text } = await post({ url, body, identity, file: store.files.authority, now });
    return read(status, text, url, identity);
  };

function read(status: number, text: string, url: string, { facts }: Identity): Renewal {
  if (![200, 202, 400, 403, 429].includes(status))
    throw new Fault('protocol', `the renewal service ${url}: answered ${status}; the certificate stays as it is`);
  const { certificate, waits, refused } = parseRenewalAnswer(text);
  if (waits !== undefined) return { outcome: 'waits', reason: waits };
  if (certificate === undefined)
    return { outcome: 'refused', reason: refused ?? `answered ${status} without a reason` };
  const issued = factsOf(certificate, `the answer of ${url}`);
  if (issued.keyHash !== facts.keyHash || issued.name !== facts.name)
    throw new Fault(
      'protocol',
      `the renewal service ${url}: answered with a certificate of ${issued.name || 'nobody'} for another name or key; it was not installed`,
    );
  return { outcome: 'issued', certificate };
}

interface Post {
  readonly url: string;
  readonly body: string;
  readonly identity: Identity;
  /** The authority's file, for the reader. */
  readonly file: string;
  readonly now: () => number;
}

function post({ url, body, identity, file, now }: Post): Promise<{ readonly status: number; readonly text: string }> {
  const peer = `the renewal service ${url}`;
  return new Promise((resolve, reject) => {
    let why: Refusal | null = null;
    const target = new URL(renewalPath, url);
    const fail = (error: Error): void => reject(new Fault('absent', why?.reason ?? `${peer}: ${error.message}`, error));
    const asked = https.request(
      target,
      {
        method: 'POST',
        agent: false,
        ca: identity.authority,
        minVersion: 'TLSv1.2',
        timeout: patienceMs,
        headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
      },
      (response) => {
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
        (theirs) => ({
          peer,
          host: target.hostname.replace(/^\[(.*)\]$/, '$1'),
          nowMs: now(),
          own: null,
          authority: { file, facts: identity.trusts },
          theirs,
        }),
      ),
    );
    asked.on('timeout', () => asked.destroy(new Error(`no answer within ${patienceMs / 1000} s`)));
    asked.on('error', fail);
    asked.end(body);
  });
}
