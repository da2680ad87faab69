/** From configuration to what the ground is computed with. */
import type { Board } from '../core/config/box.ts';
import type { CameraSection } from '../core/config/camera.ts';
import { Fault } from '../core/ports/fault.ts';
import type { ModelRef } from '../core/values/detection.ts';
import type { CameraProfile } from './config.ts';
import type { PlotRule } from './plots/alert.ts';
import type { WatchOptions } from './plots/watch.ts';

/** Errors: Fault `config` when the board has no such camera. */
export function cameraOf(board: Board, section: CameraProfile, file: string): CameraSection {
  const found = board.cameras.find(({ id }) => id === section.camera);
  if (found) return found;
  const known = board.cameras.map(({ id }) => id).join(', ');
  throw new Fault(
    'config',
    `${file} camera.camera: "${section.camera}" is no camera of board ${board.board}; ${known === '' ? 'it has none' : `known: ${known}`}`,
  );
}

export function watchOptions(
  section: CameraProfile,
  { device, camera, model }: { readonly device: string; readonly camera: string; readonly model: ModelRef | null },
): WatchOptions {
  const { zones, passGapMs, endAfterMs, cooldownMs, heldEveryMs } = section;
  const rules: readonly PlotRule[] = section.rules;
  // Silence means "unknown" only after the end was due to be said.
  return {
    device,
    camera,
    model,
    zones,
    rules,
    passGapMs,
    endAfterMs,
    cooldownMs,
    heldEveryMs,
    standsMs: 2 * endAfterMs,
  };
}
