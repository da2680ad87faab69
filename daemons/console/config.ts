import { isIP } from 'node:net';
import * as z from 'zod';
import { isLoopback } from '../core/config/loopback.ts';
import { deskPolicy } from '../core/desk/policy.ts';
import { Fault } from '../core/ports/fault.ts';
import type { Reach } from './guard.ts';

export const consoleConfig = z.strictObject({
  host: z.string().min(1).default('127.0.0.1').describe('a loopback address; any other asks for TLS and a login'),
  port: z.int().min(0).max(65_535).default(8480).describe('TCP port of the page; 0 takes a free one'),
  records: z
    .string()
    .min(1)
    .describe('the central store that the ledger writes: path of a SQLite file, or postgres://...'),
  open: z
    .boolean()
    .default(false)
    .describe('no login: everybody at this machine is a supervisor; for a simulated site'),
  tls: z.strictObject({ cert: z.string(), key: z.string() }).optional().describe('files (PEM) of certificate and key'),
  origins: z
    .array(z.string().regex(/^https?:\/\/[A-Za-z0-9.:[\]-]+$/, 'must be an origin such as https://console.example'))
    .max(8)
    .optional()
    .describe('addresses that pages are opened at; others are refused'),
  proxies: z
    .array(z.string().refine((one) => isIP(one) !== 0, 'must be an IP address'))
    .max(8)
    .optional()
    .describe('proxies that do TLS before the console: only they may connect, and they name the caller'),
  sealKey: z
    .string()
    .min(1)
    .optional()
    .describe(
      'file of the key that secrets of authenticator apps are sealed with, made at the first start; absent: beside a SQLite store, and none for PostgreSQL',
    ),
  map: z.string().min(1).optional().describe('a PMTiles file as base map of a region, or a folder of them'),
  dwellings: z
    .string()
    .min(1)
    .optional()
    .describe('a GeoJSON file of where people live: what touches it waits for a supervisor'),
  radio: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .optional()
    .describe('how the centre is called by radio, for patrols whose page cannot reach it'),
  desk: deskPolicy.optional().describe('when alerts that nobody takes up are escalated'),
  commands: z
    .strictObject({
      brokers: z.array(z.string()).max(8),
      identity: z.string().optional().describe('folder of the certificate, for brokers at mqtts://'),
      key: z
        .string()
        .optional()
        .describe('file of the key that signs commands; absent: no dock can be commanded from here'),
    })
    .optional()
    .describe('absent: what boxes say of themselves is not heard, and nobody can ask a box for anything from here'),
  fleet: z
    .strictObject({
      folder: z.string().min(1).describe('folder that `fieldpost release init` made: rollouts are shown from it'),
      keys: z.array(z.string()).max(8).describe("files of operators' keys that questions to boxes are signed with"),
    })
    .optional()
    .describe('absent: no rollouts are shown, and no box is asked for its logs'),
});

export type ConsoleConfig = z.infer<typeof consoleConfig>;

/** Where the key of seals lies; null: nowhere is named. */
export const sealKeyOf = ({ records, sealKey }: Pick<ConsoleConfig, 'records' | 'sealKey'>): string | null =>
  sealKey ?? (/^postgres(ql)?:/.test(records) ? null : `${records}.key`);

/** Who may reach the page: this machine alone, or others by a login and TLS. Errors: Fault `config` that says what would be right. */
export function requireReach(config: ConsoleConfig): void {
  const { host, open, tls, origins = [], proxies = [] } = config;
  const refuse = (what: string, right: string): never => {
    throw new Fault('config', `console ${what}; must be ${right}`);
  };
  const { error } = consoleConfig.safeParse(config);
  if (error) refuse(`is told what it cannot be: ${z.prettifyError(error)}`, 'as `fieldpost console --help` says');
  const local = isLoopback(host);
  const tunnel = 'From another machine use a tunnel: ssh -L 8480:127.0.0.1:8480 <this machine>';
  if (open && (!local || origins.length > 0 || proxies.length > 0))
    refuse(
      `--open with host ${JSON.stringify(host)}${origins.length > 0 ? ' and --origin' : ''}`,
      `a loopback address such as 127.0.0.1 and nothing else: without a login it serves this machine only. ${tunnel}`,
    );
  if (!local && !tls && proxies.length === 0)
    refuse(
      `host is ${JSON.stringify(host)}`,
      `a loopback address such as 127.0.0.1, or come with --cert and --key (TLS), or with --proxy, the address of the proxy that does TLS. ${tunnel}`,
    );
  if ((!local || proxies.length > 0) && !origins.some((origin) => origin.startsWith('https://')))
    refuse('beyond this machine has no --origin', 'at least one https://<name>[:port] that pages are opened at');
  if (tls && origins.some((origin) => origin.startsWith('http://')))
    refuse('--origin with TLS is http://', 'https://<name>[:port]');
}

/** Where pages are opened at. TLS before the console counts as TLS. */
export const reachOf = ({ origins = [], tls, proxies = [] }: ConsoleConfig): Reach => ({
  origins,
  secure: tls !== undefined || origins.some((origin) => origin.startsWith('https://')),
  proxies,
});
