/**
 * Why a TLS connection came to nothing, in words that a technician can act on: what, which file, whose certificate,
 * which dates, what to do. Codes: Node's TLS documentation; alerts: RFC 5246 7.2.2 and RFC 8446 6.2.
 */
import { type CertificateFacts, firstReleaseMs } from '../values/certificate.ts';

/** `clock`: the box does not know the time yet. `own-*`: our certificate; `peer-*`: that of the other side. */
export type RefusalKind =
  | 'clock'
  | 'own-expired'
  | 'own-early'
  | 'own-foreign'
  | 'own-revoked'
  | 'own-missing'
  | 'own-refused'
  | 'peer-expired'
  | 'peer-early'
  | 'peer-foreign'
  | 'peer-name'
  | 'peer-plain'
  | 'unreachable'
  | 'unknown';

export interface Refusal {
  readonly kind: RefusalKind;
  readonly reason: string;
}

/** How an attempt ended. */
export interface Trouble {
  /** Of Node or OpenSSL, or null when the other side closed without a word. */
  readonly code: string | null;
  readonly message: string;
  /** We had accepted the other side: under TLS 1.3 it judges our certificate only after that. */
  readonly greeted: boolean;
}

export interface Parties {
  /** For the reader, for example "the broker mqtts://hub:8883". */
  readonly peer: string;
  readonly host: string;
  /** The box's own wall clock, Unix ms. */
  readonly nowMs: number;
  /** What we showed, and the file it is in; null where nothing is shown. */
  readonly own: { readonly file: string; readonly facts: CertificateFacts } | null;
  readonly authority: { readonly file: string; readonly facts: readonly CertificateFacts[] };
  /** What the other side showed, as far as it came. */
  readonly theirs: CertificateFacts | null;
}

const foreignCodes = new Set([
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'CERT_REJECTED',
  'CERT_CHAIN_TOO_LONG',
  'INVALID_CA',
  'PATH_LENGTH_EXCEEDED',
]);
const roadCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EPIPE',
]);

/** Everything a connection can end with has a sentence; what is unknown keeps its own words. */
export function explain(trouble: Trouble, parties: Parties): Refusal {
  const code = trouble.code ?? '';
  if (code === 'CERT_HAS_EXPIRED') return theirsExpired(parties);
  if (code === 'CERT_NOT_YET_VALID') return theirsEarly(parties);
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return theirsMisnamed(parties);
  if (code === 'INVALID_PURPOSE') return theirsUnfit(parties);
  if (foreignCodes.has(code)) return theirsForeign(parties, code);
  const openssl = opensslWords(trouble);
  if (openssl.includes('ALERT')) return alerted(openssl, parties);
  if (/WRONG_VERSION_NUMBER|PACKET_LENGTH|HTTP_REQUEST/.test(openssl)) return plain(parties);
  // A side that refuses may close without an alert, or reset before the alert is read: the dates tell more then.
  if (code === '' || code === 'ECONNRESET' || code === 'EPIPE') return closed(trouble, parties);
  if (roadCodes.has(code)) return { kind: 'unreachable', reason: `${parties.peer} cannot be reached: ${code}` };
  return { kind: 'unknown', reason: `${parties.peer}: ${trouble.message || code}` };
}

/** Node puts OpenSSL's reason into the code, or, while it was writing, EPROTO there and the reason into the message. */
function opensslWords({ code, message }: Trouble): string {
  if (code === 'EPROTO') return (/routines:[^:]*:([^:]*)/.exec(message)?.[1] ?? '').toUpperCase().replace(/\W/g, '_');
  return code?.startsWith('ERR_SSL_') ? code : '';
}

