import { spawn } from 'node:child_process';
import path from 'node:path';
import test from 'ava';

const main = path.join(import.meta.dirname, '../../daemons/main.ts');

/** Runs `fieldpost simulate` to its end. */
function simulate(args: readonly string[]): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [main, 'simulate', '--json', '--console-port', '0', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said.out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said.err += text;
  });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, ...said })));
}

test('fifty daemons killed at random moments: no raised alert is missing or doubled at the centre', async (t) => {
  t.timeout(300_000);
  const { code, out, err } = await simulate(['--for', '80', '--kill', '1.2', '--seed', '5']);
  const kills = err.match(/^killing /gm)?.length ?? 0;
  t.true(kills >= 50, `${kills} kills`);
  const { alerts, lost, duplicates } = JSON.parse(out.trim().split('\n').at(-1) ?? '') as {
    alerts: { raised: number; committed: number; acknowledged: number };
    lost: number;
    duplicates: number;
  };
  t.true(alerts.raised > 0, err.slice(-2000));
  t.deepEqual(
    { ...alerts, lost, duplicates },
    {
      raised: alerts.raised,
      committed: alerts.raised,
      acknowledged: alerts.raised,
      lost: 0,
      duplicates: 0,
    },
  );
  t.is(code, 0);
});
