/** Many simulated boxes in one process: the child of `fieldpost simulate --devices`. A line of JSON a second says how they are. */
import { createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { openAuthority } from '../../../core/adapters/authority.files.ts';
import { type OpenTls, tlsWith } from '../../../core/adapters/identity.tls.ts';
import { spreadOf } from '../../../core/flow/backoff.ts';
import { factsOf, parseKey } from '../../../core/pki/facts.ts';
import { makeKey } from '../../../core/pki/issue.ts';
import type { Identity } from '../../../core/ports/identity.ts';
import { parseSigned } from '../../../core/release/signed.ts';
import { firstTrust } from '../../../core/release/trust.ts';
import { charactersOf, type Shares } from './character.ts';
import { type LiveBox, openLive } from './live.ts';

export interface CrowdSetup {
  readonly site: string;
  readonly broker: string;
  /** Folder of an authority made for the rehearsal, for a broker at mqtts://; null: without TLS. */
  readonly authority: string | null;
  /** File with the root of the site. */
  readonly root: string;
  readonly seed: number;
  readonly shares: Shares;
  /** Size of the whole fleet, and which of it are here. */
  readonly fleet: number;
  readonly first: number;
  readonly count: number;
  readonly keepaliveS: number;
  readonly alertsPerDay: number;
  readonly badReleases: readonly string[];
  /** The first connections are made at this rate. */
  readonly startPerS: number;
}

/** How the boxes of one process are. */
export interface CrowdState {
  readonly connected: number;
  /** Boxes by what they report. */
  readonly phases: Readonly<Record<string, number>>;
  readonly kept: number;
  readonly settled: number;
}

const attemptsPerS = 200;
const [sayMs, stepMs] = [1000, 100];
const certificateDays = 30;

export async function crowd(json: string): Promise<void> {
  const setup = JSON.parse(json) as CrowdSetup;
  const { fleet, first, count, seed, shares, authority, startPerS } = setup;
  const trust = firstTrust(parseSigned(readFileSync(setup.root, 'utf8')));
  const retry = { firstMs: 250, mostMs: 60_000, spreadMs: spreadOf(fleet, attemptsPerS) };
  const characters = charactersOf(fleet, seed, shares).slice(first, first + count);
  const boxes: LiveBox[] = [];
  process.stdin.resume();
  process.stdin.on('close', () => process.exit());
  process.on('SIGTERM', () => {
    void Promise.all(boxes.map((one) => one.close())).then(() => process.exit());
  });
  setInterval(() => process.stdout.write(`${JSON.stringify(stateOf(boxes))}\n`), sayMs);
  for (const character of characters) {
    const tls = authority === null ? null : await identityFor(authority, character.name);
    boxes.push(openLive(character, { ...setup, tls, trust, retry }));
    if (boxes.length % Math.max(1, Math.round((startPerS * stepMs) / 1000)) === 0)
      await new Promise((resolve) => setTimeout(resolve, stepMs));
  }
}

function stateOf(boxes: readonly LiveBox[]): CrowdState {
  const phases: Record<string, number> = {};
  for (const { phase } of boxes) phases[phase] = (phases[phase] ?? 0) + 1;
  return {
    connected: boxes.filter((one) => one.connected).length,
    phases,
    kept: boxes.reduce((sum, one) => sum + one.kept, 0),
    settled: boxes.reduce((sum, one) => sum + one.settled, 0),
  };
}

/** A certificate of this run, in memory and in the authority's register: so `pki deny` knows the box. */
async function identityFor(folder: string, name: string): Promise<OpenTls> {
  const authority = openAuthority(folder);
  const key = makeKey();
  const publicKey = createPublicKey(parseKey(key, name)).export({ type: 'spki', format: 'pem' }) as string;
  const certificate = await authority.issue({ name, publicKey }, certificateDays);
  const identity: Identity = {
    ...{ key, certificate, authority: authority.certificate },
    ...{ facts: factsOf(certificate, name), trusts: [factsOf(authority.certificate, 'ca.crt')] },
  };
  const of = (what: string): string => `${what} of the simulated ${name}`;
  const files = { key: of('key'), nextKey: of('next key'), certificate: of('certificate'), authority: of('ca.crt') };
  return tlsWith({
    files,
    read: () => identity,
    install: () => Promise.reject(new Error('a simulated box keeps its certificate')),
  });
}
