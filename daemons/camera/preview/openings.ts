/** Who may look now, and when the next picture may be made. Pure. */
import type { Size } from '../../core/vision/resize.ts';
import { finestM } from '../evidence/crop.ts';

export interface Openings {
  readonly open: readonly { readonly id: string; readonly by: string; readonly untilMs: number }[];
  /** No picture is made before. */
  readonly dueMs: number;
}
export const nobodyLooks: Openings = { open: [], dueMs: Number.NEGATIVE_INFINITY };

/** How long one opening lasts, ms. */
export const openForMs = 5 * 60_000;
/** Phones at one box. */
const mostOpen = 4;
/** ms from one picture to the next: a second at least, and so long that making them takes a twentieth of the time of the line. */
const [everyMs, share] = [1000, 20];
/** Pixels of the longer side. */
const mostSide = 640;

const live = ({ open }: Openings, nowMs: number): Openings['open'] => open.filter(({ untilMs }) => untilMs > nowMs);

export const isOpen = (state: Openings, id: string, nowMs: number): boolean =>
  live(state, nowMs).some((one) => one.id === id);

export const isWatched = (state: Openings, nowMs: number): boolean => live(state, nowMs).length > 0;

/** A person has one opening: a page that was loaded anew takes the place of the one before. Null: others have them all. */
export function opened(
  state: Openings,
  one: { readonly id: string; readonly by: string },
  nowMs: number,
): Openings | null {
  const others = live(state, nowMs).filter(({ by }) => by !== one.by);
  if (others.length >= mostOpen) return null;
  return { ...state, open: [...others, { ...one, untilMs: nowMs + openForMs }] };
}

export const closed = (state: Openings, id: string): Openings => ({
  ...state,
  open: state.open.filter((one) => one.id !== id),
});

/** A picture was made, and making it took `tookMs`. */
export const made = (state: Openings, nowMs: number, tookMs: number): Openings => ({
  ...state,
  dueMs: nowMs + Math.max(everyMs, share * tookMs),
});

/**
 * Of the preview: no side over 640 pixels, and no pixel finer than 5 cm where it is known what one covers (`metresPerPixel`,
 * the finest in the picture). Null where nothing is left of it.
 */
export function previewSize({ width, height }: Size, metresPerPixel: number | null): Size | null {
  const bySharpness = metresPerPixel === null ? 1 : finestM / metresPerPixel;
  const scale = Math.max(1, Math.max(width, height) / mostSide, bySharpness);
  const size = { width: Math.floor(width / scale), height: Math.floor(height / scale) };
  return size.width >= 1 && size.height >= 1 ? size : null;
}
