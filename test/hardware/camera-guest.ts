/**
 * Runs as root in the User-Mode-Linux kernel: frames of a camera that the kernel simulates (vivid), first through the adapter alone, then
 * through the camera daemon as a process. Its last line is JSON; camera-bench.test.ts asserts on it.
 */
import { mkdtempSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { bootId, systemClock } from '../../daemons/core/adapters/clock.system.ts';
import { serveFeed } from '../../daemons/core/adapters/feed.unix.ts';
import { v4l2Frames } from '../../daemons/core/adapters/frames.ffmpeg.ts';
import { openPictures } from '../../daemons/core/adapters/pictures.wasm.ts';
import { turnOf } from '../../daemons/core/feed/turn.ts';
import type { FrameTrouble } from '../../daemons/core/ports/frames.ts';
import type { Frame } from '../../daemons/core/values/frame.ts';
import type { Kept } from '../support/kept.ts';
import { signingKey, visionFolder } from '../support/vision-model.ts';
import { guestBox } from './box-daemon.ts';
import { report as end, until } from './kernel.ts';
import * as vivid from './vivid.ts';

const [program = ''] = process.argv.slice(2);
const clock = systemClock();
const pictures = await openPictures();
const size = { width: 320, height: 180 } as const;
const perSecond = 5;
const report: Record<string, unknown> = {};
const step = (name: string, value: unknown): void => {
  report[name] = value;
  process.stderr.write(`${name} ${JSON.stringify(value)} ${Math.round(performance.now())}\n`);
};

/** The colour in the middle of the left quarter: white of the bars, or what a pattern of one colour has everywhere. */
function colourOf({ picture: { width, height, rgb } }: Frame): string {
  const at = 3 * ((height >> 1) * width + (width >> 4));
  const [r = 0, g = 0, b = 0] = rgb.subarray(at, at + 3);
  return r > 150 ? (g > 150 && b > 150 ? 'white' : 'red') : 'dark';
}

async function throughAdapter() {
  vivid.wordless();
  const stop = new AbortController();
  const troubles: FrameTrouble[] = [];
  const source = v4l2Frames({
    ...{
      name: 'down',
      clock,
      pictures,
      device: vivid.device,
      pixels: 'yuyv422',
      ...size,
      perSecond,
    },
    retry: { firstMs: 50, mostMs: 400 },
  });
  const frames = source.frames({ signal: stop.signal, onTrouble: (one) => troubles.push(one) })[Symbol.asyncIterator]();
  const next = async (): Promise<Frame> => {
    const { value, done } = await frames.next();
    if (done) throw new Error('the frames ended');
    return value;
  };
  const first = await next();
  const { width, height } = first.picture;
  step('first', {
    width,
    height,
    seq: first.seq,
    dropped: first.dropped,
    colour: colourOf(first),
  });

  // Whoever is slow gets fewer frames, and is told how many there were between.
  let [before, after] = [first, await next()];
  const gaps = [after.seq - before.seq - 1 - after.dropped];
  for (let pauseMs = 500; after.dropped < 3; pauseMs *= 2) {
    await sleep(pauseMs);
    [before, after] = [after, await next()];
    gaps.push(after.seq - before.seq - 1 - after.dropped);
  }
  step('slow', { dropped: after.dropped, gaps });

  const fromNs = clock.now().monoNs;
  vivid.shows('red');
  let last = after;
  let red = await next();
  while (colourOf(red) !== 'red') [last, red] = [red, await next()];
  const latestNs = ({ at }: Frame): number => at.monoNs + 1e6 * (1000 / perSecond);
  step('time', {
    // A frame that shows it cannot have been taken before it was so, whatever the machine is busy with.
    notBefore: latestNs(red) >= fromNs,
    inOrder: red.at.monoNs > last.at.monoNs,
    boot: red.at.boot === bootId(),
  });
  vivid.shows('bars');

  // The device answers nobody until the last that has it open lets it go.
  const { seq } = await next();
  const already = troubles.length;
  vivid.disconnect();
  while (troubles.length === already) await next();
  const again = await next();
  step('disconnected', { told: troubles[already], goesOn: again.seq > seq });
  stop.abort();
  await frames.return?.(undefined);
}
await throughAdapter();

const room = mkdtempSync('/run/models-');
// What the executable takes for its own folder of models.
const models = path.join(path.dirname(program), 'models');
const lens = { ...size, fx: 300, fy: 300, cx: 160, cy: 90 };
const box = guestBox(program, 'camera', {
  board: {
    ports: {},
    cameras: [
      {
        id: 'down',
        source: {
          kind: 'v4l2',
          device: vivid.device,
          pixels: 'yuyv422',
          ...size,
          perSecond,
        },
        ...{
          lens,
          mount: { on: 'body', pitchDeg: -90 },
          u: { centrePx: 0.2, sightPx: 1 },
        },
      },
    ],
  },
  profile: {
    camera: {
      camera: 'down',
      model: {
        folder: path.relative(models, visionFolder(room, pictures)),
        ...{ purpose: 'testing', labels: ['red', 'Green plot', 'blue'] },
        signers: [signingKey.publicKey.export({ type: 'spki', format: 'pem' })],
      },
      tiles: { ios: 0.1, budgetMs: 300 },
      rules: [
        {
          label: 'Green plot',
          kind: 'crop-plot',
          severity: 'warning',
          on: 0.5,
          raise: 0.7,
          off: 0.3,
          minLooks: 2,
        },
      ],
      pictures: false,
      healthEveryMs: 2000,
    },
  },
});

const feed = await serveFeed(path.join(path.dirname(box.state), 'feed.sock'));
const tell = setInterval(() => {
  const { monoNs, boot } = clock.now();
  const place = {
    lat: 44.51,
    lon: 73.42,
    altM: 900,
    aboveHomeM: 100,
    velocity: null,
  };
  feed.tell({
    boot,
    kind: 'position',
    segment: 0,
    monoNs,
    ...place,
    uHorizontalM: 2,
    uVerticalM: 3,
  });
  feed.tell({
    boot,
    kind: 'attitude',
    segment: 0,
    monoNs,
    q: turnOf(0, 0, 0),
    uDeg: 1,
  });
}, 20);

let since: Kept | undefined;
const event = (type: string) =>
  box.until(({ events }) => {
    const found = events.find((one) => one.type === type);
    return found && { ...found.detail, message: found.message };
  }, since);
/** From now on: what is looked for was kept after it. */
const fromNow = async (): Promise<void> => {
  since = await box.upToNow();
};
/** Resolves when frames are looked at again. */
const looks = (): Promise<unknown> => event('sightings');

vivid.moves(true);
box.start();
const alert = await box.until(({ alerts }) => alerts.find(({ kind }) => kind === 'crop-plot'));
step('alert', {
  condition: alert.condition,
  flags: alert.flags,
  placed: alert.where !== null,
  plot: alert.plot !== null,
});
await fromNow();
step(
  'health',
  await box.until(
    ({ events }) => events.find(({ type, detail }) => type === 'health' && Number(detail.frames) > 0)?.detail,
    since,
  ),
);

for (const [name, begin, end] of [
  ['black', () => vivid.shows('black'), () => vivid.shows('bars')],
  ['flat', () => vivid.shows('white'), () => vivid.shows('bars')],
  ['stuck', () => vivid.moves(false), () => vivid.moves(true)],
] as const) {
  await fromNow();
  begin();
  const told = await event(`picture-${name}`);
  end();
  await event(`picture-${name}-over`);
  step(name, told);
}

await fromNow();
vivid.givesNothing(true);
const stalled = await event('camera-stalled');
vivid.givesNothing(false);
await fromNow();
await looks();
step('stalled', stalled);

await fromNow();
vivid.unbind();
await until(() => (vivid.isThere() ? null : true));
// Some tries without it: each is told.
const gone = await box.until(({ events }) => {
  const found = events.filter(({ type }) => type === 'camera-ended');
  return found.length >= 3 ? found : undefined;
}, since);
step(
  'unbound',
  gone.map(({ message, detail }) => ({ message, retryMs: detail.retryMs })),
);

// It comes back with another size than the lens was calibrated for. Where the daemon was the faster it has the old size: once more.
const again = async (): Promise<Record<string, unknown>> => {
  if (vivid.isThere()) vivid.unbind();
  await until(() => (vivid.isThere() ? null : true));
  await fromNow();
  vivid.bind();
  await until(() => (vivid.isThere() ? true : null));
  if (!vivid.takesTelevision()) return again();
  const { type, detail, message } = await box.until(
    ({ events }) => events.find((one) => one.type === 'picture-wrong-size' || one.type === 'sightings'),
    since,
  );
  return type === 'picture-wrong-size' ? { ...detail, message } : again();
};
step('another size', await again());

step('ended', await box.end('SIGTERM'));
clearInterval(tell);
await feed.close();
end(report);
