/** Sources of frames against real programs: a shell that misbehaves, and ffmpeg. */
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'ava';
import { sleep, systemClock } from '../../../daemons/core/adapters/clock.system.ts';
import { mjpeg } from '../../../daemons/core/adapters/frames.ffmpeg.ts';
import { type PipeOptions, pipeFrames } from '../../../daemons/core/adapters/frames.pipe.ts';
import { rpicamFrames } from '../../../daemons/core/adapters/frames.rpicam.ts';
import { openPictures } from '../../../daemons/core/adapters/pictures.wasm.ts';
import type { FrameTrouble } from '../../../daemons/core/ports/frames.ts';
import type { Frame } from '../../../daemons/core/values/frame.ts';
import { ppmSplitter, readPpm } from '../../../daemons/core/vision/stream.ts';
import { green, painted } from '../../support/vision-model.ts';

const pictures = await openPictures();
const root = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-frames-'));
test.after.always(() => rmSync(root, { recursive: true }));
const jpegFile = path.join(root, 'one.jpg');
writeFileSync(jpegFile, pictures.encodeJpeg(painted(32, 24, green), 90));
const largeFile = path.join(root, 'large.jpg');
writeFileSync(largeFile, pictures.encodeJpeg(painted(64, 24, green), 90));
const brokenFile = path.join(root, 'broken.jpg');
// Its end is there, its middle is not.
const wholeFile = pictures.encodeJpeg(painted(320, 240, green), 90);
writeFileSync(brokenFile, Buffer.concat([wholeFile.subarray(0, wholeFile.length - 100), Buffer.from([0xff, 0xd9])]));

const shell = (script: string, change: Partial<PipeOptions> = {}): PipeOptions => ({
  name: 'cam',
  program: 'sh',
  args: ['-c', script],
  format: mjpeg('cam', pictures),
  clock: systemClock(),
  stallMs: 20_000,
  take: 'newest',
  retry: { firstMs: 1, mostMs: 2 },
  ...change,
});

/** In a script: until the test has seen what came before. */
const waitFor = (go: string): string => `while [ ! -e ${go} ]; do sleep 0.02; done`;

/** Takes frames until there are as many, and as much trouble, as wanted; `go` is written when the first of either is there. */
async function taken(
  options: PipeOptions,
  until: { readonly frames: number; readonly troubles: number; readonly go?: string },
): Promise<{ frames: Frame[]; troubles: FrameTrouble[] }> {
  const stop = new AbortController();
  const [frames, troubles]: [Frame[], FrameTrouble[]] = [[], []];
  const enough = (): void => {
    if (until.go) writeFileSync(until.go, '');
    if (frames.length >= until.frames && troubles.length >= until.troubles) stop.abort();
  };
  const onTrouble = (one: FrameTrouble): void => {
    troubles.push(one);
    enough();
  };
  for await (const frame of pipeFrames(options).frames({ signal: stop.signal, onTrouble })) {
    frames.push(frame);
    enough();
  }
  return { frames, troubles };
}

test('a program that dies is started again, and its last words are told', async (t) => {
  const { frames, troubles } = await taken(shell(`cat ${jpegFile}; sleep 0.2; echo no more light >&2; exit 3`), {
    frames: 2,
    troubles: 2,
  });
  t.true(frames.length >= 2);
  t.deepEqual([frames[0]?.picture.width, frames[0]?.picture.height], [32, 24]);
  t.regex(troubles[0]?.message ?? '', /^cam: sh ended \(code 3\): no more light; it is started again in \d+ ms$/);
  t.is(troubles[0]?.what, 'ended');
});

test('one that hangs is ended and started again', async (t) => {
  const { troubles } = await taken(shell(`cat ${jpegFile}; exec sleep 1000`, { stallMs: 300 }), {
    frames: 0,
    troubles: 2,
  });
  t.deepEqual(
    troubles.slice(0, 2).map(({ what }) => what),
    ['stalled', 'stalled'],
  );
});

test('one that writes what is no picture is ended and started again', async (t) => {
  const { troubles } = await taken(shell('yes garbage'), { frames: 0, troubles: 2 });
  t.deepEqual(
    troubles.slice(0, 2).map(({ what }) => what),
    ['garbage', 'garbage'],
  );
});

test('a picture of another size ends the run, and the next takes it', async (t) => {
  const go = path.join(root, 'go-larger');
  const script = `cat ${jpegFile}; ${waitFor(go)}; cat ${largeFile}; exec sleep 1000`;
  const { frames, troubles } = await taken(shell(script), { frames: 1, troubles: 1, go });
  t.is(troubles[0]?.what, 'size-changed');
  t.regex(troubles[0]?.message ?? '', /pictures were 32 x 24 and are 64 x 24/);
  t.is(frames[0]?.picture.width, 32);
});

