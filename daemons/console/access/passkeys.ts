/** Passkeys (WebAuthn level 2): they are bound to a DNS name and want a secure context, so an IP address cannot have them. */
import { isIP } from 'node:net';
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server';
import type { FastifyRequest } from 'fastify';
import type { Clock } from '../../core/ports/clock.ts';
import type { Account, Passkey } from '../../core/values/account.ts';

export interface Passkeys {
  /** Null: they can be used at the address that this was asked at; else why not. */
  whyNot(request: FastifyRequest): string | null;
  creation(request: FastifyRequest, account: Account): Promise<object>;
  /** Null: it does not hold. */
  created(request: FastifyRequest, response: object, name: string): Promise<Passkey | null>;
  question(request: FastifyRequest): Promise<object>;
  /** The account that it claims to be of; not yet believed. */
  claimed(response: object): string | null;
  /** The passkey with its new count, or why it does not hold: for the log, and not for who asks. */
  proven(request: FastifyRequest, response: object, keys: readonly Passkey[]): Promise<Passkey | string>;
}

/** Loaded by the first who has a passkey. */
const webauthn = () => import('@simplewebauthn/server');

/** As the library says of a signature count that did not grow (WebAuthn level 2, 6.1.1). */
const isCopied = /counter/;
const goodMs = 300_000;
const mostQuestions = 10_000;

export function openPasskeys(clock: Clock, secure: boolean): Passkeys {
  /** Questions that were asked and not yet answered: each is good once. */
  const questions = new Map<string, number>();
  const nowMs = (): number => clock.now().monoNs / 1e6;
  const ask = (challenge: string): void => {
    questions.set(challenge, nowMs() + goodMs);
    for (const oldest of questions.keys()) {
      if (questions.size <= mostQuestions) break;
      questions.delete(oldest);
    }
  };
  const isOurs = (challenge: string): boolean => {
    const until = questions.get(challenge) ?? 0;
    questions.delete(challenge);
    return until > nowMs();
  };
  const place = (request: FastifyRequest) => {
    const host = request.headers.host ?? '';
    return { rpID: host.replace(/:\d+$/, ''), origin: `${secure ? 'https' : 'http'}://${host}` };
  };

  return {
    whyNot: (request) => {
      const { rpID } = place(request);
      if (isIP(rpID.replace(/^\[|\]$/g, '')) !== 0)
        return `passkeys need a DNS name, and ${rpID} is an address: open the page by its name, or use an authenticator app`;
      return secure || rpID === 'localhost' ? null : 'passkeys need TLS: use an authenticator app';
    },
    creation: async (request, { id, keys }) => {
      const options = await (await webauthn()).generateRegistrationOptions({
        ...{ rpName: 'Fieldpost', rpID: place(request).rpID, userName: id, userID: new TextEncoder().encode(id) },
        // COSE: EdDSA, ES256, RS256, as authenticators have them.
        supportedAlgorithmIDs: [-8, -7, -257],
        ...{ attestationType: 'none', excludeCredentials: keys.map((key) => ({ id: key.id })) },
        // The finger or the PIN makes it two factors in one.
        authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      });
      ask(options.challenge);
      return options;
    },
    created: async (request, response, name) => {
      const { rpID, origin } = place(request);
      const verified = await (await webauthn())
        .verifyRegistrationResponse({
          ...{ response: response as RegistrationResponseJSON, expectedChallenge: isOurs, expectedOrigin: origin },
          ...{ expectedRPID: rpID, requireUserVerification: true },
        })
        .catch(() => null);
      if (!verified?.verified) return null;
      const { credential } = verified.registrationInfo;
      return {
        ...{ id: credential.id, name, publicKey: Buffer.from(credential.publicKey).toString('base64url') },
        ...{ counter: credential.counter, transports: [...(credential.transports ?? [])] },
        ...{ addedMs: clock.now().wallMs, usedMs: null },
      };
    },
    question: async (request) => {
      const options = await (await webauthn()).generateAuthenticationOptions({
        rpID: place(request).rpID,
        userVerification: 'required',
      });
      ask(options.challenge);
      return options;
    },
    claimed: (response) => {
      const { response: inner } = response as { response?: { userHandle?: unknown } };
      return typeof inner?.userHandle === 'string' ? Buffer.from(inner.userHandle, 'base64url').toString('utf8') : null;
    },
    proven: async (request, response, keys) => {
      const key = keys.find(({ id }) => id === (response as { id?: unknown }).id);
      if (!key) return 'a passkey that the account does not have';
      const { rpID, origin } = place(request);
      const verified = await (await webauthn())
        .verifyAuthenticationResponse({
          ...{ response: response as AuthenticationResponseJSON, expectedChallenge: isOurs, expectedOrigin: origin },
          ...{ expectedRPID: rpID, requireUserVerification: true },
          credential: {
            id: key.id,
            publicKey: new Uint8Array(Buffer.from(key.publicKey, 'base64url')),
            counter: key.counter,
          },
        })
        .catch((error: Error) => error.message);
      if (typeof verified === 'string' || !verified.verified)
        return typeof verified === 'string' && isCopied.test(verified)
          ? `passkey ${key.name}: its count went back, so there may be a copy of it`
          : `passkey ${key.name}: the answer does not hold`;
      return { ...key, counter: verified.authenticationInfo.newCounter, usedMs: clock.now().wallMs };
    },
  };
}
