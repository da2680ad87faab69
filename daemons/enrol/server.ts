import { verify } from 'node:crypto';
import fastify, { type FastifyInstance } from 'fastify';
import { factsOf, parseCertificate, signedBy } from '../core/pki/facts.ts';
import { readRequest } from '../core/pki/issue.ts';
import type { SiteAuthority } from '../core/ports/authority.ts';
import type { Clock } from '../core/ports/clock.ts';
import { isFault } from '../core/ports/fault.ts';
import type { Log } from '../core/ports/log.ts';
import { authorityPath, type ClaimAnswer, claimPath, deniedPath } from '../core/wire/claim.ts';
import { parsePetition, proofText, type RenewalAnswer, renewalPath } from '../core/wire/renewal.ts';
import { newestRootIn, serveArtefacts } from './artefacts.ts';
import { type ClaimParts, considerClaim } from './claim.ts';
import { judge, type Verdict } from './judge.ts';

export interface EnrolParts extends ClaimParts {
  readonly authority: SiteAuthority;
  /** PEM, of this service. */
  readonly tls: { readonly key: string; readonly cert: string };
  readonly graceMs: number;
  /** Life of what is issued. */
  readonly days: number;
  readonly clock: Clock;
  readonly log: Log;
  /** `FLEET/public` of fieldpost release; absent: no artefacts are shown. */
  readonly fleet?: string;
}

interface Refused {
  readonly v: 1;
  readonly refused: string;
}
interface Answered<A> {
  readonly code: number;
  readonly answer: A;
}

/** A box that asks more often than this in an hour has lost its way, or is none. */
const mostInAnHour = 12;
const hourMs = 3_600_000;
const codes: Readonly<Record<Verdict['say'], number>> = { issue: 200, waits: 202, refused: 403 };

/** The renewal service. Who asks is shown by the petition, so TLS demands no certificate: an expired one could not be given. */
export async function buildEnrol(parts: EnrolParts): Promise<FastifyInstance> {
  const { log, clock, tls } = parts;
  const app = fastify({
    logger: false,
    bodyLimit: 32_768,
    requestTimeout: 10_000,
    forceCloseConnections: true,
    // Asked for, for who brings artefacts shows one; nobody is sent away without.
    https: { ...tls, minVersion: 'TLSv1.2', requestCert: true, rejectUnauthorized: false },
  }) as unknown as FastifyInstance;
  const asked = new Map<string, readonly number[]>();
  /** False for a name that asked too often. Names of certificates of ours only: their number is bounded. */
  const mayAsk = (name: string): boolean => {
    const nowMs = clock.now().monoNs / 1e6;
    const recent = (asked.get(name) ?? []).filter((ms) => nowMs - ms < hourMs);
    asked.set(name, [...recent, nowMs].slice(-mostInAnHour));
    return recent.length < mostInAnHour;
  };

  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  app.get('/health', async () => ({ ok: true }));
  app.get(authorityPath, async (_request, reply) => {
    reply.type('application/x-pem-file');
    return parts.authority.certificate;
  });
  app.get(deniedPath, async (_request, reply) => {
    reply.type('application/x-pem-file');
    return parts.authority.revocations();
  });
  const serve = <A>(path: string, what: string, answerTo: (body: string) => Promise<Answered<A>>): void => {
    app.post(path, async (request, reply): Promise<A | Refused> => {
      try {
        const { code, answer } = await answerTo(String(request.body));
        reply.code(code);
        return answer;
      } catch (error) {
        if (!isFault(error)) throw error;
        if (error.kind === 'refused') log.error(`${what} came to nothing`, { reason: error.message });
        reply.code(error.kind === 'refused' ? 503 : 400);
        return { v: 1, refused: error.message };
      }
    });
  };
  serve<RenewalAnswer>(renewalPath, 'a renewal', (body) => consider(body, parts, mayAsk));
  const { fleet } = parts;
  const rootNow = (): string | null => (fleet === undefined ? null : newestRootIn(fleet));
  serve<Partial<ClaimAnswer>>(claimPath, 'a claim', (body) => considerClaim(body, { ...parts, rootNow }));
  if (fleet !== undefined) serveArtefacts(app, { authority: parts.authority, folder: fleet });
  app.setErrorHandler((error, _request, reply) => {
    const { statusCode = 500, message } = error as { statusCode?: number; message: string };
    if (statusCode >= 500) log.error('a request failed', { reason: message });
    reply
      .code(statusCode)
      .send({ v: 1, refused: statusCode >= 500 ? 'the service failed; its log says why' : message });
  });
  return app;
}

/** Errors: Fault `protocol` and `config` for what cannot be read, `refused` when the disk does not take the register. */
async function consider(
  body: string,
  { authority, graceMs, days, clock, log }: EnrolParts,
  mayAsk: (name: string) => boolean,
): Promise<Answered<RenewalAnswer>> {
  const petition = parsePetition(body);
  const certificate = parseCertificate(petition.certificate, 'certificate');
  const shown = factsOf(petition.certificate, 'certificate');
  const asks = await readRequest(petition.request);
  const proof = Buffer.from(petition.signature, 'base64');
  const ours = signedBy(certificate, authority.certificate);
  const proved = ours && verify('sha256', Buffer.from(proofText(petition.request)), certificate.publicKey, proof);
  if (proved && !mayAsk(shown.name))
    return {
      code: 429,
      answer: { v: 1, refused: `${shown.name} asked more than ${mostInAnHour} times in an hour; wait an hour` },
    };
  const verdict = judge(
    {
      shown,
      ours,
      proved,
      asks: asks.name,
      denied: authority.isDenied(shown.serial),
      approvedUntilMs: authority.approvedUntil(shown.name),
    },
    { graceMs, nowMs: clock.now().wallMs },
  );
  const code = codes[verdict.say];
  if (verdict.say !== 'issue') {
    log.warn(verdict.say === 'waits' ? 'a renewal waits for a person' : 'a renewal was refused', {
      reason: verdict.reason,
    });
    return { code, answer: { v: 1, [verdict.say]: verdict.reason } };
  }
  const publicKey = asks.key.export({ type: 'spki', format: 'pem' }) as string;
  const issued = await authority.issue({ name: shown.name, publicKey }, days);
  log.info('certificate renewed', {
    device: shown.name,
    until: new Date(factsOf(issued, 'issued').untilMs).toISOString(),
  });
  return { code, answer: { v: 1, certificate: issued } };
}
