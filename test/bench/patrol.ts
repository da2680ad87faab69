/** How alerts reach those who act: a burst of events to a TAK server that drops its connections. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { systemClock } from '../../daemons/core/adapters/clock.system.ts';
import { connectTak } from '../../daemons/core/adapters/tak.tcp.ts';
import { cotEvents } from '../../daemons/core/cot/event.ts';
import { sampleAlert } from '../support/alerts.ts';
import { sitePki } from '../support/site-pki.ts';
import { takServer } from '../support/tak-server.ts';
import type { Figure } from './figure.ts';

const [many, cuts] = [1000, 5];
const giveUpMs = 120_000;
const silent = { info: () => {}, warn: () => {}, error: () => {} };

export async function patrolBurst(): Promise<Figure> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-patrol-'));
  try {
    const pki = await sitePki(path.join(folder, 'pki'));
    const server = await takServer(await pki.server(path.join(folder, 'server')));
    const own = await pki.device(path.join(folder, 'own'), 'centre');
    const pem = (name: string): string => readFileSync(path.join(own, name), 'utf8');
    const identity = { ca: pem('ca.crt'), certificate: pem('device.crt'), key: pem('device.key') };
    const options = { host: '127.0.0.1', port: server.port, perS: 500, refreshMs: 150_000, tls: identity };
    const tak = connectTak(options, 'bench', systemClock(), silent);
    for (let i = 0; i < many; i++) {
      const alert = sampleAlert(`a${i}`);
      const record = { site: 'bench', device: 'post-1', alert, raisedMs: 0, changedMs: 0, acknowledged: null };
      tak.show(alert.id, (nowMs) => cotEvents(record, nowMs, { freshMs: 300_000 }));
    }
    const came = async (): Promise<void> => {
      for (let cut = 1; cut <= cuts; cut++) {
        const from = server.count;
        await server.until(() => server.count >= from + 100);
        server.drop();
      }
      await server.until(() => server.seen.size >= many);
    };
    const late = new Promise<void>((resolve) => setTimeout(resolve, giveUpMs).unref());
    await Promise.race([came(), late]);
    const value = server.seen.size;
    const note = `alerts told at once, ${cuts} connections cut, ${server.connections} made, ${server.count} events taken; TLS with certificates; read by node-CoT`;
    await tak.close();
    await server.close();
    return {
      id: 'patrol.burst',
      value,
      unit: 'events',
      baseline: many,
      ratio: value / many,
      reach: '1000',
      ok: value === many,
      note,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
