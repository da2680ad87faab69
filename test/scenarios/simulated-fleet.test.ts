/** A rehearsal as an operator runs it: real broker, ledger and console as processes, simulated boxes, a change by a signed twin. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { readTwin, sendDesired, signDesired } from '../../daemons/tools/fleet/twin.ts';
import { noTrouble } from '../../daemons/tools/simulate/fleet/character.ts';
import { startFleet } from '../../daemons/tools/simulate/fleet/fleet.ts';
import { freshFolder, until } from '../core/spool/keeping.ts';

test('simulated boxes connect, alert, take a signed change and say everywhere that they are simulated', async (t) => {
  t.timeout(300_000);
  const folder = freshFolder(t);
  const said: string[] = [];
  const fleet = await startFleet(
    {
      ...{ devices: 12, site: 'rehearsal', seed: 2, shares: { ...noTrouble, badLinks: 0.25 }, badReleases: [] },
      ...{ alertsPerDay: 20_000, keepaliveS: 40, startPerS: 100, consolePort: 0, state: folder, json: false },
    },
    (text) => said.push(text),
  );
  t.teardown(fleet.close);
  await until(() => fleet.state().connected === 12 && fleet.state().settled > 12);
  const place = { site: 'rehearsal', device: 'box-0001', broker: [fleet.broker] };
  const wanted = path.join(folder, 'wanted.yaml');
  writeFileSync(wanted, 'version: 3\nby: op-17\ntrial: { steadyS: 1, withinS: 10 }\n');
  await sendDesired(place, signDesired(wanted, place, [path.join(folder, 'centre/keys/operator.key')]));
  await until(async () => {
    const { reported } = await readTwin(place);
    return reported?.inForce === 3 && reported.phase === 'in-force';
  });
  const { reported, differences } = await readTwin(place);
  t.like(reported, { inForce: 3, simulated: true });
  t.deepEqual(differences, []);

  const page = /the page: (\S+)\//.exec(said.join('\n'))?.[1];
  const answer = (await (await fetch(`${page}/api/state`)).json()) as {
    devices: { simulated: boolean }[];
    alerts: { alert: { flags: string[] } }[];
  };
  t.true(answer.devices.length > 0 && answer.devices.every((one) => one.simulated));
  t.true(answer.alerts.length > 0 && answer.alerts.every(({ alert }) => alert.flags.includes('simulated')));
});
