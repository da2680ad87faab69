import test from 'ava';
import { agentBox } from '../support/agent-box.ts';
import { needs } from '../support/needs.ts';

const mosquitto = needs('mosquitto', 'the twin of a box at a real Mosquitto') ? test : test.skip;

const slower = (profile: Record<string, unknown>): Record<string, unknown> => ({
  ...profile,
  gas: { ...(profile.gas as object), samplePeriodMs: 500 },
});

mosquitto(
  'a signed change is applied and reported; one that kills a daemon, and one that cuts the box off, are reverted',
  async (t) => {
    t.timeout(600_000);
    const box = await agentBox(t);
    await box.until(({ phase, inForce }) => phase === 'in-force' && inForce === 0);

    await box.set({ version: 1 }, slower);
    const applied = await box.until(({ phase, inForce }) => phase === 'in-force' && inForce === 1);

    // The parser of fieldpost check does not look at this section; the daemon does, and ends.
    await box.set({ version: 2 }, (profile) => ({ ...slower(profile), spool: { nonsense: 1 } }));
    const killed = await box.until(({ desired, phase }) => desired === 2 && phase === 'reverted');
    t.like(killed, { inForce: 1, files: applied.files });
    t.regex(killed.reasons.join(), /gas does not start.*nonsense/);

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
  },
);
