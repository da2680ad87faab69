import type { Frame } from '../values/frame.ts';

/** What goes wrong at a source and is mended by itself: the camera goes on with the next frame that is good. */
export interface FrameTrouble {
  readonly what: 'stalled' | 'ended' | 'size-changed' | 'garbage' | 'absent';
  /** For the reader: which source, what it did, when it is tried again. */
  readonly message: string;
  readonly retryMs: number | null;
}

export interface FrameSourceOptions {
  readonly signal: AbortSignal;
  onTrouble(trouble: FrameTrouble): void;
}

/**
 * A camera, a stream, a folder of stills or a video file. Frames come when they are asked for, and then the newest: whoever
 * is slow gets fewer, never older ones. Files end, cameras do not; memory stays flat whatever the source does.
 * Errors: Fault `config` for what can never be opened (no such folder, a program that is not installed).
 */
export interface FrameSource {
  frames(options: FrameSourceOptions): AsyncIterable<Frame>;
}
