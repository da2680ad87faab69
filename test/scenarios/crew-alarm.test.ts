/** The crew's alarm at the real gas daemon: no broker, no uplink, and a disk that is full or hangs. */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import process from 'node:process';
import test, { type ExecutionContext } from 'ava';
import { alarmPanelLines, panelSection } from '../support/alarm-panel.ts';
import { type GasBox, gasBox } from '../support/gas-box.ts';
import { layGasPost } from '../support/gas-post.ts';
import { fill, lacksForCuts, openDisk } from '../support/loop-ext4.ts';
import { startProgram } from '../support/process.ts';

const root = path.join(import.meta.dirname, '../..');
const limits = [{ quantity: 'ammonia', unit: 'ppm', a1: 20, a2: 45, stel: 1000, source: 'limits of this test' }];
/** Not spawnSync: the panel is served by this process. */
const alarmVerb = async (box: Pick<GasBox, 'state'>, ...args: string[]) => {
  const program = startProgram(process.execPath, [
    path.join(root, 'daemons/main.ts'),
    'alarm',
    ...args,
    '--state',
    box.state,
  ]);
  await once(program.child, 'close');
  return { status: program.child.exitCode, said: program.output() };
};

test.serial('an alarm sounds, is muted, comes back, survives a kill and ends by a person alone', async (t) => {
  t.timeout(240_000);
  const panel = await alarmPanelLines();
  t.teardown(panel.close);
  const box = await gasBox(t, {
    board: (board) => ({
      ...board,
      ports: { ...(board.ports as object), gpio: { tcp: panel.tcp } },
      alarm: panelSection,
    }),
    profile: (profile) => ({
      ...profile,
      gas: { ...(profile.gas as object), heldEveryMs: 2000, safety: { silentS: 20, limits } },
    }),
  });
  await panel.until('--R');
  t.regex((await alarmVerb(box, 'status')).said, /^well: every gas is watched/);

  await box.connect('modbus-tcp', { ammonia: 30 });
  await panel.until('SB-');
  const raised = await box.until(({ alerts }) => alerts.find(({ kind }) => kind === 'crew-a1-ammonia'));
  t.deepEqual([raised.family, raised.condition, raised.rev], ['safety', 'raised', 1]);
  t.like(await alarmVerb(box, 'status'), { status: 1 });

  t.is((await alarmVerb(box, 'mute', '--by', 't-17', '--minutes', '10')).status, 0);
  await panel.until('-B-');
  await box.connect('modbus-tcp', { ammonia: 70 });
  await panel.until('SB-');

  const refused = await alarmVerb(box, 'reset', '--by', 't-17');
  t.is(refused.status, 1);
  t.regex(refused.said, /t-17 asked for a reset; still over its limit/);
  t.is(panel.shows(), 'SB-');

  // The kernel lets the lines of a dead process go; the one after it goes on with the alarm that it finds on the disk.
  await box.daemon.end('SIGKILL');
  await panel.until('---');
  await box.restart('SIGKILL');
  await panel.until('SB-');

  await box.connect('modbus-tcp', { ammonia: 0 });
  await box.until(({ measurements }) => {
    const last = measurements.findLast(({ quantity }) => quantity === 'ammonia');
    return last?.value != null && last.value < 15 ? last : undefined;
  });
  t.is(panel.shows(), 'SB-');
  const reset = await alarmVerb(box, 'reset', '--by', 't-17');
  t.is(reset.status, 0, reset.said);
  t.regex(reset.said, /t-17 reset the crew's alarm; released: ammonia A1, A2/);
  await panel.until('--R');

  // A relay that is held from outside is found out, told, and the beacon lit.
  panel.hold('RELAY', true);
  await box.connect('modbus-tcp', { ammonia: 30 });
  const failing = await box.until(({ events }) => events.find(({ type }) => type === 'alarm-output-failing'));
  t.regex(failing.message, /the relay of the alarm: was set off and reads on/);
  panel.hold('RELAY', null);
  await panel.until('SB-');

  const alerts = await box.until(({ alerts: all }) =>
    all.some(({ condition }) => condition === 'cleared') ? all : undefined,
  );
  const revs = alerts.filter(({ id }) => id === raised.id).map(({ rev }) => rev);
  t.deepEqual(
    revs,
    revs.map((_, i) => i + 1),
  );
  t.is(alerts.filter(({ id }) => id === raised.id).at(-1)?.condition, 'cleared');
  const told = await box.until(({ events }) => events.filter(({ type }) => type.startsWith('alarm-')));
  t.deepEqual(
    told.map(({ type, detail }) => [type, detail.by]).filter(([, by]) => by),
    [
      ['alarm-muted', 't-17'],
      ['alarm-reset-refused', 't-17'],
      ['alarm-reset', 't-17'],
    ],
  );
  await box.daemon.end('SIGTERM');
  t.is(box.daemon.child.exitCode, 0, box.daemon.output());
  await panel.until('---');
});

const lacks = lacksForCuts();
const onDisk = lacks === null ? test.serial : test.serial.skip;
if (lacks !== null) process.stdout.write(`skipped: crew-alarm.test.ts, disks: ${lacks}\n`);

onDisk('with a full disk the post alarms from memory', async (t) => {
  t.timeout(180_000);
  const { disk, panel, post, gas } = await postOnDisk(t);
  fill(disk.folder);
  await gas.says(/the disk is full; \d+ bytes of the oldest were dropped|the spool takes nothing/);
  await post.connect({ ammonia: 60 });
  await panel.until('SB-');
  t.is(gas.process.exitCode, null);
});

onDisk('with a disk that hangs the post alarms, and goes on when it is over', async (t) => {
  t.timeout(180_000);
  const { disk, panel, post, gas } = await postOnDisk(t);
  const freeze = spawnSync('fsfreeze', ['--freeze', disk.folder], { encoding: 'utf8' });
  t.is(freeze.status, 0, freeze.stderr);
  const thaw = () => spawnSync('fsfreeze', ['--unfreeze', disk.folder]);
  t.teardown(thaw);
  await post.connect({ ammonia: 60 });
  await panel.until('SB-');
  const from = gas.lines.length;
  t.is(thaw().status, 0);
  await gas.says(/"alert (raised|held)"/, from);
  t.is(await gas.stop(), 0);
});

async function postOnDisk(t: ExecutionContext) {
  const disk = openDisk(40);
  const panel = await alarmPanelLines();
  const post = await layGasPost({
    state: disk.folder,
    board: { ports: { gpio: { tcp: panel.tcp } }, alarm: panelSection },
    profile: {
      gas: { telemetry: { batch: 40, holdMs: 500 }, heldEveryMs: 1000, healthEveryMs: 1000, safety: { limits } },
      spool: { reserveMegabytes: 1 },
    },
  });
  const gas = post.start();
  t.teardown(() => {
    gas.process.kill('SIGKILL');
    post.close();
    panel.close();
    disk.close();
  });
  await panel.until('--R');
  return { disk, panel, post, gas };
}
