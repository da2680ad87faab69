/** The page of a box as patrols reach it, without a network; clocks, codes and the disk are the test's. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { ExecutionContext } from 'ava';
import { openSpool } from '../../daemons/core/adapters/spool.sqlite.ts';
import type { Spool } from '../../daemons/core/ports/spool.ts';
import type { Alert } from '../../daemons/core/values/alert.ts';
import type { BoxEvent, Envelope } from '../../daemons/core/values/envelope.ts';
import type { PatrolWord } from '../../daemons/core/wire/patrol-word.ts';
import { doorkeeper, makePairing, type Pairing } from '../../daemons/service/pairing.ts';
import { openPatrolDesk } from '../../daemons/service/patrol/desk.ts';
import type { PatrolGuest } from '../../daemons/service/patrol/guest.ts';
import type { Direct } from '../../daemons/service/patrol/shown.ts';
import { buildLocalPage } from '../../daemons/service/server.ts';
import { type KeptSession, openSessions, type Sessions } from '../../daemons/service/sessions.ts';
import { freshFolder } from '../core/spool/keeping.ts';
import { sampleAlert, stampAt } from './alerts.ts';
import { sitePki } from './site-pki.ts';

const startMs = 1_790_000_000_000;
export const guest: PatrolGuest = { unit: 'Red 1', by: 'p-17' };
export const key = (n: number): string => `0b1c8f9e-5a5e-4a53-9f0e-${String(n).padStart(12, '0')}`;
const danger = (news: Partial<Alert> = {}): Alert =>
  sampleAlert('danger', { family: 'safety', kind: 'crew-a2-ammonia', ...news }, startMs);

/** One certificate for all: to make it is most of the work. */
const pki = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-'));
const identity = await (await sitePki(path.join(pki, 'ca'))).server(path.join(pki, 'page'));
const [tlsKey, cert] = ['server.key', 'server.crt'].map((name) => readFileSync(path.join(identity, name), 'utf8'));
const tls = { key: tlsKey ?? '', cert: cert ?? '' };
rmSync(pki, { recursive: true });

interface Room {
  readonly direct?: Exclude<Direct, 'off'>;
  readonly spool?: Pick<Spool, 'append' | 'recall'>;
  /** A spool on the disk; what is kept is in memory if absent. */
  readonly isReal?: boolean;
}

/** What is kept, without a disk. */
function memorySpool(): Pick<Spool, 'append' | 'recall'> & { readonly events: BoxEvent[] } {
  const events: BoxEvent[] = [];
  const state = new Map<string, unknown>();
  return {
    events,
    append: async (items, news = {}) => {
      for (const { stream, body } of items) if (stream === 'event') events.push(body);
      for (const [key, value] of Object.entries(news)) state.set(key, value);
      return { where: 'disk', committed: Promise.resolve(true) };
    },
    recall: async (key) => state.get(key),
  };
}

export async function room(t: ExecutionContext, { direct = 'safety', spool, isReal = false }: Room = {}) {
  const own = isReal ? await openSpool({ path: path.join(freshFolder(t), 'local-page.db'), device: 'post-7' }) : null;
  if (own) t.teardown(() => own.close());
  const memory = memorySpool();
  type Code = Pairing & { readonly guest: PatrolGuest };
  const time = { nowMs: startMs + 60_000, monoMs: 0, refuses: false, kept: [] as readonly KeptSession<Code>[] };
  const clock = { now: () => stampAt(time.nowMs), sleep: async () => {} };
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const parts = { clock, log, direct, box: null, simulated: true };
  const desk = await openPatrolDesk({ ...parts, spool: spool ?? own ?? memory });
  desk.note(danger());
  desk.note(sampleAlert('evidence', {}, startMs));
  await desk.keep();
  const codes: { patrol: Code | null; technician: Pairing | null } = { patrol: null, technician: null };
  const sessionsAt = (): Sessions<Code> =>
    openSessions({
      lastsMs: () => time.monoMs,
      file: {
        systemMs: () => time.nowMs,
        read: () => time.kept,
        write: (all) => {
          if (time.refuses) return false;
          time.kept = all;
          return true;
        },
      },
    });
  let sessions = sessionsAt();
  const door = doorkeeper<Code>({
    nowMs: () => time.nowMs,
    sessions: { add: (...one) => sessions.add(...one), of: (token) => sessions.of(token) },
    read: () => codes.patrol,
    forget: () => {
      codes.patrol = null;
    },
  });
  const technician = doorkeeper({
    nowMs: () => time.nowMs,
    sessions: openSessions<Pairing>({ lastsMs: () => time.monoMs }),
    read: () => codes.technician,
    forget: () => {
      codes.technician = null;
    },
  });
  const page = new Map([['/patrol/', { body: 'page', type: 'text/html' }]]);
  const app = buildLocalPage({
    ...{ page, log, door: technician, patrol: { door, desk, device: 'post-7', direct, clock } },
    tls,
    phone: () => {
      throw new Error('nobody asks for it');
    },
    camera: () => Promise.reject(new Error('nobody asks for it')),
  });
  t.teardown(() => app.close());
  const origin = 'https://box';
  const call = async (method: 'GET' | 'POST', url: string, body?: unknown, cookie?: string) => {
    const headers = {
      host: 'box',
      origin,
      ...(cookie ? { cookie } : {}),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    };
    const payload = typeof body === 'string' ? body : body === undefined ? undefined : JSON.stringify(body);
    return app.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) });
  };
  const codeFor = (who: PatrolGuest): string => {
    const { code, kept } = makePairing(time.nowMs);
    codes.patrol = { ...kept, guest: who };
    return code;
  };
  const enter = async (who = guest): Promise<string> => {
    const got = await call('POST', '/patrol/pair', { code: codeFor(who) });
    return String(got.headers['set-cookie']).split(';')[0] ?? '';
  };
  const words = async (): Promise<PatrolWord[]> => {
    const kept = (await own?.peek('event', 0, 100))?.map(({ text }) => (JSON.parse(text) as Envelope<'event'>).body);
    return (kept ?? memory.events).flatMap(({ type, detail }) =>
      type === 'patrol-word' ? [detail as unknown as PatrolWord] : [],
    );
  };
  const startAnew = (): void => {
    sessions = sessionsAt();
  };
  return { call, enter, codeFor, codes, time, words, desk, own, parts, startAnew };
}
