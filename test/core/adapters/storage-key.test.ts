import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'ava';
import { openStorageKey } from '../../../daemons/core/adapters/storage-key.tpm.ts';
import { needs } from '../../support/needs.ts';
import { startSoftwareTpm } from '../../support/swtpm.ts';

const folderOf = (t: { teardown(work: () => void): void }): string => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-key-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  return folder;
};

test('a box without a TPM says that its card is readable, and works on', async (t) => {
  const answer = await openStorageKey({ folder: folderOf(t) });
  t.is(answer.state, 'no-tpm');
  t.regex(answer.message, /whoever has its card can read it/);
});

if (needs('swtpm', 'storage key in a TPM') && needs('tpm2_unseal', 'storage key in a TPM')) {
  test('the key is made once, sealed, and the same at every start; the disk never has it', async (t) => {
    const [folder, tpm] = [folderOf(t), await startSoftwareTpm()];
    t.teardown(tpm.stop);
    const first = await openStorageKey({ folder, tcti: tpm.tcti });
    const again = await openStorageKey({ folder, tcti: tpm.tcti });
    t.is(first.state, 'sealed', first.message);
    t.is(first.key?.length, 32);
    t.deepEqual(again.key, first.key);
    const file = path.join(folder, 'storage-key.json');
    t.is(statSync(file).mode & 0o777, 0o600);
    const kept = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
    for (const part of ['public', 'private'])
      t.false(Buffer.from(kept[part] ?? '', 'base64').includes(Buffer.from(first.key ?? [])));
  });

  test('the card in another box, a TPM that is gone and a damaged file leave it locked, with the reason', async (t) => {
    const [folder, tpm, other] = [folderOf(t), await startSoftwareTpm(), await startSoftwareTpm()];
    t.teardown(other.stop);
    t.is((await openStorageKey({ folder, tcti: tpm.tcti })).state, 'sealed');

    const stolen = await openStorageKey({ folder, tcti: other.tcti });
    t.is(stolen.state, 'locked');
    t.regex(stolen.message, /refused tpm2_load/);

    await tpm.stop();
    const gone = await openStorageKey({ folder, tcti: tpm.tcti });
    t.is(gone.state, 'locked');
    t.regex(gone.message, /cannot be delivered until this TPM answers/);

    writeFileSync(path.join(folder, 'storage-key.json'), '{"v":1}');
    t.regex((await openStorageKey({ folder, tcti: other.tcti })).message, /is not a sealed key/);
  });
}
