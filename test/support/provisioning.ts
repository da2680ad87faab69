/** A centre and a box for tests of provisioning: a real enrolment service over TLS, a bus of simulated parts. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { AddressInfo, Server } from 'node:net';
import path from 'node:path';
import type { ExecutionContext } from 'ava';
import { stringify } from 'yaml';
import { openAuthority } from '../../daemons/core/adapters/authority.files.ts';
import { claimOver } from '../../daemons/core/adapters/claim.https.ts';
import { claimsIn } from '../../daemons/core/adapters/claims.files.ts';
import { systemClock } from '../../daemons/core/adapters/clock.system.ts';
import { identityIn } from '../../daemons/core/adapters/identity.files.ts';
import { boxFilesIn } from '../../daemons/enrol/box-files.ts';
import { buildEnrol } from '../../daemons/enrol/server.ts';
import { makeToken } from '../../daemons/tools/pki/token.ts';
import type { Order } from '../../daemons/tools/provision/order.ts';
import { type Means, provision } from '../../daemons/tools/provision/provision.ts';
import { simulatedSht4x } from '../../daemons/tools/simulate/devices/sht4x.ts';
import { i2cServer } from '../../daemons/tools/simulate/i2c-server.ts';
import { freshFolder } from '../core/spool/keeping.ts';
import { type SitePki, sitePki } from './site-pki.ts';

export const silent = { info: () => {}, warn: () => {}, error: () => {} };
const portOf = (server: Server): number => (server.address() as AddressInfo).port;

async function bus(t: ExecutionContext): Promise<number> {
  const air = simulatedSht4x(() => ({ temperatureC: 20, relativePercent: 50 }));
  const server = i2cServer(new Map([[0x44, air]]), () => 'none');
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  return portOf(server);
}

/** What the centre keeps: two boards of which one is attached, and one profile for it. */
function layCentre(folder: string, port: number): string {
  const put = (name: string, value: object): void => {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), stringify(value));
  };
  const board = (name: string, address: number) => ({
    ...{ board: name, simulated: true, ports: { i2c: { main: { tcp: `127.0.0.1:${port}` } } } },
    sensors: [{ id: 'air', part: 'sht4x', serial: 'S-1', port: 'main', options: { address } }],
  });
  put('boards/near.yaml', board('near', 0x44));
  put('boards/far.yaml', board('far', 0x46));
  put('profiles/plain.yaml', {
    profile: 'plain',
    gas: { samplePeriodMs: 1000, rules: [] },
    uplink: { brokers: ['mqtts://hub:8883'] },
  });
  return folder;
}

export async function serve(
  t: ExecutionContext,
  site: SitePki,
  identity: string,
  config: string | null,
): Promise<string> {
  const read = (name: string): string => readFileSync(path.join(identity, name), 'utf8');
  const app = await buildEnrol({
    ...{ authority: openAuthority(site.folder), claims: claimsIn(site.folder), filesOf: boxFilesIn(config) },
    tls: { key: read('server.key'), cert: read('server.crt') },
    ...{ graceMs: 0, days: 398, clock: systemClock(), log: silent },
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  t.teardown(() => app.close());
  return `https://localhost:${(app.server.address() as AddressInfo).port}`;
}

export async function lay(t: ExecutionContext) {
  const folder = freshFolder(t);
  const site = await sitePki(path.join(folder, 'ca'));
  const centre = layCentre(path.join(folder, 'git'), await bus(t));
  const url = await serve(t, site, await site.server(path.join(folder, 'enrol')), centre);
  const token = async (name = 'post-7', more: Partial<Parameters<typeof makeToken>[1]> = {}) =>
    (await makeToken(name, { authority: site.folder, enrol: [url], hours: 48, replaces: false, ...more })).text;
  const boxAt = (name: string) => {
    const place = {
      config: path.join(folder, name, 'etc'),
      state: path.join(folder, name, 'state'),
      feed: path.join(folder, name, 'feed.sock'),
    };
    const identity = path.join(place.state, 'identity');
    const run = async (text: string | null, more: Partial<Order & Means> = {}) => {
      const said: string[] = [];
      const order = { token: text, board: null, profile: null, where: null, ...more };
      const means = { claim: claimOver, clock: systemClock(), units: null, ...more };
      const outcome = await provision(order, place, { ...means, say: (line) => said.push(line) });
      return { outcome, said: said.join('\n') };
    };
    return { place, identity, run, certificate: () => identityIn(identity).read() };
  };
  return { folder, site, url, centre, token, boxAt };
}

/** A box that no daemon ran on yet is not green: the doctor says so. What came before it is what these tests are about. */
export const isDone = (said: string): boolean => said.includes('configuration without a mistake');
