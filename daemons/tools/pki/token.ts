/** `fieldpost token`: a claim to one name, made where the authority is. */
import { randomBytes } from 'node:crypto';
import { openAuthority } from '../../core/adapters/authority.files.ts';
import { claimsIn } from '../../core/adapters/claims.files.ts';
import { factsOf, parseCertificate } from '../../core/pki/facts.ts';
import { programName } from '../../core/pki/program-name.ts';
import { claimKeyOf, formatToken, type Token } from '../../core/pki/token.ts';
import { Fault } from '../../core/ports/fault.ts';
import { namePattern } from '../../core/wire/topics.ts';
import { fingerprint } from './words.ts';

export interface TokenAsked {
  readonly authority: string;
  readonly enrol: readonly string[];
  readonly hours: number;
  readonly replaces: boolean;
}

/** Errors: Fault `refused` when another box has the name, `config` for a name or address that cannot be. */
export async function makeToken(
  device: string,
  { authority, enrol, hours, replaces }: TokenAsked,
): Promise<{ readonly token: Token; readonly text: string; readonly lines: readonly string[] }> {
  if (!namePattern.test(device))
    throw new Fault('config', `${JSON.stringify(device)}: must be small letters, digits and hyphens, 1 to 32 of them`);
  if (programName.test(device))
    throw new Fault('refused', `${device}: is the name of a program of the centre; a box needs another`);
  const site = openAuthority(authority);
  const nowMs = Date.now();
  const live = site.live(device, nowMs);
  if (live > 0 && !replaces)
    throw new Fault(
      'refused',
      `${device}: a box of this name has ${live} certificate${live === 1 ? '' : 's'} in force. Take another name; or, where the new box stands in for it: --replaces, and the old one is locked out when the token is used`,
    );
  const { keyHash, issuer } = factsOf(site.certificate, 'ca.crt');
  const secret = randomBytes(16).toString('base64url');
  const token: Token = {
    device,
    site: siteIn(site.certificate, issuer),
    enrol: [...enrol],
    ca: keyHash,
    id: randomBytes(8).toString('base64url'),
    secret,
    at: Math.floor(nowMs / 1000),
    until: Math.floor(nowMs / 1000) + hours * 3600,
  };
  const text = formatToken(token);
  const claims = claimsIn(authority);
  const withdrawn = await claims.withdraw(device, nowMs);
  await claims.make({
    ...{ id: token.id, device, key: claimKeyOf(secret), atMs: nowMs, untilMs: token.until * 1000, replaces },
    ...{ used: null, withdrawn: false },
  });
  return {
    token,
    text,
    lines: [
      `for ${device} of ${token.site}, once, until ${new Date(token.until * 1000).toISOString().slice(0, 16)}Z; authority ${fingerprint(keyHash)}`,
      ...(withdrawn > 0 ? [`${withdrawn} earlier token${withdrawn === 1 ? '' : 's'} for ${device}: withdrawn`] : []),
      'whoever has it can be that box until it is used: hand it over like a key',
      'on the box: fieldpost provision --token <it>, or a line "token: <it>" in fieldpost.yaml on its boot partition',
    ],
  };
}

/** The authority's certificate has the site as its organisation. */
function siteIn(certificate: string, issuer: string): string {
  const site = /(?:^|\n)O=([^\n]*)/.exec(parseCertificate(certificate, 'ca.crt').subject)?.[1];
  if (site !== undefined && namePattern.test(site)) return site;
  throw new Fault('config', `ca.crt: names no site (it is of ${issuer}); must be made by fieldpost pki init`);
}