function theirsExpired(parties: Parties): Refusal {
  const old = parties.authority.facts.filter(({ untilMs }) => untilMs < parties.nowMs);
  const their = parties.theirs;
  if (old.length > 0 && !(their && their.untilMs < parties.nowMs))
    return {
      kind: 'peer-expired',
      reason:
        `the authority in ${parties.authority.file} (${old.map(who).join(', ')}) expired on ${day(old[0]?.untilMs ?? 0)}. ` +
        `${clockSays(parties)}; if that is right, put the site's present ca.crt into its place`,
    };
  return {
    kind: 'peer-expired',
    reason:
      `the certificate of ${parties.peer} ${their ? `(${who(their)}) expired on ${day(their.untilMs)}` : 'expired'}. ` +
      `${clockSays(parties)}; if that is right, renew it at the centre (fieldpost pki renew), else set the clock`,
  };
}

function theirsEarly(parties: Parties): Refusal {
  const their = parties.theirs ? ` (${who(parties.theirs)}) begins on ${day(parties.theirs.fromMs)}` : '';
  const what = `the certificate of ${parties.peer}${their}`;
  if (parties.nowMs < firstReleaseMs)
    return {
      kind: 'clock',
      reason:
        `the box's clock says ${day(parties.nowMs)}: the time is not set yet, so no certificate can be judged; ${what}. ` +
        'Nothing is wrong with the files. It goes on by itself once the time comes (GPS, network time), or set it: timedatectl set-time',
    };
  return {
    kind: 'peer-early',
    reason: `${what}, which is not yet. ${clockSays(parties)}, and is probably behind: set it, or wait for GPS or network time`,
  };
}

function theirsMisnamed({ peer, host, theirs }: Parties): Refusal {
  const names = theirs && theirs.hosts.length > 0 ? theirs.hosts.join(', ') : 'no name at all';
  return {
    kind: 'peer-name',
    reason:
      `the certificate of ${peer} is not for "${host}" but for ${names}. Write one of these names into the profile, ` +
      `or make a certificate with this one at the centre: fieldpost pki server --host ${host}`,
  };
}

const theirsUnfit = ({ peer, theirs }: Parties): Refusal => ({
  kind: 'peer-foreign',
  reason:
    `${peer} showed a certificate ${theirs ? `(${who(theirs)}) ` : ''}that is not for a server: it may be a box posing as one. ` +
    'Nothing was sent. A server gets its certificate by fieldpost pki server',
});

function theirsForeign({ peer, theirs, authority }: Parties, code: string): Refusal {
  return {
    kind: 'peer-foreign',
    reason:
      `the certificate of ${peer} ${theirs ? `(${who(theirs)}, issued by "${theirs.issuer}") ` : ''}does not come from the ` +
      `authority in ${authority.file} (${authority.facts.map(who).join(', ')}) [${code}]: another site's, or somebody in between. ` +
      "Nothing was sent. Check the address; if the site's authority was replaced, bring its new ca.crt",
  };
}

/** The other side said why it does not take our certificate. */
function alerted(code: string, parties: Parties): Refusal {
  const { own, peer, nowMs } = parties;
  if (!own || /CERTIFICATE_REQUIRED|HANDSHAKE_FAILURE/.test(code))
    return {
      kind: 'own-missing',
      reason: `${peer} wants a certificate and ${own ? `did not take the one in ${own.file} (${who(own.facts)})` : 'none was shown'} [${code}]`,
    };
  if (/EXPIRED/.test(code)) {
    if (own.facts.untilMs < nowMs) return ownExpired(parties);
    if (own.facts.fromMs > nowMs) return ownEarly(parties);
    return {
      kind: 'own-expired',
      reason:
        `${peer} says that our certificate ${own.file} (${who(own.facts)}) expired, but by the box's clock (${minute(nowMs)}) it is ` +
        `valid from ${day(own.facts.fromMs)} to ${day(own.facts.untilMs)}: one of the two clocks is wrong. Check the box's first: timedatectl`,
    };
  }
  if (/REVOKED/.test(code))
    return {
      kind: 'own-revoked',
      reason: `${peer} refused our certificate ${own.file} (${who(own.facts)}): it is on the deny list. Ask the centre; a box that is ours again needs a new key: fieldpost pki request --new-key`,
    };
  // OpenSSL tells a certificate that is not valid yet as a bad one.
  if (own.facts.fromMs > nowMs) return ownEarly(parties);
  if (/UNKNOWN_CA|BAD_CERTIFICATE|DECRYPT_ERROR|CERTIFICATE_UNKNOWN/.test(code))
    return {
      kind: 'own-foreign',
      reason:
        `${peer} does not know the authority "${own.facts.issuer}" that issued our certificate ${own.file} (${who(own.facts)}) [${code}]: ` +
        'the box belongs to another site, or the broker has another ca.crt. Get a certificate from this site: fieldpost pki request, sign, install',
    };
  return { kind: 'own-refused', reason: refusedSilently(parties, `[${code}]`) };
}

