/** How high a camera is and how fine it sees, for the model that is to look. Pure. */
import type { Vantage } from '../../core/vision/gate.ts';
import { lookOf } from './locate.ts';
import type { Scene } from './scene.ts';
import { finestIn } from './sightings.ts';

/** Height over the ground under the camera, and what a pixel in the middle of the picture covers; null where that is not known. */
export function vantageOf(scene: Scene): Vantage {
  const look = lookOf(scene);
  if (typeof look === 'string') return { heightM: null, gsdCm: null };
  const { ground, camera } = scene;
  const { eye } = look.looking;
  const under = ground.kind === 'flat' ? (ground.aboveSeaM ?? 0) : ground.heightAt(eye);
  const [x0, y0] = [camera.lens.width / 2, camera.lens.height / 2];
  const metres = finestIn(look, { x0, y0, x1: x0 + 1, y1: y0 + 1 });
  return {
    heightM: under === null ? null : rounded(eye.heightM - under),
    gsdCm: metres === null ? null : rounded(100 * metres),
  };
}

/** To a hundredth: it is told to people. */
const rounded = (value: number): number => Math.round(100 * value) / 100;
