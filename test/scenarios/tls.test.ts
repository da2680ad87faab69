import { rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { identityIn } from '../../daemons/core/adapters/identity.files.ts';
import { makeKey } from '../../daemons/core/pki/issue.ts';
import type { Refusal } from '../../daemons/core/pki/refusal.ts';
import { freshFolder, until } from '../core/spool/keeping.ts';
import { startMosquitto } from '../support/mosquitto-tls.ts';
import { needs } from '../support/needs.ts';
import { dayMs, type SitePki, sitePki } from '../support/site-pki.ts';
import { connectWith } from '../support/tls-client.ts';

const mosquitto = needs('mosquitto', 'TLS with a real Mosquitto') ? test : test.skip;

interface Laid {
  readonly folder: string;
  readonly site: SitePki;
  readonly box: string;
  readonly broker: string;
}

async function lay(t: ExecutionContext): Promise<Laid> {
  const folder = freshFolder(t);
  const site = await sitePki(path.join(folder, 'ca'));
  return { folder, site, box: path.join(folder, 'box'), broker: path.join(folder, 'broker') };
}

/** Expects a refusal and gives its reason. */
async function refused(t: ExecutionContext, one: ReturnType<typeof connectWith>): Promise<Refusal> {
  await until(() => one.refusals.length > 0);
  t.false(one.broker.connected);
  await until(() => one.reasons.length > 0);
  const [refusal] = one.refusals;
  if (!refusal) throw new Error('none');
  t.is(one.reasons[0], refusal.reason);
  return refusal;
}

mosquitto('a box and a ledger with certificates of the site talk through the broker', async (t) => {
  const { site, box, broker, folder } = await lay(t);
  const server = await startMosquitto(site, await site.server(broker));
  t.teardown(server.stop);
  const ledger = connectWith(t, server.url, {
    identity: await site.device(path.join(folder, 'ledger'), 'ledger'),
    subscribe: ['fieldpost/v1/+/+/alert'],
  });
  const post = connectWith(t, server.url, {
    identity: await site.device(box, 'post-1'),
    subscribe: ['fieldpost/v1/north/post-1/receipt'],
  });
  await until(() => ledger.broker.connected && post.broker.connected);
  await post.broker.publish('fieldpost/v1/north/post-1/alert', 'one');
  await until(() => ledger.messages.length > 0);
  await ledger.broker.publish('fieldpost/v1/north/post-1/receipt', 'got one');
  await until(() => post.messages.length > 0);
  t.deepEqual(ledger.messages, ['fieldpost/v1/north/post-1/alert one']);
  t.deepEqual(post.messages, ['fieldpost/v1/north/post-1/receipt got one']);
});

mosquitto('a box writes only its own branch and hears nothing of another', async (t) => {
  const { site, box, broker, folder } = await lay(t);
  const server = await startMosquitto(site, await site.server(broker));
  t.teardown(server.stop);
  const ledger = connectWith(t, server.url, {
    identity: await site.device(path.join(folder, 'ledger'), 'ledger'),
    subscribe: ['fieldpost/v1/#'],
  });
  const victim = connectWith(t, server.url, {
    identity: await site.device(path.join(folder, 'victim'), 'post-2'),
    subscribe: ['fieldpost/v1/north/post-2/receipt', 'fieldpost/v1/north/post-2/cmd'],
  });
  const post = connectWith(t, server.url, {
    identity: await site.device(box, 'post-1'),
    subscribe: ['#', 'fieldpost/v1/+/+/receipt', 'fieldpost/v1/north/post-2/alert'],
  });
  await until(() => ledger.broker.connected && victim.broker.connected && post.broker.connected);
  // Denied one after another on the same connection as what is allowed: what came last came after all of them.
  for (const topic of ['post-2/alert', 'post-2/receipt', 'post-2/cmd', 'post-1/receipt', 'post-1/cmd', 'post-2/status'])
    await post.broker.publish(`fieldpost/v1/north/${topic}`, 'forged');
  await post.broker.publish('fieldpost/v1/north/post-1/alert', 'own');
  await until(() => ledger.messages.length > 0);
  await victim.broker.publish('fieldpost/v1/north/post-2/alert', 'of the other');
  await ledger.broker.publish('fieldpost/v1/north/post-2/receipt', 'for the other');
  await ledger.broker.publish('fieldpost/v1/north/post-1/receipt', 'for us');
  await until(() => post.messages.length > 0 && victim.messages.length > 0 && ledger.messages.length >= 4);
  t.deepEqual(victim.messages, ['fieldpost/v1/north/post-2/receipt for the other']);
  t.deepEqual([...new Set(post.messages)], ['fieldpost/v1/north/post-1/receipt for us']);
  t.false(ledger.messages.some((one) => one.includes('forged')));
});

mosquitto('a console commands a box, and says nothing in the name of a box or of the ledger', async (t) => {
  const { site, box, broker, folder } = await lay(t);
  const server = await startMosquitto(site, await site.server(broker));
  t.teardown(server.stop);
  const dock = connectWith(t, server.url, {
    identity: await site.device(box, 'dock-1'),
    subscribe: ['fieldpost/v1/north/dock-1/cmd', 'fieldpost/v1/north/dock-1/receipt'],
  });
  const other = connectWith(t, server.url, {
    identity: await site.device(path.join(folder, 'other'), 'dock-2'),
    subscribe: ['fieldpost/v1/north/dock-2/cmd', 'fieldpost/v1/north/dock-1/cmd'],
  });
  const console = connectWith(t, server.url, {
    identity: await site.device(path.join(folder, 'console'), 'console'),
    subscribe: ['fieldpost/v1/+/+/alert'],
  });
  await until(() => [dock, other, console].every((one) => one.broker.connected));
  for (const topic of ['dock-1/receipt', 'dock-1/alert'])
    await console.broker.publish(`fieldpost/v1/north/${topic}`, 'forged');
  await other.broker.publish('fieldpost/v1/north/dock-1/cmd', 'forged');
  await console.broker.publish('fieldpost/v1/north/dock-1/cmd', 'propose');
  await console.broker.publish('fieldpost/v1/north/dock-2/cmd', 'for the other');
  await until(() => dock.messages.length > 0 && other.messages.length > 0);
  t.deepEqual(
    [dock.messages, [...new Set(other.messages)], console.messages],
    [['fieldpost/v1/north/dock-1/cmd propose'], ['fieldpost/v1/north/dock-2/cmd for the other'], []],
  );
});

mosquitto('an expired certificate is refused by the broker, and the reason names file, date and remedy', async (t) => {
  const { site, box, broker } = await lay(t);
  const server = await startMosquitto(site, await site.server(broker));
  t.teardown(server.stop);
  const one = connectWith(t, server.url, { identity: await site.device(box, 'post-1', [-100, -2]) });
  const { kind, reason } = await refused(t, one);
  t.is(kind, 'own-expired');
  t.true(reason.includes(path.join(box, 'device.crt')));
  t.true(reason.includes(`expired on ${new Date(Date.now() - 2 * dayMs).toISOString().slice(0, 10)}`));
  t.regex(reason, /CN post-1.*box's clock says.*renewed by itself.*fieldpost pki request/);
});

mosquitto(
  'a certificate that begins tomorrow, a foreign one and one on the deny list are each told apart',
  async (t) => {
    const { site, broker, folder } = await lay(t);
    const other = await sitePki(path.join(folder, 'other-ca'), 'south');
    const early = await site.device(path.join(folder, 'early'), 'post-1', [1, 100]);
    const foreign = await other.device(path.join(folder, 'foreign'), 'post-2');
    writeFileSync(path.join(foreign, 'ca.crt'), site.authority);
    const stolen = await site.device(path.join(folder, 'stolen'), 'post-3');
    const server = await startMosquitto(site, await site.server(broker), {
      denied: [identityIn(stolen).read().facts.serial],
    });
    t.teardown(server.stop);
    const one = await refused(t, connectWith(t, server.url, { identity: early }));
    t.is(one.kind, 'own-early');
    t.regex(one.reason, /begins on .*Set the clock that is wrong/);
    const two = await refused(t, connectWith(t, server.url, { identity: foreign }));
    t.is(two.kind, 'own-foreign');
    t.regex(two.reason, /does not know the authority "Fieldpost authority of south"/);
    const three = await refused(t, connectWith(t, server.url, { identity: stolen }));
    t.is(three.kind, 'own-revoked');
    t.regex(three.reason, /deny list/);
  },
);

mosquitto('without a certificate nobody is let in', async (t) => {
  const { site, broker } = await lay(t);
  const server = await startMosquitto(site, await site.server(broker));
  t.teardown(server.stop);
  const tls = await import('node:tls');
  const socket = tls.connect({ host: 'localhost', port: server.port, ca: site.authority });
  const code = await new Promise<string | undefined>((resolve) => {
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code));
    socket.on('data', () => resolve('served'));
  });
  t.regex(code ?? '', /CERTIFICATE_REQUIRED|HANDSHAKE_FAILURE/);
});

