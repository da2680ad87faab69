import test from 'ava';
import { consoleConfig, requireReach } from '../../daemons/console/config.ts';
import { isFault } from '../../daemons/core/ports/fault.ts';

test('a host that others can reach is refused with what would be right', (t) => {
  const error = t.throws(() => requireReach(consoleConfig.parse({ records: 'x', host: '0.0.0.0' })));
  t.true(isFault(error) && error.kind === 'config');
  t.regex(error.message, /console host is "0\.0\.0\.0".*127\.0\.0\.1.*--cert and --key.*ssh -L/);
});

test('the configuration is strict and has a loopback default', (t) => {
  const parsed = consoleConfig.parse({ records: '/srv/records.db' });
  t.deepEqual(parsed, { host: '127.0.0.1', port: 8480, open: false, records: '/srv/records.db' });
  t.throws(() => consoleConfig.parse({ records: 'x', prot: 1 }));
});
