/** What the API of the access asks and answers. The page takes its types from here, OpenAPI its schemas. */
import * as z from 'zod';
import { pseudonym } from '../../core/access/pseudonym.ts';
import { type Right, rights, roles } from '../../core/access/roles.ts';
import { audited } from '../../core/values/audit.ts';

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

/** GET /api/kept */
export const keptQuery = z.object({ account: z.string().min(1).max(64) });
export const kept = z.object({ keep: z.boolean() });

/** POST /api/purpose */
export const purposeStated = z.object({ purpose });

/** GET /api/phones; null: no phone is woken by web push. */
export const phoneOffer = z.object({ publicKey: z.string().nullable() });
const endpoint = z.string().min(1).max(2000);
/** POST /api/phones: a PushSubscription as the browser gives it as JSON. */
export const phoneOn = z.object({
  endpoint,
  keys: z.object({
    p256dh: z.string().regex(/^[A-Za-z0-9_-]{87}=?$/),
    auth: z.string().regex(/^[A-Za-z0-9_-]{22}(==)?$/),
  }),
});
export const phoneIsOn = z.object({ on: z.literal(true), untilMs: ms });
/** POST /api/phones/off */
export const phoneOff = z.strictObject({ endpoint });
export const phoneIsOff = z.object({ on: z.literal(false) });

/** POST /api/passkeys/options answers PublicKeyCredentialRequestOptionsJSON; POST /api/passkeys/login takes AuthenticationResponseJSON. */
export const passkeyLogin = z.strictObject({ response: z.looseObject({ id: z.string().max(1400) }) });
/** POST /api/passkeys/new answers PublicKeyCredentialCreationOptionsJSON; POST /api/passkeys takes RegistrationResponseJSON. */
export const passkeyAdd = z.strictObject({ name: z.string().trim().min(1).max(40), response: z.looseObject({}) });

/** POST /api/password: ends every other session of the account. */
export const passwordChange = z.strictObject({ old: password, password });
/** POST /api/language */
export const languageChange = z.strictObject({ language });
/** POST /api/recovery: ten new codes in place of the old. Answer: `recoveryCodes`. */
export const recoveryCodes = z.object({ recovery: z.array(z.string()) });

/** GET /api/accounts -> {accounts}. `state`: `invited` has a link that was not used. */
export const listedAccount = account.extend({
  state: z.enum(['active', 'invited', 'disabled', 'no-factor']),
  totp: z.boolean(),
  keys: z.number(),
  createdMs: ms,
  createdBy: z.string(),
  seenMs: ms.nullable(),
  /** Until when a link is good; null: there is none. */
  invitedMs: ms.nullable(),
});
export const accountList = z.object({ accounts: z.array(listedAccount) });
/** POST /api/accounts. Without `id` one is made up, such as op-17. */
export const accountNew = z.strictObject({
  role,
  unit: unit.nullable().optional(),
  id: pseudonym.optional(),
  language: language.optional(),
});
/** POST /api/accounts/:id. `invite`: a new link in place of password and factors, which go with all sessions. */
export const accountChange = z.discriminatedUnion('what', [
  z.strictObject({ what: z.literal('disable') }),
  z.strictObject({ what: z.literal('enable') }),
  z.strictObject({ what: z.literal('invite') }),
  z.strictObject({ what: z.literal('role'), role, unit: unit.nullable() }),
]);
/** `link`: shown once, to be handed to that person and nobody else; null where there is none. */
export const accountChanged = z.object({ account: listedAccount, link: z.string().nullable(), untilMs: ms.nullable() });

/** GET /api/tokens -> {tokens}; DELETE /api/tokens/:id. */
export const listedToken = z.object({
  id: z.string(),
  name: z.string(),
  role,
  rights: z.array(z.string()),
  unit: unit.nullable(),
  site: z.string().nullable(),
  purpose,
  untilMs: ms,
  createdMs: ms,
  createdBy: z.string(),
});
export const tokenList = z.object({ tokens: z.array(listedToken) });
/** POST /api/tokens. `rights`: a part of the role's; some need a person and are refused. */
export const tokenNew = z.strictObject({
  name: z.string().trim().min(1).max(60),
  role,
  rights: z.array(right).min(1),
  unit: unit.nullable().optional(),
  site: z.string().max(64).nullable().optional(),
  purpose,
  untilMs: ms,
});
/** `secret` is shown once: `authorization: Bearer <secret>`. */
export const tokenMade = z.object({ token: listedToken, secret: z.string() });

/** GET /api/audit?before=&limit=&actor=&what=&alert= */
export const auditQuery = z.strictObject({
  before: z.coerce.number().int().min(1).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
  actor: z.string().max(64).optional(),
  what: z.enum(audited).optional(),
  alert: z.string().max(128).optional(),
});
export const auditLine = z.object({
  n: z.number(),
  atMs: ms,
  actor: z.string(),
  what: z.enum(audited),
  alerts: z.array(z.string()),
  purpose: z.string().nullable(),
  case: z.string().nullable(),
  about: z.string(),
  hash: z.string(),
});
/** `next`: the `before` of the next page; null: that was the last. */
export const auditPage = z.object({ lines: z.array(auditLine), next: z.number().nullable() });
/** GET /api/audit/check: `bad` is the number of the first line that does not follow from the one before. */
export const auditCheck = z.object({ lines: z.number(), bad: z.number().nullable(), hash: z.string().nullable() });
