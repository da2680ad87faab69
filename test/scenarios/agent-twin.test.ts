import path from 'node:path';
import test from 'ava';
import { openArchiveAt } from '../../daemons/core/adapters/centre.ts';
import { agentBox } from '../support/agent-box.ts';
import { fieldpost, startFieldpost } from '../support/fieldpost.ts';
import { needs } from '../support/needs.ts';

const mosquitto = needs('mosquitto', 'the twin of a box at a real Mosquitto') ? test : test.skip;

const slower = (profile: Record<string, unknown>): Record<string, unknown> => ({
  ...profile,
  gas: { ...(profile.gas as object), samplePeriodMs: 500 },
});

/** Resolves when the ledger has laid its tables. */
async function laid(records: string): Promise<void> {
  for (;;) {
    const archive = await openArchiveAt(records).catch(() => null);
    if (archive) return archive.close();
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
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
      uplink: { brokers: ['mqtt://192.0.2.1:1883'] },
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
  },
);
