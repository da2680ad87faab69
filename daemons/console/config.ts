import { z } from 'zod';
import { isLoopback } from '../core/config/loopback.ts';
import { Fault } from '../core/ports/fault.ts';

export const consoleConfig = z.strictObject({
  host: z.string().min(1).default('127.0.0.1').describe('a loopback address, for example 127.0.0.1'),
  port: z.int().min(0).max(65_535).default(8480).describe('TCP port of the page; 0 takes a free one'),
  records: z
    .string()
    .min(1)
    .describe('the central store that the ledger writes: path of a SQLite file, or postgres://...'),
  open: z
    .boolean()
    .default(false)
    .describe('no login: everybody at this machine is a supervisor; for a simulated site'),
  map: z.string().min(1).optional().describe('a PMTiles file as base map of a region, or a folder of them'),
  commands: z
    .strictObject({
      brokers: z.array(z.string()).max(8),
      identity: z.string().optional().describe('folder of the certificate, for brokers at mqtts://'),
      key: z.string().describe('file of the key that signs commands'),
    })
    .optional()
    .describe('absent: nobody can ask a box for anything from here'),
});

export type ConsoleConfig = z.infer<typeof consoleConfig>;

/** Nobody logs in yet, so nobody but this machine may look: positions of alerts can be personal data. Errors: Fault `config`. */
export function requireLoopback(host: string): void {
  if (isLoopback(host)) return;
  throw new Fault(
    'config',
    `console host is ${JSON.stringify(host)}; must be a loopback address such as 127.0.0.1 or ::1: the console has no login, ` +
      'so it serves this machine only. From another machine use a tunnel: ssh -L 8480:127.0.0.1:8480 <this machine>',
  );
}
