/**
 * 400 days without a network, certificate expired on the way: the box keeps everything, says why it is refused, renews by
 * itself and delivers. Real processes, a real Mosquitto with TLS; time is moved by the dates of certificates and envelopes.
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { DatabaseSync } from 'node:sqlite';
import test, { type ExecutionContext } from 'ava';
import { identityIn } from '../../daemons/core/adapters/identity.files.ts';
import { openSpool } from '../../daemons/core/adapters/spool.sqlite.ts';
import type { Item } from '../../daemons/core/ports/spool.ts';
import type { Stamp } from '../../daemons/core/values/stamp.ts';
import { freshFolder, until } from '../core/spool/keeping.ts';
import { sampleAlert } from '../support/alerts.ts';
import { layAwayBox } from '../support/away-box.ts';
import { startMosquitto } from '../support/mosquitto-tls.ts';
import { needs } from '../support/needs.ts';
import { freePorts, type Program, startProgram } from '../support/process.ts';
import { dayMs, type SitePki, sitePki } from '../support/site-pki.ts';

const main = path.join(import.meta.dirname, '../../daemons/main.ts');
const mosquitto = needs('mosquitto', '400 days offline with a real Mosquitto') ? test : test.skip;
const offlineDays = 400;
/** Of each stream, a day; `npm run soak` keeps more. */
const perDay = process.env.FIELDPOST_SOAK ? 24 : 1;

const stampOf = (wallMs: number): Stamp => ({
  wallMs,
  monoNs: (wallMs % 1e9) * 1e6,
  boot: '6b0f2c1e-0000-4000-8000-000000000001',
  synced: false,
  uncertaintyMs: null,
});

/** What a day leaves in the spool. */
function dayOf(day: number): Item[] {
  return Array.from({ length: perDay }, (_, i): Item[] => {
    const at = stampOf(Date.now() - (offlineDays - day) * dayMs + (i * dayMs) / perDay);
    const mark = `${day}-${i}`;
    return [
      { stream: 'alert', at, body: sampleAlert(`alert-${mark}`, {}, at.wallMs) },
      { stream: 'event', at, body: { type: 'test', severity: 'info', at, message: mark, detail: {} } },
      { stream: 'tele', at, body: { encoding: 'columns+deflate-raw+base64', from: at, to: at, values: 1, data: mark } },
    ];
  }).flat();
}

interface Rig {
  readonly site: SitePki;
  readonly state: string;
  readonly config: string;
  readonly records: string;
  readonly ports: { readonly broker: number; readonly enrol: number };
  run(verb: string, ...args: string[]): Program;
}

async function lay(t: ExecutionContext): Promise<Rig & { folder: string }> {
  const folder = freshFolder(t);
  const [broker = 0, enrol = 0] = await freePorts(2);
  const config = path.join(folder, 'config');
  layAwayBox(config, broker, enrol);
  return {
    folder,
    site: await sitePki(path.join(folder, 'ca')),
    state: path.join(folder, 'box'),
    config,
    records: path.join(folder, 'ledger.db'),
    ports: { broker, enrol },
    run: (verb, ...args) => {
      const program = startProgram(process.execPath, [main, verb, ...args]);
      t.teardown(() => program.end('SIGKILL'));
      return program;
    },
  };
}

/** Counts of what the centre has of the spool that was filled here. */
function committed(
  records: string,
  spool: string,
): Readonly<Record<string, { n: number; distinct: number; top: number }>> {
  const db = new DatabaseSync(records, { readOnly: true });
  try {
    const rows = db
      .prepare(
        'SELECT stream, count(*) n, count(DISTINCT seq) d, max(seq) top FROM envelope WHERE spool = ? GROUP BY stream',
      )
      .all(spool) as { stream: string; n: number; d: number; top: number }[];
    return Object.fromEntries(rows.map(({ stream, n, d, top }) => [stream, { n, distinct: d, top }]));
  } finally {
    db.close();
  }
}

function ask<T>(records: string, sql: string): T[] {
  const db = new DatabaseSync(records, { readOnly: true });
  try {
    return db.prepare(sql).all() as T[];
  } finally {
    db.close();
  }
}

