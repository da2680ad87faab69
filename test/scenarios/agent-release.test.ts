import test from 'ava';
import { addRelease, signRelease } from '../../daemons/tools/fleet/releases.ts';
import { agentBox } from '../support/agent-box.ts';
import { fakeRelease } from '../support/fake-release.ts';
import { needs } from '../support/needs.ts';

const name = 'an executable and a model from afar';
const can = needs('mosquitto', name) && needs('dpkg-deb', name);
const ended: readonly string[] = ['in-force', 'reverted', 'refused'];
const fromAfar = can ? test : test.skip;

fromAfar(
  'an executable comes over HTTPS and runs; one that dies at its start is reverted and the one before runs again',
  async (t) => {
    t.timeout(600_000);
    const box = await agentBox(t);
    const publish = async (version: string, script?: string): Promise<void> => {
      await addRelease(box.centre, fakeRelease(box.folder, { version, ...(script ? { script } : {}) }));
      await signRelease(box.centre, { list: 10, timestamp: 10 });
    };
    await box.until(({ phase, inForce }) => phase === 'in-force' && inForce === 0);
    await publish('1.0.0');
    await publish('1.0.1', '[ "$1" = gas ] && { echo "a bad release" >&2; exit 1; }');

    await box.set({ version: 1, executable: '1.0.0' });
    const applied = await box.until(({ desired, phase }) => desired === 1 && ended.includes(phase));
    t.like(applied, { phase: 'in-force', inForce: 1, executable: '1.0.0' });

    await box.set({ version: 2, executable: '1.0.1' });
    const reverted = await box.until(({ desired, phase }) => desired === 2 && phase === 'reverted');
    t.like(reverted, { inForce: 1, executable: '1.0.0' });
    t.regex(reverted.reasons.join(), /gas ended \d times.*a bad release/);

    await box.set({ version: 3, executable: '0.9.0', files: {} });
    const older = await box.until(({ desired, phase }) => desired === 3 && phase === 'refused');
    t.regex(older.reasons.join(), /0.9.0 is older than 1.0.0, which runs/);
  },
);
