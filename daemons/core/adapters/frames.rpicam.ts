/** Cameras of the Raspberry Pi's own connector, through rpicam-vid of Raspberry Pi OS. */
import type { Clock } from '../ports/clock.ts';
import type { FrameSource } from '../ports/frames.ts';
import type { Pictures } from '../ports/pictures.ts';
import { fixedSplitter, readYuv420, type StreamFormat, yuv420Bytes } from '../vision/stream.ts';
import { mjpeg } from './frames.ffmpeg.ts';
import { type PipeOptions, pipeFrames } from './frames.pipe.ts';

export interface RpicamOptions {
  readonly name: string;
  readonly clock: Clock;
  readonly pictures: Pictures;
  /** Number of the camera, as `rpicam-vid --list-cameras` counts. */
  readonly camera: number;
  /** MJPEG costs the box encoding and decoding; YUV420 a large pipe and no loss. */
  readonly pixels: 'mjpeg' | 'yuv420';
  /** For yuv420 the width must be a multiple of 64: rpicam-vid pads other rows (libcamera's stride). */
  readonly width: number;
  readonly height: number;
  readonly perSecond: number;
  /** rpicam-vid on the PATH if absent. */
  readonly program?: string;
  readonly retry?: PipeOptions['retry'];
}

export function rpicamFrames(options: RpicamOptions): FrameSource {
  const { name, clock, pictures, camera, pixels, width, height, perSecond, program = 'rpicam-vid', retry } = options;
  const size = ['--width', String(width), '--height', String(height), '--framerate', String(perSecond)];
  const yuv: StreamFormat = {
    splitter: () => fixedSplitter(yuv420Bytes({ width, height })),
    read: (bytes) => readYuv420(bytes, { width, height }),
  };
  return pipeFrames({
    name,
    clock,
    program,
    ...(retry ? { retry } : {}),
    args: [
      '--nopreview',
      '--timeout',
      '0',
      '--camera',
      String(camera),
      '--codec',
      pixels,
      ...size,
      '--flush',
      '--output',
      '-',
    ],
    format: pixels === 'mjpeg' ? mjpeg(name, pictures) : yuv,
    stallMs: Math.round(10_000 / perSecond + 10_000),
    take: 'newest',
    latencyMs: 3000 / perSecond,
  });
}
