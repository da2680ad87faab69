/** What the API of the access asks and answers. The page takes its types from here, OpenAPI its schemas. */
import { z } from 'zod';
import { pseudonym } from '../../core/access/pseudonym.ts';
import { type Right, rights, roles } from '../../core/access/roles.ts';

export const role = z.enum(roles);
export const right = z.enum(rights as readonly [Right, ...Right[]]);
export const languages = ['en', 'ru', 'kk'] as const;
export const language = z.enum(languages);
const unit = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/);
const ms = z.number().describe('Unix time in ms');

export const account = z.object({ id: pseudonym, role, unit: unit.nullable(), language });
export type Account = z.infer<typeof account>;

/** Why somebody looks: stands in the audit log beside every look. */
export const purpose = z.strictObject({
  text: z.string().trim().min(3).max(200),
  case: z.string().trim().min(1).max(60),
});

export const passkey = z.object({ id: z.string(), name: z.string(), addedMs: ms, usedMs: ms.nullable() });
export const factors = z.object({
  /** Whether a passkey can be used at the address that the page was opened at, or why not. */
  passkeys: z.object({ possible: z.boolean(), why: z.string().nullable() }),
  totp: z.boolean(),
  keys: z.array(passkey),
  /** Recovery codes that are left. */
  recovery: z.number(),
});

/** GET /api/me */
export const me = z.object({
  mode: z.enum(['open', 'login']),
  /** Null: nobody is logged in, or there is no login (mode open). */
  account: account.nullable(),
  rights: z.array(right),
  /** Goes back as the header `fieldpost-csrf` with every write. */
  csrf: z.string().nullable(),
  purpose: purpose.nullable(),
  factors,
  /** There is no account yet: the console printed a link for the first. */
  first: z.boolean(),
});
export type Me = z.infer<typeof me>;

export const password = z.string().min(1).max(200);
/** POST /api/login. `code`: six digits of the app, or a recovery code. Answer: `me`. Every mistake has the same answer, 401. */
export const login = z.strictObject({ name: z.string().min(1).max(64), password, code: z.string().max(32).optional() });

const link = z.string().regex(/^[A-Za-z0-9_-]{43}$/);
/** POST /api/first/look: what a one-time link is for. It is not used up by looking; 404 for one that is over. */
export const firstLook = z.strictObject({ link });
export const firstLooked = z.object({
  account: account,
  untilMs: ms,
  /** For the authenticator app: show `uri` as a QR code, `secret` (base32) as text. */
  totp: z.object({ secret: z.string(), uri: z.string() }),
  /** PublicKeyCredentialCreationOptionsJSON; null: passkeys are not possible here, `passkeyWhy` says why. */
  passkey: z.looseObject({}).nullable(),
  passkeyWhy: z.string().nullable(),
});
/** POST /api/first: sets the password and one second factor, and logs in. Exactly one of `code` and `passkey`. */
export const first = z.strictObject({
  link,
  password,
  code: z.string().max(16).optional(),
  /** RegistrationResponseJSON. */
  passkey: z.looseObject({}).optional(),
  language: language.optional(),
});
/** Shown once. */
export const firstDone = z.object({ me, recovery: z.array(z.string()) });