mosquitto(
  'a broker whose certificate is expired, early, foreign or for another name gets nothing from us',
  async (t) => {
    const { site, box, folder } = await lay(t);
    const other = await sitePki(path.join(folder, 'other-ca'), 'south');
    await site.device(box, 'post-1');
    const cases = [
      [
        'peer-expired',
        site,
        ['localhost'],
        [-100, -2],
        /certificate of the broker .*expired on .*renew it at the centre/,
      ],
      ['peer-early', site, ['localhost'], [2, 100], /begins on .*which is not yet.*probably behind/],
      [
        'peer-foreign',
        other,
        ['localhost'],
        [-1, 100],
        /issued by "Fieldpost authority of south".*does not come from the authority in .*ca\.crt/,
      ],
      [
        'peer-name',
        site,
        ['hub.example'],
        [-1, 100],
        /is not for "localhost" but for hub\.example.*pki server --host localhost/,
      ],
    ] as const;
    for (const [kind, by, hosts, days, words] of cases) {
      const server = await startMosquitto(site, await by.server(path.join(folder, kind), hosts, days));
      const refusal = await refused(t, connectWith(t, server.url, { identity: box }));
      t.is(refusal.kind, kind);
      t.regex(refusal.reason, words);
      await server.stop();
    }
  },
);

