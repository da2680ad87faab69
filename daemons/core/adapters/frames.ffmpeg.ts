/** Cameras of the kernel (V4L2), network cameras (RTSP) and video files, through ffmpeg. */
import path from 'node:path';
import type { Clock } from '../ports/clock.ts';
import { Fault } from '../ports/fault.ts';
import type { FrameSource } from '../ports/frames.ts';
import type { Pictures } from '../ports/pictures.ts';
import { mjpegSplitter, ppmSplitter, readPpm, type StreamFormat } from '../vision/stream.ts';
import { type PipeOptions, pipeFrames } from './frames.pipe.ts';

interface Shared {
  /** What the frames are named after. */
  readonly name: string;
  readonly clock: Clock;
  readonly pictures: Pictures;
  /** ffmpeg on the PATH if absent. */
  readonly program?: string;
  readonly retry?: PipeOptions['retry'];
}

export interface V4l2Options extends Shared {
  /** /dev/video0 */
  readonly device: string;
  /** What the camera is asked for; MJPEG is handed on as it is and decoded only when it is looked at. */
  readonly pixels: 'mjpeg' | 'yuyv422';
  readonly width: number;
  readonly height: number;
  readonly perSecond: number;
}

export interface RtspOptions extends Shared {
  /** rtsp:// or rtsps:// */
  readonly url: string;
  /** Frames a second that are handed on; decoding between them is the stream's price. */
  readonly perSecond: number;
  readonly latencyMs: number;
}

export interface VideoOptions extends Shared {
  readonly file: string;
  /** Frames a second that are taken out of it. */
  readonly perSecond: number;
  /** Unix time of its first picture, in ms; null: not known. */
  readonly startMs: number | null;
}

const quiet = ['-nostdin', '-hide_banner', '-loglevel', 'error'];
/** Every picture with its own size: without `-autoscale 0` ffmpeg would bend a new size to the first in silence. */
const asPpm = ['-autoscale', '0', '-f', 'image2pipe', '-c:v', 'ppm', '-'];

const ppm: StreamFormat = { splitter: ppmSplitter, read: readPpm };

/** JPEG files in a stream. */
export const mjpeg = (name: string, pictures: Pictures): StreamFormat => ({
  splitter: () => mjpegSplitter(),
  read: (bytes) => pictures.decode(bytes, name),
});

export function v4l2Frames(options: V4l2Options): FrameSource {
  const { name, device, pixels, width, height, perSecond, pictures } = options;
  if (!/^\/dev\/[\w/-]+$/.test(device))
    throw new Fault('config', `${name}: device is ${device}; must be like /dev/video0`);
  const size = ['-video_size', `${width}x${height}`, '-framerate', String(perSecond)];
  const input = ['-f', 'v4l2', '-input_format', pixels, ...size, '-i', device];
  return pipeFrames({
    ...shared(options),
    args: [...quiet, ...input, ...(pixels === 'mjpeg' ? ['-c:v', 'copy', '-f', 'mjpeg', '-'] : asPpm)],
    format: pixels === 'mjpeg' ? mjpeg(name, pictures) : ppm,
    stallMs: stallOf(perSecond),
    openMs,
    take: 'newest',
    latencyMs: 2000 / perSecond,
  });
}

export function rtspFrames(options: RtspOptions): FrameSource {
  const { name, url, perSecond, latencyMs } = options;
  if (!/^rtsps?:\/\/[^\s]+$/.test(url)) throw new Fault('config', `${name}: url must be like rtsp://camera/stream`);
  return pipeFrames({
    ...shared(options),
    // Over TCP: a lost UDP packet smears over every picture until the next key frame.
    args: [...quiet, '-rtsp_transport', 'tcp', '-i', url, '-an', '-vf', `fps=${perSecond}`, ...asPpm],
    format: ppm,
    stallMs: stallOf(perSecond),
    openMs,
    take: 'newest',
    latencyMs,
  });
}

/** Every frame of the file at the given rate, however slow the reader is. */
export function videoFrames(options: VideoOptions): FrameSource {
  const { file, perSecond, startMs } = options;
  // Absolute, so that no name is taken for an option or a protocol; and only files: a playlist could name addresses.
  const input = ['-protocol_whitelist', 'file', '-i', `file:${path.resolve(file)}`];
  return pipeFrames({
    ...shared(options),
    args: [...quiet, ...input, '-an', '-vf', `fps=${perSecond}`, ...asPpm],
    format: ppm,
    stallMs: 30_000,
    take: 'all',
    ...(startMs === null ? {} : { timeOf: (index: number) => startMs + (1000 * index) / perSecond }),
  });
}

const shared = ({
  name,
  clock,
  program = 'ffmpeg',
  retry,
}: Shared): Pick<PipeOptions, 'name' | 'clock' | 'program'> => ({
  name,
  clock,
  program,
  ...(retry ? { retry } : {}),
});

/** Ten pictures missed, and some time more. */
const stallOf = (perSecond: number): number => Math.round(10_000 / perSecond + 10_000);
/** To load ffmpeg with its two hundred libraries on a busy small board, and to open the camera or to reach it. */
const openMs = 60_000;
