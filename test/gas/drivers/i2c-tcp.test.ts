/** The I2C drivers over TCP against the simulated bus of `fieldpost simulate`, all parts at once. */
import { readFileSync } from 'node:fs';
import type net from 'node:net';
import path from 'node:path';
import test from 'ava';
import { connectI2cTcp } from '../../../daemons/core/adapters/i2c.tcp.ts';
import { i2cServer } from '../../../daemons/tools/simulate/i2c-server.ts';
import { i2cParts } from '../../captures/i2c-parts.ts';
import { together, togetherParts } from '../../support/together.ts';

test('all I2C parts on one bus over TCP, read side by side, never give anything but their own values', async (t) => {
  t.timeout(120_000);
  const parts = new Map(togetherParts());
  const server = i2cServer(parts, () => 'none');
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  const bus = connectI2cTcp({ host: '127.0.0.1', port });
  t.teardown(async () => {
    await bus.close();
    server.close();
  });
  const said = await together(bus);
  t.deepEqual(said.map(({ part }) => part).sort(), Object.keys(i2cParts).sort());
  for (const { part, said: found } of said) {
    const file = path.join(import.meta.dirname, '../../captures', part, 'normal/expected.jsonl');
    t.deepEqual(found, [JSON.parse(readFileSync(file, 'utf8').split('\n', 1)[0] ?? '')], part);
  }
});
