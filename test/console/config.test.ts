import test from 'ava';
import { consoleConfig, isLoopback, requireLoopback } from '../../daemons/console/config.ts';
import { isFault } from '../../daemons/core/ports/fault.ts';

for (const host of ['127.0.0.1', '127.9.9.9', '::1', '[::1]', 'localhost'])
  test(`${host} is this machine alone`, (t) => {
    t.true(isLoopback(host));
  });

for (const host of [
  '0.0.0.0',
  '::',
  '192.168.1.4',
  '128.0.0.1',
  'localhost.example',
  '127.0.0.1.example',
  '',
  '::ffff:8.8.8.8',
])
  test(`${JSON.stringify(host)} is not this machine alone`, (t) => {
    t.false(isLoopback(host));
  });

test('a host that others can reach is refused with what would be right', (t) => {
  const error = t.throws(() => requireLoopback('0.0.0.0'));
  t.true(isFault(error) && error.kind === 'config');
  t.regex(error.message, /console host is "0\.0\.0\.0".*127\.0\.0\.1.*no login.*ssh -L/);
});

test('the configuration is strict and has a loopback default', (t) => {
  const parsed = consoleConfig.parse({ records: '/srv/records.db' });
  t.deepEqual(parsed, { host: '127.0.0.1', port: 8480, records: '/srv/records.db' });
  t.throws(() => consoleConfig.parse({ records: 'x', prot: 1 }));
});
