import path from 'node:path';
import process from 'node:process';
import test, { type ExecutionContext } from 'ava';
import { openArchiveAt } from '../../daemons/core/adapters/centre.ts';
import { openFleetStore } from '../../daemons/core/adapters/rollouts.sqlite.ts';
import { begunAt } from '../../daemons/core/rollout/plan.ts';
import { until } from '../core/spool/keeping.ts';
import { type AgentBox, agentBox } from '../support/agent-box.ts';
import { fieldpost, startFieldpost } from '../support/fieldpost.ts';
import { needs } from '../support/needs.ts';
import { startProgram } from '../support/process.ts';

const mosquitto = needs('mosquitto', 'the twin of a box at a real Mosquitto') ? test : test.skip;

const slower = (profile: Record<string, unknown>): Record<string, unknown> => ({
  ...profile,
  gas: { ...(profile.gas as object), samplePeriodMs: 500 },
});

/** In an address where none should be; it comes into what the uplink says as it ends. */
const password = 'hunter2-zeppelin';

/** Resolves when the ledger has laid its tables. */
async function laid(records: string): Promise<void> {
  for (;;) {
    const archive = await openArchiveAt(records).catch(() => null);
    if (archive) return archive.close();
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: whatever the route answers.
  readonly body: any;
}

/** A console as an operator starts it, with the folder of the fleet and its key. */
async function startConsole(t: ExecutionContext, box: AgentBox, records: string) {
  const words = ['console', '--records', records, '--open', '--port', '0', '--radio', 'Channel 4'];
  const fleet = ['--fleet', box.centre, '--fleet-key', path.join(box.centre, 'keys/operator.key')];
  const program = startProgram(process.execPath, [
    ...[path.join(import.meta.dirname, '../../daemons/main.ts'), ...words, ...fleet],
    ...['--broker', box.url, '--identity', box.consoles],
  ]);
  t.teardown(() => program.end('SIGKILL'));
  const listening = () => /"url":"(http:[^"]+)"/.exec(program.output())?.[1];
  await until(() => listening() !== undefined || program.child.exitCode !== null);
  const url = listening();
  if (url === undefined) throw new Error(program.output());
  const call = async (method: 'GET' | 'POST', where: string, body?: object): Promise<Answer> => {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(url + where, { method, ...(body && { headers, body: JSON.stringify(body) }) });
    return { status: answer.status, body: await answer.json() };
  };
  return call;
}

/** A rollout that stopped at this box, as its driver leaves it in the folder of the fleet. */
function stoppedRollout(folder: string, site: string): void {
  const store = openFleetStore(path.join(folder, 'fleet.db'));
  const plan = {
    ...{ name: 'slower', site, by: 'op-17', why: 'sample less often', waves: [['post-1']] },
    ...{ perMinute: 4, atOnce: 3, steadyS: 10, silentS: 100, stopAt: 2, onStop: 'hold' as const },
    versions: { 'post-1': { forward: 5, back: 6 } },
  };
  const begun = begunAt(plan, Date.now());
  const failed = { phase: 'failed', sinceMs: Date.now(), awayMs: 0, reasons: ['reverted: uplink'] } as const;
  const texts = [{ box: 'post-1', forward: '{}', back: '{}' }];
  const reason = 'canary post-1 failed';
  store.create({ ...begun, mode: 'stopped', reason, boxes: { 'post-1': failed } }, texts, 'op-17', Date.now());
  store.close();
}

