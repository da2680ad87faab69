import test from 'ava';
import { requireEncryption } from '../../../daemons/core/config/broker-url.ts';
import { isLoopback } from '../../../daemons/core/config/loopback.ts';
import { Fault } from '../../../daemons/core/ports/fault.ts';

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

for (const url of ['mqtts://10.0.0.5:8883', 'mqtt://127.0.0.1:1883', 'mqtt://localhost:1883', 'mqtt://[::1]:1883'])
  test(`${url} may be a broker`, (t) => {
    t.notThrows(() => requireEncryption('uplink.brokers', [url]));
  });

for (const url of [
  'mqtt://10.0.0.5:1883',
  'mqtt://broker.example:1883',
  'mqtt://127.0.0.1.example:1883',
  'ws://127.0.0.1',
  'nonsense',
])
  test(`${url} is refused as a broker, with what would be right`, (t) => {
    const error = t.throws(() => requireEncryption('uplink.brokers', ['mqtts://a:1', url]), { instanceOf: Fault });
    t.is(error?.kind, 'config');
    t.true(error?.message.includes(`uplink.brokers.1: is "${url}"; must be mqtts://host:port`));
  });
