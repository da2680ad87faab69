import http from 'node:http';
import type { AddressInfo } from 'node:net';
import test from 'ava';
import { systemClock } from '../../daemons/core/adapters/clock.system.ts';
import { openNtfy } from '../../daemons/core/adapters/notifier.ntfy.ts';
import { openSmsModem } from '../../daemons/core/adapters/notifier.sms-modem.ts';
import { openWebhook } from '../../daemons/core/adapters/notifier.webhook.ts';
import { deliveryOf } from '../support/delivery-rules.ts';
import { dispatchRoom, triedIn } from '../support/dispatch-room.ts';
import { memoryModem } from '../support/gsm.ts';
import { ntfyServer } from '../support/ntfy-server.ts';

const step = (way: 'ntfy' | 'sms' | 'webhook') => ({ unit: 'red-1', way, waitS: 600 });

test('a ntfy server with a full disk, then a modem that answers garbage: the webhook has the alert without any wait, and why is told', async (t) => {
  const server = await ntfyServer();
  server.misbehave((_, answer) => void answer.writeHead(507).end('{"error":"insufficient storage"}'));
  const told: string[] = [];
  const hook = http.createServer((request, answer) => {
    request.setEncoding('utf8').on('data', (some: string) => void told.push(some));
    request.on('end', () => void answer.end());
  });
  await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve));
  t.teardown(async () => {
    hook.closeAllConnections();
    hook.close();
    await server.close();
  });
  const to = `http://127.0.0.1:${(hook.address() as AddressInfo).port}/`;
  const contacts = { ntfy: 'red-1-topic', sms: '+77010000001', webhook: to };
  const delivery = deliveryOf({
    units: { 'red-1': { contacts } },
    rules: [{ name: 'all', chain: [step('ntfy'), step('sms'), step('webhook')] }],
  });
  const room = await dispatchRoom(t, delivery);
  const modem = memoryModem(() => ['\u0000\u00ff+CMT', '\r\n&&&\r\n> \r\n']);
  room.dispatch([
    openNtfy({ url: server.url }, systemClock()),
    openSmsModem(modem.serial, { clock: modem.clock, report: false }),
    openWebhook({ secret: 's'.repeat(32) }, systemClock()),
  ]);
  await room.raise('a');
  const { desk } = await room.until('a', (record) => triedIn(record).includes('red-1 webhook 2 sent'));
  const why = (way: string) => desk?.told?.[0]?.tried.find((one) => one.way === way)?.why ?? '';
  t.regex(why('ntfy'), /^refused: the ntfy server .* answers 507.*insufficient storage/);
  t.regex(why('sms'), /^timeout: the modem does not answer AT/);
  t.is(JSON.parse(told.join('')).unit, 'red-1');
});