test('a port that speaks no TLS, and one where nobody listens, are told apart', async (t) => {
  const { site, box } = await lay(t);
  await site.device(box, 'post-1');
  const server = net.createServer((socket) => {
    socket.on('error', () => {});
    socket.resume();
    socket.write('HTTP/1.1 400 Bad Request\r\n\r\n');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  const { port } = server.address() as net.AddressInfo;
  const plain = await refused(t, connectWith(t, `mqtts://127.0.0.1:${port}`, { identity: box }));
  t.is(plain.kind, 'peer-plain', plain.reason);
  await new Promise((resolve) => server.close(resolve));
  const nobody = await refused(t, connectWith(t, `mqtts://127.0.0.1:${port}`, { identity: box }));
  t.is(nobody.kind, 'unreachable');
  t.regex(nobody.reason, /ECONNREFUSED/);
});

mosquitto(
  'files that are missing or do not belong together are named, and it connects once they are right',
  async (t) => {
    const { site, box, broker } = await lay(t);
    const server = await startMosquitto(site, await site.server(broker));
    t.teardown(server.stop);
    await site.device(box, 'post-1');
    rmSync(path.join(box, 'ca.crt'));
    writeFileSync(path.join(box, 'device.key'), makeKey());
    const one = connectWith(t, server.url, { identity: box });
    const missing = await refused(t, one);
    t.is(missing.kind, 'own-missing');
    t.true(missing.reason.includes(`${path.join(box, 'ca.crt')}: cannot be read (ENOENT)`));
    writeFileSync(path.join(box, 'ca.crt'), site.authority);
    await until(() => one.reasons.some((reason) => /does not belong to the key in .*device\.key/.test(reason)));
    await site.device(box, 'post-1');
    await until(() => one.broker.connected);
    t.pass();
  },
);