/** What the page of a box shows, by the calls that it makes. */
async function shown(t: ExecutionContext, box: AgentBox, records: string): Promise<void> {
  stoppedRollout(box.centre, box.site);
  const call = await startConsole(t, box, records);
  const page = `/api/devices/post-1?site=${box.site}`;
  const logs = '/api/devices/post-1/logs';
  let told: Answer = await call('GET', page);
  await until(async () => {
    told = await call('GET', page);
    return told.body.twin?.reported != null && told.body.health != null;
  });
  t.like(told.body, {
    ...{ status: 'online', logs: { possible: true } },
    twin: { desired: { version: 4 }, reported: { phase: 'refused', inForce: 1 } },
    rollout: { rollout: 'slower', mode: 'stopped', phase: 'failed', reasons: ['reverted: uplink'] },
  });
  const kept = await call('GET', '/api/rollouts');
  t.like(kept.body, { kept: true, rollouts: [{ name: 'slower', reason: 'canary post-1 failed' }] });
  t.like((await call('GET', '/api/calibrations/due')).body, { trouble: null });
  t.is((await call('GET', '/api/patrol')).body.radio, 'Channel 4');

  const ask = (daemon: string, mostKb = 16) => call('POST', logs, { daemon, sinceS: 3600, mostKb, by: 'op-17' });
  t.is((await ask('gas', 65)).status, 400);
  const questions = [await ask('gas', 1), await ask('uplink', 16)];
  for (const { status, body } of questions) t.like({ status, ...body }, { status: 202, online: true });
  let answers: readonly { readonly id: string; readonly whole: boolean; readonly text: string }[] = [];
  await until(async () => {
    answers = (await call('GET', logs)).body.answers;
    return questions.every(({ body }) => answers.some(({ id, whole }) => id === body.id && whole));
  });
  const [gas = '', uplink = ''] = questions.map(({ body }) => answers.find(({ id }) => id === body.id)?.text);
  t.true(gas.length > 0 && gas.length <= 1000, `${gas.length} of 1000`);
  t.true(
    gas
      .trim()
      .split('\n')
      .every((line) => line.includes('"daemon":"gas"')),
  );
  t.regex(uplink, /mqtt:\/\/post-1:\[removed\]@192\.0\.2\.1/);
  for (const text of [uplink, JSON.stringify(told.body)]) t.false(text.includes(password));

  await box.agent.end('SIGKILL');
  await until(async () => (await call('GET', page)).body.status === 'offline');
  t.like((await ask('gas')).body, { online: false });
  t.is((await call('POST', '/api/devices/post-99/logs', { daemon: 'gas', by: 'op-17' })).status, 404);
}

mosquitto(
  'a signed change is applied and reported; one that kills a daemon, and one that cuts the box off, are reverted',
  async (t) => {
    t.timeout(600_000);
    const box = await agentBox(t);
    await box.until(({ phase, inForce }) => phase === 'in-force' && inForce === 0);

    await box.set({ version: 1 }, slower);
    const applied = await box.until(({ phase, inForce }) => phase === 'in-force' && inForce === 1);

    // fieldpost check takes any address of a broker; the uplink does not, and ends.
    await box.set({ version: 2 }, (profile) => ({
      ...slower(profile),
      uplink: { brokers: [`mqtt://post-1:${password}@192.0.2.1:1883`] },
    }));
    const killed = await box.until(({ desired, phase }) => desired === 2 && phase === 'reverted');
    t.like(killed, { inForce: 1, files: applied.files });
    t.regex(killed.reasons.join(), /uplink does not start.*must be mqtts/);

    await box.set({ version: 3, trial: { steadyS: 2, withinS: 20 } }, (profile) => ({
      ...slower(profile),
      uplink: { brokers: ['mqtts://localhost:1'] },
    }));
    const cutOff = await box.until(({ desired, phase }) => desired === 3 && phase === 'reverted');
    t.like(cutOff, { inForce: 1, files: applied.files });
    t.regex(cutOff.reasons.join(), /not so: uplink is connected, within 20 s/);

    await box.set({ version: 4 }, (profile) => ({ ...profile, gas: { samplePeriodMs: 'often' } }));
    const wrong = await box.until(({ desired, phase }) => desired === 4 && phase === 'refused');
    t.regex(wrong.reasons.join(), /profiles\/gas-vapour.yaml gas.*samplePeriodMs/);
    t.is(wrong.inForce, 1);

    // A start of the uplink is a report, and little more: what merely moves waits for hours.
    t.like(box.health[0], { v: 1, versions: { fieldpost: '0.1.0' }, overdue: [] });
    t.true((box.health[0]?.certificateMs ?? 0) > Date.now());
    t.true(box.health.length <= 8, `${box.health.length} reports`);

    // A daemon that ended, and what an operator asks for, come to the store as events of the box.
    const records = path.join(box.folder, 'records.db');
    const at = ['--broker', box.url, '--records', records];
    const ledger = startFieldpost(['ledger', ...at, '--identity', box.ledger]);
    t.teardown(() => ledger.kill('SIGKILL'));
    await laid(records);
    const asked = await fieldpost([
      ...['fleet', 'logs', 'post-1', '--site', box.site, ...at, '--identity', box.consoles],
      ...['--folder', box.centre, '--by', 'op-17', '--since', '3600', '--wait', '200', '--json'],
    ]);
    t.is(asked.code, 0, asked.err);
    const { text } = JSON.parse(asked.out) as { text: string };
    t.true(text.split('\n').every((line) => line.includes('"daemon":"gas"')));
    t.regex(text, /"message":/);
    const archive = await openArchiveAt(records);
    const [ended] = await archive.events('post-1', 'daemon-ended', 5);
    await archive.close();
    t.regex(ended?.text ?? '', /uplink ended .*must be mqtts/);
    await shown(t, box, records);
  },
);
