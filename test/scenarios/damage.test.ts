import test from 'ava';
import { damageFiles } from '../rigs/damage.ts';

test('a spool spoiled in any of thirty ways opens, gives every record that can be read, and reports every other', async (t) => {
  t.timeout(120_000);
  const { files, waited, delivered, ...wrong } = await damageFiles({ files: 30, seed: 1, say: (text) => t.log(text) });
  t.is(files, 30);
  t.true(delivered > 0 && delivered < waited);
  t.deepEqual(wrong, { unopenable: 0, withheld: 0, unreported: 0, invented: 0 });
});
