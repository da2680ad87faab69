/** What the signed texts of a site say: who may sign what, which artefacts there are, and which list of them is the newest. */
import * as z from 'zod';
import { parseWire } from '../wire/parse.ts';
import { namePattern } from '../wire/topics.ts';
import { type Role, roles } from './roles.ts';
import { type RoleKeys, roleKey, type Signed, sha256 } from './signed.ts';

const version = z.int().min(1).max(1_000_000_000);
const expires = z.iso.datetime();
const roleShape = z
  .strictObject({ threshold: z.int().min(1).max(8), keys: z.array(z.string().max(300)).min(1).max(8).readonly() })
  .refine(({ threshold, keys }) => new Set(keys).size >= threshold, { error: 'has fewer keys than its threshold' });

const root = z.strictObject({
  v: z.literal(1),
  site: z.string().regex(namePattern),
  version,
  expires,
  roles: z.strictObject({ root: roleShape, release: roleShape, timestamp: roleShape, operator: roleShape }),
});
export type Root = Readonly<z.infer<typeof root>>;

export const architectures = ['arm64', 'x64'] as const;
export type Architecture = (typeof architectures)[number];
export const kinds = ['executable', 'model'] as const;

/** 1.2.3, as dpkg and a folder can carry it. */
export const artefactVersion = z.string().regex(/^\d{1,6}(\.\d{1,6}){0,3}$/, 'must be numbers with dots, as 1.2.3');

const artefact = z.strictObject({
  kind: z.enum(kinds),
  /** Of a model: the name of its folder; of an executable `fieldpost`. */
  name: z.string().regex(namePattern),
  version: artefactVersion,
  arch: z.enum([...architectures, 'any']),
  sha256,
  length: z.int().min(1).max(1_000_000_000),
  /** Oldest fieldpost that can go over to it, or use it. */
  needs: artefactVersion.optional(),
});
export type Artefact = Readonly<z.infer<typeof artefact>>;

const release = z.strictObject({
  v: z.literal(1),
  version,
  expires,
  /** No executable below this comes to a box any more, whatever an operator takes on. */
  minimum: artefactVersion.optional(),
  artefacts: z.array(artefact).max(1000).readonly(),
});
export type Release = Readonly<z.infer<typeof release>>;

const timestamp = z.strictObject({
  v: z.literal(1),
  version,
  expires,
  /** The newest list, by the hash of its signed file's text. */
  release: z.strictObject({ version, sha256 }),
});
export type Timestamp = Readonly<z.infer<typeof timestamp>>;

/** Each errs with Fault `protocol` that names the path. */
export const parseRoot = ({ text }: Signed): Root => parseWire(text, root);
export const parseRelease = ({ text }: Signed): Release => parseWire(text, release);
export const parseTimestamp = ({ text }: Signed): Timestamp => parseWire(text, timestamp);

/** Errors: Fault `refused` for a key that is none. */
export const keysOf = ({ roles: all }: Root, role: Role): RoleKeys => ({
  threshold: all[role].threshold,
  keys: all[role].keys.map((pem, i) => roleKey(pem, `root roles.${role}.keys.${i}`)),
});

/** Roles whose keys or threshold are others than before. */
export const changedRoles = (before: Root, after: Root): readonly Role[] =>
  roles.filter((role) => JSON.stringify(before.roles[role]) !== JSON.stringify(after.roles[role]));

/** Below 0 where `a` is the older of two versions. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((one) => one.split('.').map(Number));
  for (let i = 0; i < 4; i++) {
    const off = (left?.[i] ?? 0) - (right?.[i] ?? 0);
    if (off !== 0) return off;
  }
  return 0;
}
