import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { addRelease, signRelease } from '../../daemons/tools/fleet/releases.ts';
import { rotateRole } from '../../daemons/tools/fleet/rotate.ts';
import { agentBox } from '../support/agent-box.ts';
import { fakeRelease } from '../support/fake-release.ts';
import { needs } from '../support/needs.ts';

const name = 'an executable and a model from afar';
const can = needs('mosquitto', name) && needs('dpkg-deb', name);
const lives = { list: 10, timestamp: 10 };
const shipped = path.join(import.meta.dirname, '../../models/gas-vapour');
const ended: readonly string[] = ['in-force', 'reverted', 'refused'];
const fromAfar = can ? test : test.skip;

fromAfar(
  'executables and models come over HTTPS and run; a bad one is reverted or refused; an operator whose key was replaced is followed',
  async (t) => {
    t.timeout(600_000);
    const box = await agentBox(t);
    const publish = async (version: string, script?: string): Promise<void> => {
      await addRelease(box.centre, fakeRelease(box.folder, { version, ...(script ? { script } : {}) }));
      await signRelease(box.centre, lives);
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

    // A model comes the same way; one that this box would not run is refused before anything changes.
    const modelOf = (version: string, change: (card: string) => string): string => {
      const folder = path.join(box.folder, `gas-vapour-${version}`);
      cpSync(shipped, folder, { recursive: true });
      const card = path.join(folder, 'card.json');
      writeFileSync(card, change(readFileSync(card, 'utf8').replace('"version": "0.1.0"', `"version": "${version}"`)));
      return folder;
    };
    await addRelease(
      box.centre,
      modelOf('0.2.0', (card) => card),
    );
    await addRelease(
      box.centre,
      modelOf('0.3.0', (card) => card.replace('"acetone"', '"persons"')),
    );
    await signRelease(box.centre, lives);
    await box.set({ version: 3, executable: '1.0.0', models: { 'gas-vapour': '0.3.0' } });
    const wrong = await box.until(({ desired, phase }) => desired === 3 && ended.includes(phase));
    t.is(wrong.phase, 'refused');
    t.regex(wrong.reasons.join(), /models\/gas-vapour\/card.json.*persons/);

    // The operator's key is replaced: what the old one signs is nothing, what the new one signs is followed without a hand at the box.
    const old = path.join(box.folder, 'old.key');
    cpSync(path.join(box.centre, 'keys/operator.key'), old);
    await rotateRole(box.centre, { role: 'operator', keys: 2, threshold: 2, days: 100 });
    const keys = ['operator.key', 'operator-2.key'].map((name) => path.join(box.centre, 'keys', name));
    const models = { 'gas-vapour': '0.2.0' };
    await box.set({ version: 10, executable: '1.0.0', models }, undefined, keys);
    const modelled = await box.until(({ desired, phase }) => desired === 10 && ended.includes(phase));
    t.like(modelled, { phase: 'in-force', inForce: 10, executable: '1.0.0', models, root: 2 });
    await box.set({ version: 11, files: {} }, undefined, [old]);
    const forged = await box.until(({ desired, phase }) => desired === 11 && ended.includes(phase));
    t.is(forged.phase, 'refused');
    t.regex(forged.reasons.join(), /0 of 2 signatures of role operator hold/);
    t.is(forged.inForce, 10);
  },
);
