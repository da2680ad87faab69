/** Passkeys, by the browser's own WebAuthn and its own reading of the JSON forms: nothing of it is done by this page. */
import { ask } from './ask.ts';
import type { Me } from './me.ts';
import { say } from './text.ts';

export const hasPasskeys = (): boolean =>
  'PublicKeyCredential' in window && 'parseRequestOptionsFromJSON' in PublicKeyCredential;

const toJson = (made: Credential | null): unknown => (made instanceof PublicKeyCredential ? made.toJSON() : null);

/** Logs in with one; a sentence says why not. */
export async function getPasskey(): Promise<Me | string> {
  const asked = await ask<PublicKeyCredentialRequestOptionsJSON>('POST', '/api/passkeys/options', {});
  if (!asked.ok) return asked.why;
  try {
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(asked.body);
    const response = toJson(await navigator.credentials.get({ publicKey }));
    const answer = await ask<Me>('POST', '/api/passkeys/login', { response });
    return answer.ok ? answer.body : answer.why;
  } catch {
    // Cancelled, timed out, or no key that fits: the browser has told the person which.
    return say('login.passkey.none');
  }
}

/** Makes one with these options, as the server wrote them; a sentence says why not. */
export async function makePasskey(options: unknown): Promise<Record<string, unknown> | string> {
  try {
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(
      options as PublicKeyCredentialCreationOptionsJSON,
    );
    return toJson(await navigator.credentials.create({ publicKey })) as Record<string, unknown>;
  } catch {
    return say('login.passkey.none');
  }
}
