import { sign } from 'node:crypto';
import { factsOf, parseKey } from '../pki/facts.ts';
import { Fault } from '../ports/fault.ts';
import type { Identity, IdentityStore } from '../ports/identity.ts';
import type { Renew, Renewal } from '../ports/renewal.ts';
import { parseRenewalAnswer, proofText, renewalPath } from '../wire/renewal.ts';
import { askOver } from './ask.https.ts';

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
    const { status, text } = await askOver({
      peer: `the renewal service ${url}`,
      url: new URL(renewalPath, url),
      authority: identity.authority,
      body,
      parties: () => ({
        nowMs: now(),
        own: null,
        authority: { file: store.files.authority, facts: identity.trusts },
      }),
    });
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