mosquitto(
  '400 days offline with an expired certificate: refused with the reason, renewed, nothing lost or doubled',
  async (t) => {
    t.timeout(process.env.FIELDPOST_SOAK ? 1_200_000 : 120_000);
    const rig = await lay(t);
    const { site, state, folder, records } = rig;
    const identity = path.join(state, 'identity');
    // Issued the day before the box left, for 90 days: it lapsed 311 days ago.
    await site.device(identity, 'post-1', [-offlineDays - 1, -offlineDays + 89]);
    const before = readFileSync(path.join(identity, 'device.crt'), 'utf8');

    const spool = await openSpool({
      path: path.join(state, 'spool', 'gas.db'),
      device: 'post-1',
      telemetryHoldMs: 0,
      signing: { keyFile: path.join(identity, 'device.key'), everyMs: 3_600_000 },
    });
    t.teardown(() => spool.close());
    for (let day = 0; day < offlineDays; day++) await spool.append(dayOf(day));
    const kept = await spool.depth();
    t.is(kept.alert, offlineDays * perDay);

    const broker = await startMosquitto(site, await site.server(path.join(folder, 'broker')), {
      port: rig.ports.broker,
    });
    t.teardown(broker.stop);
    const ledgerIdentity = await site.device(path.join(folder, 'ledger'), 'ledger');
    rig.run('ledger', '--broker', broker.url, '--records', records, '--identity', ledgerIdentity);
    const uplink = rig.run('uplink', '--config', rig.config, '--device', 'post-1', '--state', state);

    // The road is back, but nobody renews yet: the box is refused, says why, and goes on keeping.
    await until(() => uplink.output().includes('expired on'));
    await until(() => uplink.output().includes('could not be renewed'));
    await spool.append(dayOf(offlineDays));
    t.regex(
      uplink.output(),
      /the broker mqtts:\/\/localhost:\d+ refused us: our certificate .*device\.crt \(CN post-1, serial \w+\) expired on \d{4}-\d\d-\d\d/,
    );
    t.deepEqual(ask(records, 'SELECT device FROM device'), []);

    const server = await site.server(path.join(folder, 'enrol'));
    const enrol = rig.run(
      'enrol',
      '--authority',
      site.folder,
      '--identity',
      server,
      '--host',
      '127.0.0.1',
      '--port',
      String(rig.ports.enrol),
    );
    await until(() => enrol.output().includes('certificate renewed'));
    const wanted = (offlineDays + 1) * perDay;
    await until(() => {
      const { alert, event, tele } = committed(records, spool.id);
      return (alert?.n ?? 0) >= wanted && (event?.n ?? 0) >= wanted && (tele?.n ?? 0) >= wanted;
    });

    // Everything once: every number from the first to the last, and every alert with one effect.
    for (const [stream, { n, distinct, top }] of Object.entries(committed(records, spool.id)))
      t.deepEqual([stream, n, distinct], [stream, top, top]);
    t.is(committed(records, spool.id).alert?.n, wanted);
    t.deepEqual(ask(records, 'SELECT count(*) n, sum(effects) effects FROM revision'), [
      { n: wanted, effects: wanted },
    ]);
    t.deepEqual(ask(records, 'SELECT count(*) n FROM conflict'), [{ n: 0 }]);
    t.deepEqual(ask(records, 'SELECT count(*) n FROM gone'), [{ n: 0 }]);
    t.deepEqual(ask(records, 'SELECT count(*) n FROM quarantine'), [{ n: 0 }]);
    await until(async () => Object.values(await spool.depth()).every((n) => n === 0));

    // The box's own story reached the centre too.
    const told = (): string =>
      ask<{ text: string }>(records, "SELECT text FROM envelope WHERE stream = 'event'")
        .map(({ text }) => text)
        .join('\n');
    for (const type of ['connection-refused', 'renewal-failed', 'certificate-renewed', 'connection-accepted'])
      await until(() => told().includes(`"type":"${type}"`));
    const { facts } = identityIn(identity).read();
    t.true(facts.untilMs > Date.now() + 390 * dayMs);
    t.is(readFileSync(path.join(identity, 'device.crt.last-good'), 'utf8'), before);
    t.false(existsSync(path.join(identity, 'device.crt.next')));
    t.notRegex(uplink.output() + enrol.output(), /PRIVATE/);
  },
);