test('a damaged picture is dropped, counted and told; the next good one is given', async (t) => {
  const go = path.join(root, 'go-good');
  const script = `cat ${brokenFile}; ${waitFor(go)}; cat ${jpegFile}; exec sleep 1000`;
  const { frames, troubles } = await taken(shell(script), { frames: 1, troubles: 1, go });
  t.is(troubles[0]?.what, 'garbage');
  t.is(troubles[0]?.retryMs, null);
  t.deepEqual([frames[0]?.seq, frames[0]?.dropped], [2, 1]);
});

test('only damaged pictures: started again', async (t) => {
  const script = `while :; do cat ${brokenFile}; sleep 0.05; done`;
  const { troubles } = await taken(shell(script), { frames: 0, troubles: 6 });
  t.true(troubles.some(({ what, retryMs }) => what === 'garbage' && retryMs !== null));
});

test('who is slow gets the newest picture, and is told how many were dropped', async (t) => {
  const file = (i: number): string => {
    const name = path.join(root, `${i}.ppm`);
    writeFileSync(name, Buffer.concat([Buffer.from('P6\n2 2\n255\n'), Buffer.alloc(12, i)]));
    return name;
  };
  const first = file(1);
  const others = [2, 3, 4, 5].map(file);
  const go = path.join(root, 'go');
  const script = `cat ${first}; ${waitFor(go)}; cat ${others.join(' ')}; touch ${go}.done; exec sleep 1000`;
  const stop = new AbortController();
  const source = pipeFrames(shell(script, { format: { splitter: ppmSplitter, read: readPpm } }));
  const frames = source
    .frames({ signal: stop.signal, onTrouble: (one) => t.fail(one.message) })
    [Symbol.asyncIterator]();
  const one = (await frames.next()).value as Frame;
  t.deepEqual([one.seq, one.dropped, one.picture.rgb[0]], [1, 0, 1]);
  writeFileSync(go, '');
  while (!existsSync(`${go}.done`)) await sleep(20, 'the program to write');
  // Takes until the newest is there: how many pieces the pipe is read in is not ours to say.
  let last = one;
  let left = 0;
  while (last.seq < 5) {
    last = (await frames.next()).value as Frame;
    left += last.dropped;
  }
  t.is(last.picture.rgb[0], 5);
  t.true(left > 0, 'four pictures were written while nobody asked');
  stop.abort();
  t.true((await frames.next()).done);
});

test('a program that is not there can never be opened', async (t) => {
  const options = { ...shell(''), program: '/nowhere/ffmpeg' };
  await t.throwsAsync(taken(options, { frames: 1, troubles: 1 }), {
    message: /^\/nowhere\/ffmpeg: cannot be started \(ENOENT\); is it installed\?$/,
  });
});

test('a time is in the middle of what the way of a picture may take, and its bound says so', async (t) => {
  const clock = {
    ...systemClock(),
    now: () => ({ wallMs: 5000, monoNs: 7e9, boot: 'b', synced: true, uncertaintyMs: 10 }),
  };
  const { frames } = await taken(shell(`cat ${jpegFile}; exec sleep 1000`, { clock, latencyMs: 200 }), {
    frames: 1,
    troubles: 0,
  });
  t.deepEqual(frames[0]?.at, { wallMs: 4900, monoNs: 6.9e9, boot: 'b', synced: true, uncertaintyMs: 110 });
});

test('rpicam-vid is asked for what the card needs, and its YUV is read', async (t) => {
  const program = path.join(root, 'rpicam-vid');
  const record = path.join(root, 'asked.txt');
  writeFileSync(program, `#!/bin/sh\necho "$@" > ${record}\nhead -c ${64 * 48 * 1.5} /dev/zero\nexec sleep 1000\n`);
  chmodSync(program, 0o755);
  const stop = new AbortController();
  const options = {
    name: 'pi',
    clock: systemClock(),
    pictures,
    camera: 0,
    pixels: 'yuv420',
    width: 64,
    height: 48,
    perSecond: 10,
  } as const;
  const frames = rpicamFrames({ ...options, program }).frames({
    signal: stop.signal,
    onTrouble: (one) => t.fail(one.message),
  });
  const first = (await frames[Symbol.asyncIterator]().next()).value as Frame;
  t.deepEqual([first.picture.width, first.picture.height], [64, 48]);
  t.regex(
    readFileSync(record, 'utf8'),
    /--timeout 0 --camera 0 --codec yuv420 --width 64 --height 48 --framerate 10 .*--output -/,
  );
  stop.abort();
});
