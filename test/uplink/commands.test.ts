import test from 'ava';
import { Fault } from '../../daemons/core/ports/fault.ts';
import type { Told } from '../../daemons/core/spool/gone.ts';
import { forwardCommands } from '../../daemons/uplink/commands.ts';

function forwarding(ask: (line: string) => Promise<unknown>) {
  const told: Told[] = [];
  return {
    told,
    forward: forwardCommands(
      ask,
      (one) => void told.push(one),
      () => 0,
    ),
  };
}
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('a command goes to the dock daemon as it came', async (t) => {
  const lines: string[] = [];
  const { forward, told } = forwarding(async (line) => lines.push(line));
  forward(Buffer.from('{"v":1,"by":"op-17 \\u00e9"}'));
  await turn();
  t.deepEqual(
    lines.map((line) => JSON.parse(line)),
    [{ ask: 'flight', command: '{"v":1,"by":"op-17 \\u00e9"}' }],
  );
  t.deepEqual(told, []);
});

test('what does not reach the dock daemon, is too long, no text, or one too many is an event', async (t) => {
  const gone = forwarding(() => Promise.reject(new Fault('absent', 'nobody answers')));
  gone.forward(Buffer.from('{}'));
  await turn();
  t.like(gone.told[0], { type: 'command-lost', detail: { why: 'nobody answers' } });

  const asked: string[] = [];
  const hangs = forwarding((line) => {
    asked.push(line);
    return new Promise(() => {});
  });
  hangs.forward(Buffer.alloc(5000, 0x20));
  hangs.forward(Uint8Array.of(0xff, 0xfe));
  for (let i = 0; i < 5; i++) hangs.forward(Buffer.from('{}'));
  t.is(asked.length, 4);
  t.is(hangs.told.length, 3);
  for (let i = 0; i < 1000; i++) hangs.forward(Buffer.from('{}'));
  t.is(hangs.told.length, 20);
});
