/** deploy/broker/nats with certificates: who is let in, and who reaches what. One node; three are in `centre.test.ts`. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { freshFolder, until } from '../core/spool/keeping.ts';
import { findProgram, needs } from '../support/needs.ts';
import { answers, freePorts, startProgram } from '../support/process.ts';
import { sitePki } from '../support/site-pki.ts';
import { connectWith } from '../support/tls-client.ts';

const deployed = path.join(import.meta.dirname, '../../deploy/broker/nats');

/** A node with the deployed configuration: other paths and ports, alone, and so with one replica. */
async function startNode(
  t: ExecutionContext,
  server: string,
  lists: Record<'ledgers' | 'boxes' | 'consoles', string[]>,
) {
  const [client = 0, monitor = 0, mqtt = 0] = await freePorts(3);
  const files = (['ledgers', 'boxes', 'consoles'] as const).map((kind) => {
    const file = path.join(server, kind);
    writeFileSync(file, `${lists[kind].join('\n')}\n`);
    return file;
  });
  const layUsers = (): void => {
    const users = spawnSync('sh', [path.join(deployed, 'users.sh'), 'north', ...files], { encoding: 'utf8' });
    writeFileSync(path.join(server, 'users.conf'), users.stdout);
  };
  layUsers();
  const config = path.join(server, 'nats.conf');
  const text = readFileSync(path.join(deployed, 'nats.conf'), 'utf8')
    .replace('127.0.0.1:4222', `127.0.0.1:${client}`)
    .replace('127.0.0.1:8222', `127.0.0.1:${monitor}`)
    .replace('0.0.0.0:8883', `127.0.0.1:${mqtt}`)
    .replaceAll('/etc/nats/fieldpost', server)
    .replace('/var/lib/nats/fieldpost', path.join(server, 'store'))
    .replace(/cluster \{[\s\S]*?\n\}\n/, '')
    .replace(/(stream|consumer)_replicas: 3/g, '$1_replicas: 1');
  writeFileSync(config, text);
  const program = startProgram(findProgram('nats-server') ?? '', ['-c', config]);
  t.teardown(() => program.end('SIGKILL'));
  while (!(await answers(mqtt))) {
    if (program.child.exitCode !== null) throw new Error(program.output());
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  /** What is done for a lost box: its line goes, and `nats-server --signal reload`. */
  const leaveOut = (name: string): void => {
    writeFileSync(path.join(server, 'boxes'), `${lists.boxes.filter((one) => one !== name).join('\n')}\n`);
    layUsers();
    program.child.kill('SIGHUP');
  };
  return { url: `mqtts://localhost:${mqtt}`, leaveOut };
}

const title =
  'at NATS a box writes its own branch and hears nothing of another, a console only commands, and a foreign certificate is not let in';
test(title, async (t) => {
  if (!needs('nats-server', title)) {
    t.pass();
    return;
  }
  const folder = freshFolder(t);
  const site = await sitePki(path.join(folder, 'ca'));
  const other = await sitePki(path.join(folder, 'other-ca'));
  const { url, leaveOut } = await startNode(t, await site.server(path.join(folder, 'server')), {
    ledgers: ['ledger-1'],
    boxes: ['post-1', 'post-2'],
    consoles: ['console-1'],
  });
  const identity = (name: string) => site.device(path.join(folder, name), name);
  const all = ['alert', 'status'].map((kind) => `fieldpost/v1/+/+/${kind}`);
  const ledger = connectWith(t, url, {
    identity: await identity('ledger-1'),
    subscribe: [...all, 'fieldpost/v1/+/+/head/+'],
  });
  const one = connectWith(t, url, {
    identity: await identity('post-1'),
    subscribe: ['fieldpost/v1/north/post-1/receipt', 'fieldpost/v1/north/post-1/cmd'],
  });
  const two = connectWith(t, url, {
    identity: await identity('post-2'),
    subscribe: ['fieldpost/v1/north/post-2/receipt', 'fieldpost/v1/north/post-2/cmd'],
  });
  const commander = connectWith(t, url, { identity: await identity('console-1') });
  await until(() => [ledger, one, two, commander].every(({ broker }) => broker.connected));

  await one.broker.publish('fieldpost/v1/north/post-1/alert', 'own');
  await one.broker.publish('fieldpost/v1/north/post-1/head/spool-1', 'head', { retain: true });
  await one.broker.publish('fieldpost/v1/north/post-2/alert', 'of another').catch(() => {});
  await two.broker.publish('fieldpost/v1/north/post-2/alert', 'own too');
  await until(() => ledger.messages.length >= 3);
  t.deepEqual(ledger.messages.toSorted(), [
    'fieldpost/v1/north/post-1/alert own',
    'fieldpost/v1/north/post-1/head/spool-1 head',
    'fieldpost/v1/north/post-2/alert own too',
  ]);
  await ledger.broker.publish('fieldpost/v1/north/post-1/receipt', 'got it');
  await until(() => one.messages.length > 0);
  t.deepEqual([one.messages, two.messages], [['fieldpost/v1/north/post-1/receipt got it'], []]);

  // Refused one by one on the connection of what is allowed: what is allowed came after all of them.
  for (const topic of ['post-1/receipt', 'post-1/alert', 'post-2/twin/desired'])
    await commander.broker.publish(`fieldpost/v1/north/${topic}`, 'forged').catch(() => {});
  await two.broker.publish('fieldpost/v1/north/post-1/cmd', 'forged').catch(() => {});
  await commander.broker.publish('fieldpost/v1/north/post-1/cmd', 'propose');
  await until(() => one.messages.length > 1);
  t.deepEqual([one.messages.slice(1), two.messages], [['fieldpost/v1/north/post-1/cmd propose'], []]);

  const spy = connectWith(t, url, {
    identity: await identity('post-2'),
    subscribe: ['fieldpost/v1/north/post-1/alert'],
  });
  const listener = connectWith(t, url, { identity: await identity('post-2'), subscribe: ['$MQTT/sub/#'] });
  const stranger = connectWith(t, url, { identity: await other.device(path.join(folder, 'stranger'), 'post-1') });
  const unlisted = connectWith(t, url, { identity: await identity('post-9') });
  const refused = [spy, stranger, unlisted];
  await until(() => refused.every(({ reasons }) => reasons.length > 0));
  t.deepEqual(
    refused.map(({ broker }) => broker.connected),
    [false, false, false],
  );
  await one.broker.publish('fieldpost/v1/north/post-1/alert', 'secret');
  await until(() => ledger.messages.length >= 4);
  t.deepEqual([spy.messages, listener.messages], [[], []]);

  // A box that was lost: its live session is cut, and it does not come back; the others stay.
  await until(() => two.broker.connected);
  leaveOut('post-2');
  const before = two.reasons.length;
  await until(() => two.reasons.length > before + 2);
  t.deepEqual([two.broker.connected, one.broker.connected], [false, true]);
  await one.broker.publish('fieldpost/v1/north/post-1/alert', 'still here');
});
