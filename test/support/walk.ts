/** What the walk of a new user looks at: the console's page, the centre's store, the twin of a box, and a stranger at the broker. */
import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { ExecutionContext } from 'ava';
import { openSqliteArchive } from '../../daemons/core/adapters/archive.sqlite.ts';
import { decodeTelemetry } from '../../daemons/core/telemetry/decode.ts';
import type { Reported } from '../../daemons/core/twin/reported.ts';
import type { BoxEvent, TelemetryBody } from '../../daemons/core/values/envelope.ts';
import type { Reading } from '../../daemons/core/values/reading.ts';
import { parseEnvelope } from '../../daemons/core/wire/envelope.ts';
import { readTwin, type TwinPlace } from '../../daemons/tools/fleet/twin.ts';
import type { Carton } from './carton.ts';
import { fieldpost } from './fieldpost.ts';
import { freePorts } from './process.ts';

export interface Centre {
  readonly records: string;
  /** What the page shows of a box; undefined before it was heard. */
  shown(device: string): Promise<{ readonly status: string; readonly simulated: boolean } | undefined>;
  /** The first readings of a box that the centre holds. */
  readings(device: string): readonly Reading[];
  events(device: string, type: string): Promise<readonly BoxEvent[]>;
}

/** Ledger and console as processes, each with what it may have. */
export async function startCentre({ at, pki, broker, start, until }: Carton): Promise<Centre> {
  const records = at('records.db');
  const [port = 0] = await freePorts(1);
  const identity = await pki.device(at('ledger'), 'ledger');
  const ledger = start('ledger', '--broker', broker().url, '--identity', identity, '--records', records);
  await until('the store was made', () => existsSync(records), ledger);
  const page = start('console', '--records', records, '--port', `${port}`, '--open');
  const state = async (): Promise<{ devices: { device: string; status: string; simulated: boolean }[] }> => {
    try {
      return (await (await fetch(`http://127.0.0.1:${port}/api/state`)).json()) as Awaited<ReturnType<typeof state>>;
    } catch {
      // It is starting.
      return { devices: [] };
    }
  };
  await until(
    'the page was there',
    async () => (await fetch(`http://127.0.0.1:${port}/health`).catch(() => null)) !== null,
    page,
  );
  return {
    records,
    shown: async (device) => (await state()).devices.find((one) => one.device === device),
    readings: (device) => {
      const db = new DatabaseSync(records, { readOnly: true, timeout: 10_000 });
      try {
        const row = db.prepare("SELECT text FROM envelope WHERE device = ? AND stream = 'tele' LIMIT 1").get(device);
        return row ? decodeTelemetry(parseEnvelope(String(row.text)).body as TelemetryBody).readings : [];
      } finally {
        db.close();
      }
    },
    events: async (device, type) => {
      const archive = openSqliteArchive(records);
      try {
        return (await archive.events(device, type, 100)).map(({ text }) => parseEnvelope(text).body as BoxEvent);
      } finally {
        await archive.close();
      }
    },
  };
}

/** An operator with the twin of one box, by the verbs of the guide. */
export function operatorOf(t: ExecutionContext, place: TwinPlace, key: string, write: (said: object) => string) {
  const where = [
    ...['--site', place.site, '--device', place.device, '--broker', place.broker[0] ?? ''],
    ...['--identity', place.identity ?? ''],
  ];
  return {
    /** `fieldpost twin set` of a file with that in it. */
    set: async (said: object): Promise<void> => {
      const ran = await fieldpost(['twin', 'set', write({ by: 'op-17', ...said }), '--key', key, ...where]);
      t.is(ran.code, 0, ran.err);
    },
    until: async (holds: (reported: Reported) => boolean): Promise<Reported> => {
      for (;;) {
        const { reported } = await readTwin(place);
        if (reported && holds(reported)) return reported;
        await new Promise((resolve) => setTimeout(resolve, 300));
      }
    },
  };
}
