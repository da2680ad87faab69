/** The centre's HTTPS service with what `fieldpost release` made, on a free port. */
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { openAuthority } from '../../daemons/core/adapters/authority.files.ts';
import { claimsIn } from '../../daemons/core/adapters/claims.files.ts';
import { systemClock } from '../../daemons/core/adapters/clock.system.ts';
import { fleetPath } from '../../daemons/core/wire/fleet.ts';
import { buildEnrol } from '../../daemons/enrol/server.ts';
import type { SitePki } from './site-pki.ts';

const silent = { info: () => {}, warn: () => {}, error: () => {} };

export interface FleetService {
  /** What a profile says in `agent.repository`. */
  readonly url: string;
  close(): Promise<void>;
}

/** `identity`: server.key and server.crt; `centre`: what `release init` made. */
export async function showFleet(pki: SitePki, identity: string, centre: string): Promise<FleetService> {
  const read = (name: string): string => readFileSync(path.join(identity, name), 'utf8');
  const app = await buildEnrol({
    ...{ authority: openAuthority(pki.folder), claims: claimsIn(pki.folder), filesOf: () => [] },
    ...{ fleet: path.join(centre, 'public'), tls: { key: read('server.key'), cert: read('server.crt') } },
    ...{ graceMs: 0, days: 398, clock: systemClock(), log: silent },
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  return { url: `https://localhost:${port}${fleetPath}`, close: () => app.close() };
}
