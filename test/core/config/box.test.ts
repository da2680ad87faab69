import path from 'node:path';
import test from 'ava';
import { loadBox } from '../../../daemons/core/config/box.ts';
import { isFault } from '../../../daemons/core/ports/fault.ts';

const shipped = path.join(import.meta.dirname, '../../../firmware-configs');

test('a box that nobody named says where its name belongs', (t) => {
  const error = t.throws(() => loadBox('/etc/fieldpost', ''));
  t.true(isFault(error) && error.kind === 'config');
  t.regex(error.message, /DEVICE in \/etc\/fieldpost\/box\.env, or --device, must be/);
});

test('a name that has no file is said with the file that is missing', (t) => {
  const error = t.throws(() => loadBox(shipped, 'nobody'));
  t.true(isFault(error) && error.kind === 'config');
  t.regex(error.message, /devices\/nobody\.yaml: cannot be read \(ENOENT\)/);
});
