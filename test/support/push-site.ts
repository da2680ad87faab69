/** A push service with a certificate of its own, and a store in which phones stand that subscribed there. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { ExecutionContext } from 'ava';
import { hashOf } from '../../daemons/core/access/secrets.ts';
import { openAccessAt } from '../../daemons/core/adapters/access.ts';
import { newVapidPem, vapidKeyIn } from '../../daemons/core/push/vapid.ts';
import type { PushPhone } from '../../daemons/core/values/push-phone.ts';
import { pushService } from './push-service.ts';
import { sitePki } from './site-pki.ts';

const home = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-push-'));
const pki = await sitePki(path.join(home, 'pki'));
const identity = await pki.server(path.join(home, 'server'));
const [cert, key] = ['server.crt', 'server.key'].map((name) => readFileSync(path.join(identity, name)));
/** Of whoever signed the certificate of the service. */
export const ca = readFileSync(path.join(identity, 'ca.crt'), 'utf8');
rmSync(home, { recursive: true });

export async function openPushSite(t: ExecutionContext) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-push-'));
  const service = await pushService({ cert: cert ?? Buffer.of(), key: key ?? Buffer.of() });
  t.teardown(async () => {
    await service.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const pem = newVapidPem();
  const vapid = vapidKeyIn(pem);
  if (!vapid) throw new Error('no key');
  const file = (name: string, text: string): string => {
    writeFileSync(path.join(folder, name), text, { mode: 0o600 });
    return path.join(folder, name);
  };
  const records = path.join(folder, 'central.db');
  const phone = (name: string, news: Partial<PushPhone> = {}): PushPhone => {
    const { endpoint, keys } = service.browser(name, vapid.publicKey);
    const times = { addedMs: Date.now(), untilMs: Date.now() + 3_600_000 };
    return { endpoint, ...keys, account: `pa-${name}`, unit: 'red-1', session: 'abc', ...times, ...news };
  };
  const withPhones = async <T>(work: (shelf: Awaited<ReturnType<typeof openAccessAt>>['accounts']) => Promise<T>) => {
    const store = await openAccessAt(records);
    return work(store.accounts).finally(() => store.close());
  };
  return {
    ...{ folder, file, records, service, vapid, phone, withPhones },
    /** Of dispatch.yaml. */
    section: {
      ...{ key: file('push.pem', pem), ca: file('push-ca.crt', ca) },
      ...{ contact: 'mailto:centre@example.org', hosts: [service.host] },
    },
    add: (...phones: readonly PushPhone[]) =>
      withPhones(async ({ phones: shelf }) => {
        for (const one of phones) await shelf.add(hashOf(one.endpoint), one.account, one);
      }),
    left: () => withPhones(async ({ phones: shelf }) => (await shelf.all()).map(({ account }) => account).sort()),
  };
}
export type PushSite = Awaited<ReturnType<typeof openPushSite>>;
