/**
 * Runs as root in the User-Mode-Linux kernel, where there is neither broker nor uplink: the gas daemon as a process whose alarm is
 * on lines of a simulated chip. Its last line is JSON; gas-bench.test.ts asserts on it.
 */
import { guestBox } from './box-daemon.ts';
import { analyzerQuantity, analyzerSensor, wordyAnalyzer } from './gas-words.ts';
import { simulatedChip } from './gpio-sim.ts';
import { report, until } from './kernel.ts';

const [program = ''] = process.argv.slice(2);
const wires = { SOUNDER: 1, BEACON: 2, RELAY: 3 };
const names = Object.fromEntries(Object.entries(wires).map(([name, offset]) => [offset, name]));
const chip = simulatedChip('alarm', { label: 'alarm-gpio', lines: 8, names });
// Stays when the other goes, as the chip of the board itself does when an expander is pulled.
simulatedChip('board', { label: 'board-gpio', lines: 2 });
const analyzer = await wordyAnalyzer();
const output = (name: string) => ({ line: { name } });
const box = guestBox(program, 'gas', {
  board: {
    ports: { serial: { gas: { tcp: analyzer.tcp } } },
    sensors: [analyzerSensor],
    quantities: [analyzerQuantity],
    alarm: { sounder: output('SOUNDER'), beacon: output('BEACON'), relay: output('RELAY') },
  },
  profile: {
    gas: {
      samplePeriodMs: 250,
      telemetry: { batch: 8, holdMs: 0 },
      rules: [],
      safety: {
        silentS: 120,
        limits: [{ quantity: 'ammonia', unit: 'ppm', a1: 20, a2: 45, source: 'limits of this bench' }],
      },
    },
  },
});
/** The wires as a meter shows them: `SB-` sounds and shines with the relay fallen, `--R` is well. */
const shows = (): string =>
  Object.entries(wires)
    .map(([name, offset]) => (chip.wire(offset) ? (name[0] ?? '') : '-'))
    .join('');
const wiresShow = (what: string): Promise<string> => until(() => (shows() === what ? what : null));
const shown: Record<string, unknown> = {};

box.start();
shown.well = await wiresShow('--R');
analyzer.put(30);
shown.raised = await wiresShow('SB-');
const alert = await box.until(({ alerts }) => alerts.find(({ kind }) => kind === 'crew-a1-ammonia'));
const mute = await box.verb('alarm', 'mute', '--by', 't-17', '--minutes', '10');
shown.muted = await wiresShow('-B-');
analyzer.put(60);
shown.higher = await wiresShow('SB-');
// Outputs do not wait for the disk: what latches the next daemon is there only now.
await box.until(({ alerts }) => alerts.find(({ kind }) => kind === 'crew-a2-ammonia'));

await box.end('SIGKILL');
shown.killed = await wiresShow('---');
const held = Object.values(wires).map((offset) => chip.isHeld(offset));
analyzer.put(0);
let since = await box.upToNow();
box.start();
const low = await box.until(
  ({ measurements }) => measurements.findLast(({ value }) => value !== null && value < 15),
  since,
);
shown.latched = await wiresShow('SB-');

since = await box.upToNow();
chip.leave();
const failing = await box.until(({ events }) => {
  const some = events.filter(({ type }) => type === 'alarm-output-failing');
  return some.length === 3 ? some : undefined;
}, since);
chip.come();
await box.until(({ events }) => {
  const some = events.filter(({ type }) => type === 'alarm-output-working');
  return some.length === 3 ? some : undefined;
}, since);
shown.back = await wiresShow('SB-');

const reset = await box.verb('alarm', 'reset', '--by', 't-17');
shown.reset = await wiresShow('--R');
await box.end('SIGTERM');
shown.stopped = await wiresShow('---');
report({
  shown,
  held,
  ...{ alert, low: low.value, mute, reset },
  failing: failing.map(({ detail, message }) => ({ ...detail, message })),
});
