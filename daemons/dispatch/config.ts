import { z } from 'zod';
import { isLoopback } from '../core/config/loopback.ts';
import { Fault } from '../core/ports/fault.ts';

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

export const dispatchConfig = z.strictObject({
  dwellings: z
    .boolean()
    .default(true)
    .describe(
      'whether the console holds alerts against a layer of dwellings (--dwellings); true: none leaves before it was',
    ),
  tak: z.array(takServer).max(16).default([]),
});
export type DispatchConfig = z.infer<typeof dispatchConfig>;

/** What the shape alone cannot hold. Errors: Fault `config`. */
export function requireRightPaths({ tak }: DispatchConfig, file: string): void {
  if (tak.length === 0) throw new Fault('config', `${file}: names no way out; must name a server under tak`);
  tak.forEach(({ host, identity, freshS, refreshS }, i) => {
    if (!identity && !isLoopback(host))
      throw new Fault(
        'config',
        `${file} tak.${i}.identity is missing; must be a folder with a certificate: ${host} is not this machine, and places of alerts go nowhere unencrypted`,
      );
    if (refreshS >= freshS)
      throw new Fault('config', `${file} tak.${i}.refreshS is ${refreshS}; must be below freshS (${freshS})`);
  });
}
