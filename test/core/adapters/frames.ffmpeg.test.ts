/** Videos and network cameras through the real ffmpeg. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'ava';
import { systemClock } from '../../../daemons/core/adapters/clock.system.ts';
import { rtspFrames, v4l2Frames, videoFrames } from '../../../daemons/core/adapters/frames.ffmpeg.ts';
import { openPictures } from '../../../daemons/core/adapters/pictures.wasm.ts';
import type { FrameTrouble } from '../../../daemons/core/ports/frames.ts';
import type { Frame } from '../../../daemons/core/values/frame.ts';
import { needs } from '../../support/needs.ts';
import { rtspServer } from '../../support/rtsp-server.ts';

const pictures = await openPictures();
const withFfmpeg = needs('ffmpeg', 'videos through ffmpeg') ? test : test.skip;
const root = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-ffmpeg-'));
test.after.always(() => rmSync(root, { recursive: true }));
const shared = { name: 'film', clock: systemClock(), pictures };

/** Ten pictures a second, each of one grey that tells its number: 20, 40, 60, ... */
function film(file: string, seconds: number): string {
  const whole = path.join(root, file);
  const source = `color=black:s=96x64:r=10:d=${seconds},format=gray,geq=lum='20*(N+1)',format=yuv420p`;
  execFileSync('ffmpeg', [
    '-loglevel',
    'error',
    '-y',
    '-f',
    'lavfi',
    '-i',
    source,
    '-c:v',
    'mpeg4',
    '-q:v',
    '1',
    whole,
  ]);
  return whole;
}

withFfmpeg('every picture of a video comes, in order and with its time, however slow the reader', async (t) => {
  const source = videoFrames({ ...shared, file: film('a.mkv', 1), perSecond: 10, startMs: 1_700_000_000_000 });
  const frames: Frame[] = [];
  for await (const frame of source.frames({
    signal: new AbortController().signal,
    onTrouble: (one) => t.fail(one.message),
  }))
    frames.push(frame);
  t.deepEqual(
    frames.map(({ seq, dropped }) => [seq, dropped]),
    Array.from({ length: 10 }, (_, i) => [i + 1, 0]),
  );
  t.deepEqual(
    frames.map(({ at }) => at.wallMs - 1_700_000_000_000),
    Array.from({ length: 10 }, (_, i) => 100 * i),
  );
  frames.forEach(({ picture }, i) => {
    t.deepEqual([picture.width, picture.height], [96, 64]);
    // The codec may be a little off.
    const wanted = 20 * (i + 1);
    t.true(Math.abs((picture.rgb[0] ?? 0) - wanted) < 12, `picture ${i}: ${picture.rgb[0]}, not ${wanted}`);
  });
});

withFfmpeg("a file that is no video is told in ffmpeg's words, and ends", async (t) => {
  const file = path.join(root, 'text.mp4');
  writeFileSync(file, 'no video at all');
  const troubles: FrameTrouble[] = [];
  const source = videoFrames({ ...shared, file, perSecond: 10, startMs: null });
  for await (const _ of source.frames({ signal: new AbortController().signal, onTrouble: (one) => troubles.push(one) }))
    t.fail('a frame came');
  t.is(troubles.length, 1);
  t.regex(troubles[0]?.message ?? '', /^film: ffmpeg ended \(code \d+\): .*Invalid data/);
  t.is(troubles[0]?.retryMs, null);
});

withFfmpeg('a network camera is read, and read again after it lost its power', async (t) => {
  t.timeout(90_000);
  const whole = path.join(root, 'camera.ts');
  const source = ['-f', 'lavfi', '-i', 'testsrc=s=96x64:r=10:d=4'];
  execFileSync('ffmpeg', [
    '-loglevel',
    'error',
    '-y',
    ...source,
    '-c:v',
    'mpeg2video',
    '-g',
    '5',
    '-f',
    'mpegts',
    whole,
  ]);
  const server = await rtspServer(readFileSync(whole), 20);
  const stop = new AbortController();
  const troubles: FrameTrouble[] = [];
  const camera = rtspFrames({
    ...shared,
    url: server.url,
    perSecond: 5,
    latencyMs: 300,
    retry: { firstMs: 1, mostMs: 2 },
  });
  try {
    for await (const { picture, at } of camera.frames({
      signal: stop.signal,
      onTrouble: (one) => troubles.push(one),
    })) {
      t.deepEqual([picture.width, picture.height, at.boot.length > 0], [96, 64, true]);
      if (server.served() > 1) stop.abort();
      else server.drop();
    }
  } finally {
    server.close();
  }
  // On a slow machine it may have been taken for hanging before.
  t.true(troubles.some(({ what }) => what === 'ended'));
});

withFfmpeg('a camera that is not there is tried again and again', async (t) => {
  const cameras = [
    v4l2Frames({
      ...shared,
      device: '/dev/video99',
      pixels: 'mjpeg',
      width: 640,
      height: 480,
      perSecond: 10,
      retry: { firstMs: 1, mostMs: 2 },
    }),
    rtspFrames({
      ...shared,
      url: 'rtsp://127.0.0.1:1/none',
      perSecond: 5,
      latencyMs: 300,
      retry: { firstMs: 1, mostMs: 2 },
    }),
  ];
  for (const camera of cameras) {
    const stop = new AbortController();
    const troubles: FrameTrouble[] = [];
    const onTrouble = (one: FrameTrouble): void => {
      troubles.push(one);
      if (troubles.length === 2) stop.abort();
    };
    for await (const _ of camera.frames({ signal: stop.signal, onTrouble })) t.fail('a frame came');
    t.deepEqual(
      troubles.map(({ what }) => what),
      ['ended', 'ended'],
    );
  }
});

test('what is no device and no address is refused', (t) => {
  t.throws(() => v4l2Frames({ ...shared, device: '-i', pixels: 'mjpeg', width: 640, height: 480, perSecond: 10 }), {
    message: /must be like \/dev\/video0/,
  });
  t.throws(() => rtspFrames({ ...shared, url: 'file:///etc/passwd', perSecond: 5, latencyMs: 300 }), {
    message: /must be like rtsp:/,
  });
});