/** The connection was closed without a reason: what is wrong on our side by our own dates is the likeliest. */
function closed(trouble: Trouble, parties: Parties): Refusal {
  const { own, nowMs, peer } = parties;
  if (own && own.facts.untilMs < nowMs) return ownExpired(parties);
  if (own && own.facts.fromMs > nowMs) return ownEarly(parties);
  if (trouble.greeted && own) return { kind: 'own-refused', reason: refusedSilently(parties, 'without a reason') };
  if (trouble.greeted)
    return { kind: 'unreachable', reason: `${peer} closed the connection without an answer; its own log says why` };
  return {
    kind: 'unreachable',
    reason: `${peer} closed the connection before TLS was agreed${trouble.code ? ` (${trouble.code})` : ''}: is this the TLS port, and is the broker well?`,
  };
}

function ownExpired({ own, peer, nowMs }: Parties): Refusal {
  return {
    kind: 'own-expired',
    reason:
      `${peer} refused us: our certificate ${own?.file} (${own ? who(own.facts) : ''}) expired on ${day(own?.facts.untilMs ?? 0)}; ` +
      `the box's clock says ${minute(nowMs)}. It is renewed by itself where the profile names uplink.renewal; ` +
      'by hand: fieldpost pki request, sign at the centre, install',
  };
}

function ownEarly(parties: Parties): Refusal {
  const { own, peer, nowMs } = parties;
  const early = `${peer} refused us: our certificate ${own?.file} (${own ? who(own.facts) : ''}) begins on ${day(own?.facts.fromMs ?? 0)}`;
  if (nowMs < firstReleaseMs)
    return {
      kind: 'clock',
      reason: `${early}, and the box's clock says ${day(nowMs)}: the time is not set yet. It goes on by itself once the time comes`,
    };
  return {
    kind: 'own-early',
    reason: `${early}; ${clockSays(parties)}. Set the clock that is wrong: the box's, or that of the machine that signed`,
  };
}

const refusedSilently = ({ peer, own }: Parties, how: string): string =>
  `${peer} accepted the connection and then closed it ${how}: it does not take our certificate ${own?.file} (${own ? who(own.facts) : ''}), ` +
  "or another box uses the same name. The broker's own log says which";

const plain = ({ peer }: Parties): Refusal => ({
  kind: 'peer-plain',
  reason: `${peer} does not speak TLS on this port; the usual ports are 8883 with TLS and 1883 without. Nothing was sent`,
});

const who = ({ name, serial }: CertificateFacts): string => `CN ${name || 'none'}, serial ${serial.slice(0, 8)}`;
const clockSays = ({ nowMs }: Parties): string => `The box's clock says ${minute(nowMs)}`;

/** UTC, as a person writes it. Beyond what a date can hold the number stays. */
const minute = (ms: number): string =>
  Number.isFinite(ms) && Math.abs(ms) < 8.64e15
    ? `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`
    : `${ms} ms`;
const day = (ms: number): string => minute(ms).slice(0, 10);
