/** A camera over level ground, and poses that stand still: what tests of the ground start from. */

import type { Lens } from '../../daemons/camera/ground/lens.ts';
import type { Camera, Scene } from '../../daemons/camera/ground/scene.ts';
import { turnOf } from '../../daemons/core/feed/turn.ts';
import type { Pose } from '../../daemons/core/values/pose.ts';

export const lens: Lens = {
  ...{ width: 4056, height: 3040, fx: 3870, fy: 3868, cx: 2031.5, cy: 1517.2 },
  ...{ k1: -0.09, k2: 0.06, k3: -0.01, p1: 0.0007, p2: -0.0004 },
};

export const camera: Camera = {
  lens,
  mount: { on: 'body', rollDeg: 0, pitchDeg: -90, yawDeg: 0 },
  u: { mountDeg: 0, headingDeg: 0, focal: 0.002, centrePx: 2, sightPx: 2, syncMs: 50 },
};

const rad = Math.PI / 180;

export interface Still {
  readonly lat?: number;
  readonly lon?: number;
  readonly aboveM?: number;
  readonly rollDeg?: number;
  readonly pitchDeg?: number;
  readonly yawDeg?: number;
  readonly uDeg?: number;
  readonly uHorizontalM?: number;
  readonly uVerticalM?: number;
  readonly ageMs?: number;
}

export function still(of: Still = {}): (monoNs: number) => Pose {
  const { lat = 47.1, lon = 8.2, aboveM = 100, rollDeg = 0, pitchDeg = 0, yawDeg = 0, ageMs = 0 } = of;
  return (monoNs) => ({
    monoNs,
    position: {
      ...{ monoNs, lat, lon, altM: 500 + aboveM, aboveHomeM: aboveM, velocity: null, ageMs },
      uHorizontalM: of.uHorizontalM ?? 2,
      uVerticalM: of.uVerticalM ?? 3,
    },
    attitude: { monoNs, q: turnOf(rollDeg * rad, pitchDeg * rad, yawDeg * rad), uDeg: of.uDeg ?? 1, ageMs },
    gimbal: null,
  });
}

export const scene = (of: Partial<Scene> = {}): Scene => ({
  camera,
  ground: { kind: 'flat', aboveSeaM: null, uM: 0 },
  poseAt: still(),
  monoNs: 1e9,
  most: { ageMs: 500, rangeM: 2000, ceM: 60 },
  ...of,
});
