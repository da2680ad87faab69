/** Frames of moments that the gate of a sortie covers; the others are let go before anything looks at them. */
import type { FrameSource } from '../core/ports/frames.ts';

/** `onShut` is called with each frame that is let go. */
export const gated = (source: FrameSource, covers: (momentNs: number) => boolean, onShut: () => void): FrameSource => ({
  async *frames(options) {
    for await (const frame of source.frames(options)) {
      if (covers(frame.at.monoNs)) yield frame;
      else onShut();
    }
  },
});
