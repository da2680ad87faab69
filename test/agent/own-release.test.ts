/** A release whose agent does not come up, started as systemd starts it: `agent boot` of the package, then `deploy/systemd/start agent`. */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { bootAgent } from '../../daemons/agent/daemon.ts';
import { begun, passed } from '../../daemons/agent/journal.ts';
import { openStore } from '../../daemons/agent/store.ts';
import { openDisk } from '../../daemons/core/adapters/disk.node.ts';
import { freshFolder } from '../core/spool/keeping.ts';

const deployed = path.join(import.meta.dirname, '../../deploy/systemd');
const mostStarts = 3;
const trial = {
  ...{ desired: 2, hash: 'h', demands: [], steadyS: 60, withinS: 300 },
};

/** A box whose package and releases are scripts that say who they are, or end as the release of a bad agent does. */
async function lay(t: ExecutionContext) {
  const folder = freshFolder(t);
  const agent = path.join(folder, 'agent');
  const program = (file: string, text: string): void => {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, `#!/bin/sh\n${text}\n`);
    chmodSync(file, 0o755);
  };
  const laid = path.join(folder, 'fieldpost');
  program(laid, 'echo package "$@"');
  mkdirSync(agent);
  const store = await openStore(openDisk(), agent, () => {});
  const release = async (name: string, version: string, text: string): Promise<string> => {
    program(path.join(agent, 'releases', version, 'fieldpost'), text);
    await store.make({ name, files: { 'config/x': '' }, links: { release: `../../releases/${version}` } });
    return name;
  };
  const start = path.join(folder, 'start');
  const text = readFileSync(path.join(deployed, 'start'), 'utf8');
  writeFileSync(start, text.replace('/var/lib/fieldpost-agent', agent).replaceAll('/usr/bin/fieldpost', laid));
  /** One start of the unit: what guards it first, as in agent.conf. */
  const startUnit = async (): Promise<string> => {
    await bootAgent(agent, mostStarts, false);
    const env = { ...process.env, DEVICE: 'post-1', CREDENTIALS_DIRECTORY: folder };
    const { status, stdout } = spawnSync('sh', [start, 'agent'], { encoding: 'utf8', env });
    return status === 0 ? stdout.trim() : `ended with ${status}`;
  };
  return { agent, store, release, startUnit };
}

test('a release whose agent ends at once is given up after its starts, and the one before it runs again', async (t) => {
  const { agent, store, release, startUnit } = await lay(t);
  const good = await release('d1-a', '1.0.0', 'echo 1.0.0 "$@"');
  const bad = await release('d2-b', '1.1.0', 'exit 1');
  await store.put(passed(begun(store.journal(), { ...trial, desired: 1, generation: good })));
  await store.put(begun(store.journal(), { ...trial, generation: bad }));
  const said: string[] = [];
  for (let i = 0; i <= mostStarts; i++) said.push(await startUnit());
  t.deepEqual(said.slice(0, mostStarts), Array(mostStarts).fill('ended with 1'));
  t.regex(said.at(-1) ?? '', /^1\.0\.0 agent .*--folder .*agent --identity .* --package .*fieldpost/);
  const journal = (await openStore(openDisk(), agent, () => {})).journal();
  t.like(journal, { good, trial: null, last: { desired: 2, outcome: 'reverted' } });
  t.regex(
    journal.last?.reasons.join() ?? '',
    /started 4 times without becoming well; the generation before it is back/,
  );
  // It stays so.
  t.regex(await startUnit(), /^1\.0\.0 agent/);
});

test('where there was no release before, or its folder is gone, the agent of the package runs', async (t) => {
  const { agent, store, release, startUnit } = await lay(t);
  const bad = await release('d1-a', '1.1.0', 'exit 1');
  await store.put(begun(store.journal(), { ...trial, desired: 1, generation: bad }));
  for (let i = 0; i < mostStarts; i++) t.is(await startUnit(), 'ended with 1');
  t.regex(await startUnit(), /^package agent/);
  t.false(existsSync(path.join(agent, 'current')));
  const later = await openStore(openDisk(), agent, () => {});
  await later.put(begun(later.journal(), { ...trial, desired: 2, generation: 'd9-gone' }));
  t.regex(await startUnit(), /^package agent/);
});

test('what guards the agent is a program that no release replaces, and systemd never stops trying', (t) => {
  const drop = readFileSync(path.join(deployed, 'agent.conf'), 'utf8');
  const unit = readFileSync(path.join(deployed, 'fieldpost@.service'), 'utf8');
  t.regex(drop, /^ExecStartPre=\/usr\/bin\/fieldpost agent boot --restart --folder \/var\/lib\/fieldpost-agent$/m);
  t.regex(unit, /^Restart=always$/m);
  t.regex(unit, /^StartLimitIntervalSec=0$/m);
});
