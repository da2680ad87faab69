import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { isLoopback } from '../core/config/loopback.ts';
import { readDwellings } from '../core/desk/read-dwellings.ts';
import type { Delivery } from '../core/dispatch/delivery.ts';
import { resolveDelivery } from '../core/dispatch/resolve.ts';
import { deliverySection } from '../core/dispatch/section.ts';
import { Fault, isFault } from '../core/ports/fault.ts';
import type { PushedWay } from '../core/ports/notifier.ts';
import { waysSection } from './ways-config.ts';

const takServer = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/),
  host: z.string().min(1).max(253).describe('of the TAK server'),
  port: z.int().min(1).max(65_535).default(8089),
  identity: z
    .string()
    .min(1)
    .optional()
    .describe('folder of device.key, device.crt and the ca.crt of the TAK server; only for loopback may it be absent'),
  perS: z.number().min(1).max(5000).default(50).describe('events a second: servers were seen to lose most of a burst'),
  freshS: z.int().min(60).max(86_400).default(600).describe('seconds after which a client shows an alert as old'),
  refreshS: z.int().min(10).max(43_200).default(240).describe('every so many seconds all is said again; below freshS'),
  sites: z.array(z.string().min(1)).max(1000).optional().describe('alerts of these sites alone; absent: of all'),
  severities: z
    .array(z.enum(['info', 'warning', 'critical']))
    .min(1)
    .default(['warning', 'critical']),
});
export type TakServer = z.infer<typeof takServer>;

const capSection = z
  .strictObject({
    folder: z.string().min(1).describe('where CAP messages are written, each into a file of its own'),
    addresses: z.array(z.string().trim().min(1).max(200)).min(1).max(100).optional().describe('Private, for these'),
    restriction: z.string().trim().min(1).max(500).optional().describe('for whom it is, where it is Restricted'),
  })
  .refine(({ addresses, restriction }) => !addresses || !restriction, {
    error: 'must have addresses or restriction, not both',
  });
export type CapSection = z.infer<typeof capSection>;

export const dispatchConfig = z.strictObject({
  dwellings: z
    .boolean()
    .default(true)
    .describe(
      'whether the console holds alerts against a layer of dwellings (--dwellings); true: none leaves before it was',
    ),
  tak: z.array(takServer).max(16).default([]),
  cap: capSection.optional(),
  ways: waysSection.prefault({}),
  ...deliverySection.shape,
});
export type DispatchConfig = z.infer<typeof dispatchConfig>;

/**
 * What the shape alone cannot hold, and the rules as they are used. `file` is the one that it was read from: areas are sought beside it.
 * Errors: Fault `config` with a line for each mistake.
 */
export function deliveryIn(config: DispatchConfig, file: string): Delivery {
  const ways = Object.entries(config.ways).flatMap(([way, section]) => (section ? [way as PushedWay] : []));
  const readArea = (name: string) => groundsIn(path.resolve(path.dirname(file), name));
  const { delivery, mistakes } = resolveDelivery(config, { file, ways, layered: config.dwellings, readArea });
  const all = [...mistakesOfPaths(config, file), ...mistakes];
  if (all.length > 0) throw new Fault('config', all.join('\n'));
  return delivery;
}

/** The pieces of ground of a GeoJSON file, or why there are none. */
function groundsIn(file: string) {
  try {
    return readDwellings(file, readFileSync(file, 'utf8'), 'area').map(({ ground }) => ground);
  } catch (error) {
    if (isFault(error)) return error.message;
    return `${file} cannot be read (${(error as NodeJS.ErrnoException).code}); must be a file of GeoJSON`;
  }
}

function mistakesOfPaths({ tak, cap, rules, units }: DispatchConfig, file: string): readonly string[] {
  if (!cap && tak.length + rules.length + Object.keys(units).length === 0)
    return [`${file}: names no way out; must name a server under tak, a folder under cap, or units and rules`];
  return tak.flatMap(({ host, identity, freshS, refreshS }, i) => [
    ...(identity || isLoopback(host)
      ? []
      : [
          `${file} tak.${i}.identity is missing; must be a folder with a certificate: ${host} is not this machine, and places of alerts go nowhere unencrypted`,
        ]),
    ...(refreshS < freshS ? [] : [`${file} tak.${i}.refreshS is ${refreshS}; must be below freshS (${freshS})`]),
  ]);
}
