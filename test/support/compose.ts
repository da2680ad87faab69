/** `deploy/central/compose.yaml` as it must be: whatever gives a service more than it needs is refused. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

export const composeFolder = path.join(import.meta.dirname, '../../deploy/central');

const secretUse = z.union([z.string(), z.strictObject({ source: z.string(), target: z.string().startsWith('/') })]);
const service = z.strictObject({
  restart: z.enum(['unless-stopped', 'on-failure']),
  // What must hold of all of them.
  read_only: z.literal(true),
  cap_drop: z.tuple([z.literal('ALL')]),
  security_opt: z.tuple([z.literal('no-new-privileges:true')]),
  user: z.string().regex(/^1000\d:1000\d$/),
  pids_limit: z.int().positive(),
  tmpfs: z.array(z.string().includes('noexec')),
  logging: z.strictObject({ driver: z.literal('local'), options: z.record(z.string(), z.string()) }),
  build: z.strictObject({ context: z.literal('.'), target: z.enum(['fieldpost', 'broker', 'postgres']) }),
  command: z.array(z.string()).min(1),
  environment: z.record(z.string(), z.string()).default({}),
  networks: z.tuple([z.literal('boxes')]).optional(),
  network_mode: z.enum(['none', 'host']).optional(),
  ports: z.array(z.enum(['8883:8883', '8443:8443'])).default([]),
  volumes: z.array(z.string().regex(/^[\w./-]+:\/[\w./-]+(:ro)?$/)).default([]),
  secrets: z.array(secretUse).default([]),
  depends_on: z.unknown().optional(),
  profiles: z.array(z.string()).optional(),
  mem_limit: z.string().optional(),
  shm_size: z.string().optional(),
  stop_grace_period: z.string().optional(),
});
const shape = z.strictObject({
  name: z.string(),
  'x-least': z.unknown(),
  services: z.record(z.string(), service),
  networks: z.record(z.string(), z.strictObject({})),
  volumes: z.record(z.string(), z.strictObject({})),
  secrets: z.record(z.string(), z.strictObject({ file: z.string().startsWith('./secrets/') })),
});
export type Compose = z.infer<typeof shape>;

export const composeText = (): string => readFileSync(path.join(composeFolder, 'compose.yaml'), 'utf8');
export const readCompose = (text = composeText()): Compose => shape.parse(parse(text, { merge: true }));

/** Where a service's files are: [path in the container, place in the project or of ./secrets, or a named volume]. */
export function mountsOf(compose: Compose, name: string): (readonly [string, string])[] {
  const one = compose.services[name];
  if (!one) throw new Error(`compose.yaml has no service ${name}`);
  const volumes = one.volumes.map((text) => text.split(':')).map(([from = '', to = '']) => [to, from] as const);
  const secrets = one.secrets.map((use) => {
    const { source, target } = typeof use === 'string' ? { source: use, target: `/run/secrets/${use}` } : use;
    const file = compose.secrets[source]?.file;
    if (!file) throw new Error(`${name} uses the secret ${source}, which is not declared`);
    return [target, file] as const;
  });
  return [...volumes, ...secrets];
}
