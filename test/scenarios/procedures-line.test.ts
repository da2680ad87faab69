/** Procedures behind a sampling line, at the real gas daemon. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import type { CalibrationCheck } from '../../daemons/core/values/calibration-check.ts';
import { gasBox } from '../support/gas-box.ts';
import { asks, quick, technician } from '../support/technician.ts';

const target = 'nh3/ammonia';

/** Takes the photo-ionisation detector for a flow sensor: it flows when there is isobutylene at it. */
const behindLine = (board: Record<string, unknown>) => ({
  ...quick.board(board),
  sampling: [{ line: 'main', behind: ['nh3'], flow: { channel: 'pid/voc', least: 50 }, holdS: 1, clearS: 1 }],
});

test.serial(
  'a line without flow is refused with words; with flow the record says what was measured, and why an expired gas was used',
  async (t) => {
    t.timeout(120_000);
    const box = await gasBox(t, { ...quick, board: behindLine });
    const one = await technician(t, box);
    const reason = 'the only one in the valley';
    one.ask({ ask: 'begin', target, kind: 'check', by: 'tech-7', span: 'nh3-old', reason });
    await one.until((view) => asks('flow')(view) && (view.line?.faults.includes('line-blocked') ?? false));
    one.ask({ ask: 'next' });
    t.regex((await one.next('refused')).message, /sampling line main: it is blocked; look for a kink/);
    await box.connect('modbus-pty', { isobutylene: 100 });
    await one.until((view) => view.line?.faults.length === 0);
    one.ask({ ask: 'next' });
    await one.until(asks('leak'));
    one.ask({ ask: 'next' });
    await one.until(asks('check-span'));
    await box.connect('modbus-tcp', { ammonia: 25 });
    one.ask({ ask: 'next' });
    const { running } = await one.until((view) => view.running?.ending != null);
    t.is(running?.ending?.result, 'passed', JSON.stringify(running));
    const { checks } = JSON.parse(readFileSync(path.join(box.state, 'calibrations.json'), 'utf8')) as {
      checks: CalibrationCheck[];
    };
    const [record] = checks;
    t.is(record?.line?.flow.by, 'line');
    t.true((record?.line?.flow.value ?? 0) >= 50);
    t.deepEqual(record?.line?.leak, { by: 'hand', value: null, unit: null });
    t.is(record?.reason, reason);
  },
);
