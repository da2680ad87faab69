/** What a box says of itself beside what it was told to be, and how the two differ. */
import { hash } from 'node:crypto';
import * as z from 'zod';
import { parseWire } from '../wire/parse.ts';
import type { Desired } from './desired.ts';

export const phases = ['in-force', 'waiting', 'fetching', 'on-trial', 'reverted', 'refused'] as const;

const reported = z.looseObject({
  v: z.literal(1),
  device: z.string().max(64),
  /** Of the newest desired state that was believed; 0: none. */
  desired: z.int().min(0),
  phase: z.enum(phases),
  /** Why it waits, was reverted or refused; for a technician. */
  reasons: z.array(z.string().max(4000)).max(32).readonly(),
  /** Version of the desired state that is in force; 0: what was laid on the box. */
  inForce: z.int().min(0),
  executable: z.string().max(64),
  /** SHA-256 of every configuration file in force. */
  files: z.record(z.string().max(100), z.string().max(64)),
  /** Versions of the models that a desired state brought, by name. */
  models: z.record(z.string().max(64), z.string().max(64)).default({}),
  root: z.int().min(0),
});
export type Reported = Readonly<z.infer<typeof reported>>;

/** Errors: Fault `protocol` that names the path. */
export const parseReported = (json: string): Reported => parseWire(json, reported);

export const fileHash = (text: string): string => hash('sha256', text, 'hex');

export interface Difference {
  readonly path: string;
  readonly desired: string;
  readonly reported: string;
}

/** What a box is to be, with files by their SHA-256: what a centre keeps of many boxes. */
export interface Wanted
  extends Pick<Desired, 'device' | 'version' | 'by' | 'at' | 'executable' | 'models' | 'schedule'> {
  readonly files: Readonly<Record<string, string>>;
  readonly override: Desired['override'];
}
export const wantedOf = ({
  device,
  version,
  by,
  at,
  executable,
  models,
  schedule,
  override,
  files,
}: Desired): Wanted => ({
  ...{ device, version, by, at, executable, models, schedule, override },
  files: Object.fromEntries(Object.entries(files).map(([path, text]) => [path, fileHash(text)])),
});

/** What is not as it is to be; empty when all is. `said`: null when the box never reported. */
export const differences = (wanted: Desired, said: Reported | null): readonly Difference[] =>
  differencesFrom(wantedOf(wanted), said);

export function differencesFrom(wanted: Wanted, said: Reported | null): readonly Difference[] {
  if (!said) return [{ path: 'device', desired: wanted.device, reported: 'never heard' }];
  const found: Difference[] = [];
  const hold = (path: string, is: string | number, of: string | number): void => {
    if (is !== of) found.push({ path, desired: String(is), reported: String(of) });
  };
  hold('version', wanted.version, said.inForce);
  if (wanted.executable !== null) hold('executable', wanted.executable, said.executable);
  for (const [name, version] of Object.entries(wanted.models ?? {}))
    hold(`models.${name}`, version, said.models[name] ?? 'that of the box');
  for (const [path, sha256] of Object.entries(wanted.files))
    hold(`files.${path}`, sha256.slice(0, 16), said.files[path]?.slice(0, 16) ?? 'missing');
  return found;
}
