import test from 'ava';
import { fieldpost } from '../support/fieldpost.ts';

/** A machine that others load starts a daemon so slowly that it may be killed before it raises anything: then it has longer. */
const lengthsS = [80, 160, 240] as const;

test('fifty daemons killed at random moments: no raised alert is missing or doubled at the centre', async (t) => {
  t.timeout(600_000);
  let [raised, said] = [0, ''];
  for (const seconds of lengthsS) {
    const { code, out, err } = await fieldpost([
      ...['simulate', '--json', '--console-port', '0'],
      ...['--for', String(seconds), '--kill', '1.2', '--seed', '5'],
    ]);
    said = err;
    const kills = err.match(/^killing /gm)?.length ?? 0;
    t.true(kills >= 50, `${kills} kills`);
    const { alerts, lost, duplicates } = JSON.parse(out.trim().split('\n').at(-1) ?? '') as {
      alerts: { raised: number; committed: number; acknowledged: number };
      lost: number;
      duplicates: number;
    };
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
    t.is(code, alerts.raised > 0 ? 0 : 1);
    raised = alerts.raised;
    if (raised > 0) break;
  }
  t.true(raised > 0, said.slice(-2000));
});
