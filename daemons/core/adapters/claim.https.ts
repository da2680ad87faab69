import tls, { type TLSSocket } from 'node:tls';
import { keyHashOf } from '../evidence/key-hash.ts';
import { factsOf, parseCertificate, signedBy } from '../pki/facts.ts';
import { claimKeyOf, claimProof, type Token } from '../pki/token.ts';
import type { Claimed, ClaimFirst } from '../ports/claiming.ts';
import { Fault, isFault } from '../ports/fault.ts';
import { authorityPath, claimPath, parseClaimAnswer } from '../wire/claim.ts';
import { askOver } from './ask.https.ts';

const dayMs = 86_400_000;
const short = (hash: string): string => `${hash.slice(0, 16)}...`;

/**
 * Claims over HTTPS at the addresses of the token, in turn. First the authority's certificate is fetched from whoever answers,
 * and believed only with the token's fingerprint; then the service must show a certificate of that authority. A box whose
 * clock is behind the token's making (1970 at a first boot) judges dates by the token.
 */
export const claimOver =
  (token: Token, now: () => number = Date.now): ClaimFirst =>
  async (request) => {
    const away: string[] = [];
    for (const url of token.enrol)
      try {
        return await claimAt(url, { token, request, now });
      } catch (error) {
        if (!isFault(error) || error.kind !== 'absent') throw error;
        away.push(error.message);
      }
    throw new Fault('absent', away.join('\n'));
  };

interface Showing {
  readonly token: Token;
  readonly request: string;
  readonly now: () => number;
}

async function claimAt(url: string, { token, request, now }: Showing): Promise<Claimed> {
  const peer = `the centre ${url}`;
  const nowMs = now();
  const authority = await authorityAt(url, token, nowMs);
  const file = 'the token';
  const isClockWrong = nowMs < token.at * 1000 - dayMs;
  const { status, text } = await askOver({
    peer,
    url: new URL(claimPath, url),
    authority,
    body: JSON.stringify({
      v: 1,
      id: token.id,
      request,
      proof: claimProof(claimKeyOf(token.secret), token.id, request),
    }),
    parties: () => ({ nowMs, own: null, authority: { file, facts: [factsOf(authority, file)] } }),
    ...(isClockWrong ? { judge: judgeBy(token, authority, new URL(url).hostname) } : {}),
  });
  if (![200, 400, 403, 503].includes(status))
    throw new Fault('absent', `${peer}: answered ${status}; is this fieldpost enrol?`);
  const { certificate, files, root = null, refused } = parseClaimAnswer(text);
  if (certificate === undefined) {
    const reason = `${peer}: ${refused ?? `answered ${status} without a reason`}`;
    // A centre whose disk is full takes the same token later.
    throw new Fault(status === 503 ? 'absent' : 'refused', reason);
  }
  const issued = factsOf(certificate, `the answer of ${url}`);
  if (issued.name !== token.device || !signedBy(parseCertificate(certificate, 'the answer'), authority))
    throw new Fault(
      'refused',
      `${peer}: answered with a certificate of ${issued.name || 'nobody'}, not of ${token.device} by this site's authority; nothing was installed`,
    );
  return { certificate, authority, files, root };
}

/** Errors: Fault `refused` when another authority answers; nothing but a path was sent to it. */
async function authorityAt(url: string, token: Token, nowMs: number): Promise<string> {
  const { status, text } = await askOver({
    peer: `the centre ${url}`,
    url: new URL(authorityPath, url),
    authority: null,
    body: null,
    parties: () => ({ nowMs, own: null, authority: { file: 'the token', facts: [] } }),
  });
  if (status !== 200) throw new Fault('absent', `the centre ${url}: answered ${status}; is this fieldpost enrol?`);
  const found = keyHashOf(parseCertificate(text, `the answer of ${url}`).publicKey);
  if (found === token.ca) return text;
  throw new Fault(
    'refused',
    `the centre ${url}: shows the authority ${short(found)}, and the token is of ${short(token.ca)}. It is another centre than the ` +
      'one that made the token, or somebody stands between: nothing was sent. Check the address with the operator; do not go on over this network',
  );
}

/** Chain and name as always; dates against the time at which the token was made. */
const judgeBy =
  ({ at }: Token, authority: string, host: string) =>
  (socket: TLSSocket): string | null => {
    const peer = socket.getPeerCertificate();
    if (!peer.raw || !signedBy(parseCertificate(peer.raw, 'the centre'), authority))
      return 'its certificate is not of the authority that the token names';
    const { server, fromMs, untilMs } = factsOf(peer.raw, 'the centre');
    if (!server) return 'its certificate is not for a server';
    if (at * 1000 < fromMs || at * 1000 > untilMs)
      return 'its certificate was not valid when the token was made, and this box does not know the time';
    return tls.checkServerIdentity(host, peer)?.message ?? null;
  };
