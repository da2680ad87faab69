import { BlockList, isIP } from 'node:net';
import { z } from 'zod';
import { Fault } from '../core/ports/fault.ts';

export const consoleConfig = z.strictObject({
  host: z.string().min(1).default('127.0.0.1').describe('a loopback address, for example 127.0.0.1'),
  port: z.int().min(0).max(65_535).default(8480).describe('TCP port of the page; 0 takes a free one'),
  records: z.string().min(1).describe('path of the central SQLite file that the ledger writes'),
  map: z.string().min(1).optional().describe('a PMTiles file as base map of a region, or a folder of them'),
});

export type ConsoleConfig = z.infer<typeof consoleConfig>;

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** `host` is a name or address without a port; IPv6 with or without its brackets. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[(.*)\]$/, '$1');
  if (bare === 'localhost') return true;
  const family = isIP(bare);
  return family !== 0 && loopback.check(bare, family === 4 ? 'ipv4' : 'ipv6');
}

/** Nobody logs in yet, so nobody but this machine may look: positions of alerts can be personal data. Errors: Fault `config`. */
export function requireLoopback(host: string): void {
  if (isLoopback(host)) return;
  throw new Fault(
    'config',
    `console host is ${JSON.stringify(host)}; must be a loopback address such as 127.0.0.1 or ::1: the console has no login, ` +
      'so it serves this machine only. From another machine use a tunnel: ssh -L 8480:127.0.0.1:8480 <this machine>',
  );
}
