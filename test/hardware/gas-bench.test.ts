/**
 * The packaged gas daemon on a real kernel: a User-Mode-Linux process whose chips are simulated by the kernel itself (gpio-sim). Gas is
 * simulated by lines of text. Each guest is started once; each test reads its report.
 */
import test from 'ava';
import { z } from 'zod';
import { nativeBuilt } from '../support/native.ts';
import { given } from '../support/needs.ts';
import { benchLimitMs, benchReport } from './bench.ts';
import { loopCases } from './bench-cases.ts';

const title = 'the gas daemon on GPIO lines (a User-Mode-Linux kernel)';
const kernel = nativeBuilt(title) ? given('hardware/linux-uml', title) : null;
const onKernel = kernel ? test.serial : test.serial.skip;

const detail = z.looseObject({});

onKernel(
  'a loop on a line opens windows; without its chip, chattering or stuck it says so and nothing is measured',
  async (t) => {
    t.timeout(benchLimitMs);
    const { ran, found: report } = await benchReport(
      kernel ?? '',
      'loop-guest.ts',
      z.object({
        biased: z.string(),
        ...{ clean: detail, gas: detail, lost: detail },
        gone: z.object({ window: detail, sensor: detail }),
        stuck: z.object({ window: detail, passage: detail }),
        ...{ back: detail, chattering: detail, quiet: detail, free: detail },
        held: z.boolean(),
      }),
    );
    t.is(report.biased, 'pull-up');
    t.like(report.clean, { passage: 1, result: 'nothing above LOD', why: null });
    t.like(report.gas, { passage: 2, result: 'indication', why: null });
    t.is(report.gone.window.why, 'loop lost');
    t.like(report.gone.sensor, { sensor: 'loop', kind: 'absent' });
    t.like(report.lost, { passage: 3, result: 'not measured', why: 'loop lost' });
    t.is(report.chattering.why, 'loop chatters');
    t.is(report.stuck.window.why, 'loop stuck');
    t.like(report.stuck.passage, { result: 'not measured', why: 'loop stuck' });
    for (const again of [report.back, report.quiet, report.free]) t.deepEqual(again, { quantity: 'occupied' });
    t.false(report.held);
    t.deepEqual(ran, loopCases);
  },
);

onKernel(
  'without broker and uplink an alarm drives its lines; a killed daemon leaves the relay fallen, and the next one latched',
  async (t) => {
    t.timeout(benchLimitMs);
    const word = z.object({ status: z.number().nullable(), said: z.string() });
    const { found: report } = await benchReport(
      kernel ?? '',
      'alarm-guest.ts',
      z.object({
        shown: z.record(z.string(), z.string()),
        held: z.array(z.boolean()),
        alert: detail,
        low: z.number(),
        ...{ mute: word, reset: word },
        failing: z.array(z.looseObject({ output: z.string(), message: z.string() })),
      }),
    );
    t.deepEqual(report.shown, {
      well: '--R',
      raised: 'SB-',
      muted: '-B-',
      higher: 'SB-',
      killed: '---',
      latched: 'SB-',
      back: 'SB-',
      reset: '--R',
      stopped: '---',
    });
    t.deepEqual(report.held, [false, false, false]);
    t.like(report.alert, { family: 'safety', condition: 'raised', rev: 1 });
    t.true(report.low < 15);
    t.is(report.mute.status, 0, report.mute.said);
    t.is(report.reset.status, 0, report.reset.said);
    t.deepEqual(report.failing.map(({ output }) => output).toSorted(), ['beacon', 'relay', 'sounder']);
    for (const { message } of report.failing) t.regex(message, /"(SOUNDER|BEACON|RELAY)"/);
  },
);
