/**
 * A camera of a real kernel: a User-Mode-Linux process whose camera is simulated by the kernel itself (vivid), read by the real ffmpeg
 * through our adapter and through the packaged camera daemon. It is started once; each test reads its report.
 */
import test, { type ExecutionContext } from 'ava';
import { z } from 'zod';
import { given, needs } from '../support/needs.ts';
import { benchLimitMs, benchReport } from './bench.ts';

const title = 'cameras on the kernel bench (a User-Mode-Linux kernel)';
const can = needs('ffmpeg', title) && needs('v4l2-ctl', title);
const kernel = can ? given('hardware/linux-uml', title) : null;

const told = z.object({ message: z.string(), retryMs: z.number().nullable() });
const picture = z.object({
  message: z.string(),
  width: z.number(),
  height: z.number(),
});
const shape = z.object({
  first: z.unknown(),
  slow: z.object({ dropped: z.number(), gaps: z.array(z.number()) }),
  time: z.unknown(),
  disconnected: z.object({
    told: told.extend({ what: z.string() }),
    goesOn: z.boolean(),
  }),
  alert: z.unknown(),
  health: z.looseObject({ frames: z.number(), tiles: z.number() }),
  ...{ black: picture, flat: picture, stuck: picture },
  stalled: told,
  unbound: z.array(told),
  'another size': picture,
  ended: z.number().nullable(),
});
type Report = z.infer<typeof shape>;

const started = kernel ? benchReport(kernel, 'camera-guest.ts', shape) : null;
const reported = started?.then(({ found }) => found);
// Each test awaits it; between them it must not end the process as a rejection that nobody heard.
reported?.catch(() => {});

function onKernel(name: string, body: (t: ExecutionContext, report: Report) => void): void {
  (reported ? test : test.skip)(name, async (t) => {
    t.timeout(benchLimitMs);
    if (reported) body(t, await reported);
  });
}

onKernel('the first picture has the size that was asked for and shows what the camera shows', (t, { first }) => {
  t.deepEqual(first, {
    width: 320,
    height: 180,
    seq: 1,
    dropped: 0,
    colour: 'white',
  });
});

onKernel('who is slow gets fewer pictures, and the numbers say how many were between', (t, { slow }) => {
  t.true(slow.dropped >= 3);
  t.true(
    slow.gaps.every((one) => one === 0),
    'a number is missing that was not told as dropped',
  );
});

onKernel('a picture of what is new is not from before it was so, on the clock of this boot', (t, { time }) => {
  t.deepEqual(time, { notBefore: true, inOrder: true, boot: true });
});

onKernel(
  'a device that answers no more is told in the words of ffmpeg, and read again when it is back',
  (t, { disconnected }) => {
    t.is(disconnected.told.what, 'ended');
    t.regex(disconnected.told.message, /^down: ffmpeg ended \(.*\): .*; it is started again in \d+ ms$/);
    t.true(disconnected.goesOn);
  },
);

onKernel('the daemon finds what it looks for in the pictures of the kernel, and says where it is', (t, report) => {
  t.deepEqual(report.alert, {
    condition: 'raised',
    flags: ['simulated'],
    placed: true,
    plot: true,
  });
  t.true(report.health.frames > 0 && report.health.tiles > 0);
});

onKernel('black, one colour and one picture again and again are told by name, and when they are over', (t, report) => {
  t.regex(report.black.message, /the picture is black/);
  t.regex(report.flat.message, /the picture has one colour/);
  t.regex(report.stuck.message, /the same picture again and again/);
});

onKernel('a camera that is there and gives no picture is told as stalled, and started again', (t, { stalled }) => {
  t.regex(stalled.message, /^down: no picture for \d+ ms; it is started again in \d+ ms$/);
});

onKernel('a camera that is unplugged is told at each try, and when the next is', (t, { unbound }) => {
  t.true(unbound.every(({ retryMs }) => retryMs !== null));
  t.true(
    unbound.slice(1).some(({ message }) => /video0: No such file or directory/.test(message)),
    JSON.stringify(unbound),
  );
});

onKernel('one that comes back with another size is told, and nothing in its pictures is placed', (t, report) => {
  const again = report['another size'];
  t.regex(again.message, /another size than the lens was calibrated for; nothing in it can be placed/);
  t.not(again.width, 320);
});

onKernel('after all that the daemon ends as it is told to', (t, { ended }) => {
  t.is(ended, 0);
});
