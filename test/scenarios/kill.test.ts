import test from 'ava';
import { fieldpost } from '../support/fieldpost.ts';

test('fifty daemons killed at random moments: no raised alert is missing or doubled at the centre', async (t) => {
  t.timeout(300_000);
  const { code, out, err } = await fieldpost([
    ...['simulate', '--json', '--console-port', '0'],
    ...['--for', '80', '--kill', '1.2', '--seed', '5'],
  ]);
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
