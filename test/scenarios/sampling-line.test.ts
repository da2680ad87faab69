/** A sampling line without flow at the real gas daemon. */
import test from 'ava';
import { type GasBox, gasBox } from '../support/gas-box.ts';

/** Takes the photo-ionisation detector for a flow sensor: what it says is far from a flow. */
const withoutFlow = (board: Record<string, unknown>) => ({
  ...board,
  sampling: [
    {
      line: 'main',
      behind: ['nh3'],
      flow: { channel: 'pid/voc', least: 5000 },
      holdS: 1,
      delay: { s: 2, on: '2026-11-01', by: 't-17' },
    },
  ],
});
const ammonia = (box: GasBox) =>
  box.until(({ measurements }) =>
    measurements.find(({ quantity, flags }) => quantity === 'ammonia' && flags.includes('not-measured')),
  );

test.serial(
  'without flow an event says what to do, values are kept as not measured with their delay, and a high one still raises',
  async (t) => {
    t.timeout(180_000);
    const box = await gasBox(t, { board: withoutFlow });
    const told = await box.until(({ events }) => events.find(({ type }) => type === 'sampling-line-fault'));
    t.is(told.severity, 'error');
    t.regex(told.message, /sampling line main: it is blocked \(flow [\d.]+\); look for a kink/);
    const one = await ammonia(box);
    t.true(one.value !== null);
    t.deepEqual([one.flags.includes('line-blocked'), one.delayMs], [true, 2000]);
    const alert = await box.until(({ alerts }) => alerts.find(({ kind }) => kind === 'ammonia'));
    t.true(alert.flags.includes('not-measured'));
    await box.daemon.end('SIGTERM');
    t.is(box.daemon.child.exitCode, 0, box.daemon.output());
    t.regex(box.daemon.output(), /sampling line main: it is blocked/);
  },
);
