/**
 * The camera's socket: pictures to aim by, while a technician asks. The newest frame is held only while somebody looks; nothing
 * is made in advance, kept, or put where the uplink could take it.
 */
import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { type PreviewReply, previewRequest } from '../../core/procedure/preview-link.ts';
import type { BoxEvent } from '../../core/values/envelope.ts';
import { type FrameJudged, type GateSaid, type GlimpseOptions, glimpseOf } from './glimpse.ts';
import { closed, isOpen, isWatched, made, nobodyLooks, opened, openForMs } from './openings.ts';

export interface PreviewParts extends Omit<GlimpseOptions, 'ageMs'> {
  /** Milliseconds of a clock that only goes forward. */
  nowMs(): number;
  sleep(ms: number): Promise<void>;
  say(news: Omit<BoxEvent, 'at'>): Promise<void>;
}

export interface Preview {
  /** `lateMs`: how long ago the frame was captured. */
  take(judged: FrameJudged, lateMs: number): void;
  gate(said: GateSaid): void;
  /** A frame was held back by the gate of a sortie: what is not for the line is not for the eye. */
  shut(): void;
  answer(line: string): Promise<PreviewReply>;
}

/** Of an older picture nobody can say where the camera points. */
const staleMs = 10_000;
/** Who asks is answered within this; less than is waited for an answer at the other end. */
const longestMs = 3000;

export function openPreview(parts: PreviewParts): Preview {
  const { source, nowMs } = parts;
  let state = nobodyLooks;
  let newest: { readonly judged: FrameJudged; readonly capturedMs: number } | null = null;
  let [isShut, said]: [boolean, GateSaid] = [false, { isAsked: true, why: null }];
  let making: Promise<PreviewReply> | null = null;

  const glimpse = (): PreviewReply => {
    if (!newest) return { say: 'none', why: isShut ? 'shut' : 'no-frame', ageMs: null };
    const from = nowMs();
    const ageMs = Math.round(from - newest.capturedMs);
    if (ageMs > staleMs) return { say: 'none', why: 'stale', ageMs };
    const reply = glimpseOf(newest.judged, said, { ...parts, ageMs });
    state = made(state, nowMs(), nowMs() - from);
    return reply;
  };
  /** All who ask before it is due get the same one. */
  const next = async (): Promise<PreviewReply> => {
    try {
      const waitMs = state.dueMs - nowMs();
      if (waitMs > 0) await parts.sleep(Math.min(waitMs, longestMs));
      if (waitMs > longestMs) return { say: 'none', why: 'busy', ageMs: null };
      return glimpse();
    } catch (error) {
      // Whatever goes wrong with a preview, the camera goes on.
      return { say: 'refused', message: `no preview: ${(error as Error).message}; the camera goes on`.slice(0, 2000) };
    }
  };
  const open = async (by: string): Promise<PreviewReply> => {
    const id = randomBytes(16).toString('hex');
    if (!opened(state, { id, by }, nowMs())) return { say: 'full' };
    // Before the first picture: nobody looks without a word in the chain.
    await parts.say({
      type: 'preview-opened',
      severity: 'info',
      message: `${source}: a live preview for aiming was opened by ${by}, for ${openForMs / 60_000} min at the most; nothing of it is kept or sent`,
      detail: { camera: source, by, forMs: openForMs },
    });
    const after = opened(state, { id, by }, nowMs());
    if (!after) return { say: 'full' };
    state = after;
    return { say: 'opened', opening: id, forMs: openForMs };
  };
  return {
    take: (judged, lateMs) => {
      isShut = false;
      const now = nowMs();
      newest = isWatched(state, now) ? { judged, capturedMs: now - lateMs } : null;
    },
    gate: (gate) => {
      said = gate;
    },
    shut: () => {
      [newest, isShut] = [null, true];
    },
    answer: async (line) => {
      const asked = previewRequest.safeParse(parsed(line));
      if (!asked.success)
        return { say: 'refused', message: `this is no request: ${z.prettifyError(asked.error)}`.slice(0, 2000) };
      if (asked.data.ask === 'open') return open(asked.data.by);
      const { ask, opening } = asked.data;
      if (ask === 'close') {
        state = closed(state, opening);
        if (!isWatched(state, nowMs())) newest = null;
        return { say: 'over' };
      }
      if (!isOpen(state, opening, nowMs())) return { say: 'over' };
      making ??= next().finally(() => {
        making = null;
      });
      const reply = await making;
      return isOpen(state, opening, nowMs()) ? reply : { say: 'over' };
    },
  };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
