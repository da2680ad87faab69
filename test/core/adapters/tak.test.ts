import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import test from 'ava';
import { systemClock } from '../../../daemons/core/adapters/clock.system.ts';
import { connectTak, type TakOptions } from '../../../daemons/core/adapters/tak.tcp.ts';
import { cotErasures, cotEvents } from '../../../daemons/core/cot/event.ts';
import type { AlertRecord } from '../../../daemons/core/ports/records.ts';
import type { Alert } from '../../../daemons/core/values/alert.ts';
import { sampleAlert } from '../../support/alerts.ts';
import { sitePki } from '../../support/site-pki.ts';
import { takServer } from '../../support/tak-server.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-tak-'));
const pki = await sitePki(path.join(folder, 'pki'));
const identity = await pki.server(path.join(folder, 'server'));
const own = await pki.device(path.join(folder, 'own'), 'centre');
test.after.always(() => rmSync(folder, { recursive: true, force: true }));
const pem = (name: string): string => readFileSync(path.join(own, name), 'utf8');
const silent = { info: () => {}, warn: () => {}, error: () => {} };
const at = (port: number): TakOptions => ({
  ...{ host: '127.0.0.1', port, perS: 2000, refreshMs: 60_000 },
  tls: { ca: pem('ca.crt'), certificate: pem('device.crt'), key: pem('device.key') },
});
const recordOf = (id: string, news: Partial<Alert> = {}): AlertRecord => ({
  ...{ site: 'north', device: 'post-7', raisedMs: 0, changedMs: 0, acknowledged: null },
  alert: sampleAlert(id, news),
});
const saying = (record: AlertRecord) => (nowMs: number) => cotEvents(record, nowMs, { freshMs: 300_000 });

test('an alert is shown, changed and taken off at a server that asks for a certificate', async (t) => {
  const server = await takServer(identity);
  const tak = connectTak(at(server.port), 'test', systemClock(), silent);
  const spot = () => server.seen.get('fieldpost.north.a')?.raw.event;
  tak.show('a', saying(recordOf('a')));
  await server.until(() => spot() !== undefined);
  t.true(tak.state.connected);
  tak.show('a', saying(recordOf('a', { condition: 'cleared', rev: 2 })));
  await server.until(() => /cleared/.test(JSON.stringify(spot()?.detail)));
  tak.erase('a', (nowMs) => cotErasures(recordOf('a'), nowMs));
  await server.until(() => server.seen.has('fieldpost.north.a.erase'));
  t.is(server.seen.get('fieldpost.north.a.erase')?.raw.event._attributes.type, 't-x-d-d');
  await tak.close();
  await server.close();
});

test('a burst through connections that are cut is whole at the other side in the end', async (t) => {
  const server = await takServer(identity);
  const tak = connectTak(at(server.port), 'test', systemClock(), silent);
  const many = 200;
  for (let i = 0; i < many; i++) tak.show(`a${i}`, saying(recordOf(`a${i}`)));
  for (let cut = 1; cut <= 3; cut++) {
    await server.until(() => server.count >= 40 * cut);
    server.drop();
  }
  await server.until(() => server.seen.size === many);
  t.true(server.connections >= 4, `${server.connections} connections`);
  await tak.close();
  await server.close();
});

test('a server that is away, of another authority or that takes nothing is named, and no alert waits for it', async (t) => {
  const other = await sitePki(path.join(folder, 'other'), 'south');
  const stranger = await takServer(await other.server(path.join(folder, 'stranger')));
  const free = net.createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => free.once('listening', resolve));
  const { port } = free.address() as net.AddressInfo;
  await new Promise((resolve) => free.close(resolve));
  const reasons = new Map<number, string>();
  const heard = (which: number) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const warn = (_: string, fields?: object): void => {
      reasons.set(which, String((fields as { reason: string }).reason));
      resolve();
    };
    return { log: { ...silent, warn }, promise };
  };
  for (const which of [port, stranger.port]) {
    const { log, promise } = heard(which);
    const tak = connectTak(at(which), 'test', systemClock(), log);
    tak.show('a', saying(recordOf('a')));
    await promise;
    t.false(tak.state.connected);
    t.is(tak.state.waiting, 1);
    await tak.close();
  }
  t.regex(reasons.get(port) ?? '', /ECONNREFUSED/);
  t.regex(reasons.get(stranger.port) ?? '', /certificate/);
  t.is(stranger.count, 0);
  await stranger.close();
});
