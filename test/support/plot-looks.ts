/** Looks at the ground around one place, and what a line that is given them in order says. */
import type { Ring } from '../../daemons/camera/ground/ring.ts';
import type { GroundLook, GroundSighting } from '../../daemons/camera/plots/sighting.ts';
import { nothingKnown, type WatchOptions, type WatchState, watch } from '../../daemons/camera/plots/watch.ts';
import { spotAt } from '../../daemons/core/geo/local.ts';
import type { Alert } from '../../daemons/core/values/alert.ts';
import type { Stamp } from '../../daemons/core/values/stamp.ts';

export const home = { lat: 47.1, lon: 8.2 };
export const box = (north: number, east: number): Ring => [
  [-north / 2, -east / 2],
  [north / 2, -east / 2],
  [north / 2, east / 2],
  [-north / 2, east / 2],
];
export const at = (s: number): Stamp => ({
  ...{ wallMs: 1_700_000_000_000 + s * 1000, monoNs: s * 1e9, boot: '00000000-0000-4000-8000-000000000001' },
  ...{ synced: true, uncertaintyMs: 20 },
});
export interface Seen {
  readonly north?: number;
  readonly east?: number;
  readonly score?: number;
  readonly sigmaM?: number;
  readonly ring?: Ring;
  readonly cut?: boolean;
  readonly sha?: string;
}
export const sighting = ({
  north = 0,
  east = 0,
  score = 0.9,
  sigmaM = 2.5,
  ring = box(34, 12),
  cut = false,
  sha,
}: Seen = {}): GroundSighting => ({
  ...{ label: 'crop-plot', score, ...spotAt(home, [north, east]), ring, cut, metresPerPixel: 0.05 },
  covariance: { nn: sigmaM ** 2, ne: 0, ee: sigmaM ** 2 },
  picture: sha === undefined ? null : { sha256: sha.repeat(64), width: 300, height: 200, metresPerPixel: 0.05 },
});
export const wide = { ...home, ring: box(200, 200) };
export const look = (
  s: number,
  sightings: readonly GroundSighting[],
  footprint: GroundLook['footprint'] = wide,
): GroundLook => ({
  ...{ at: at(s), sightings, footprint, flags: [] },
});
export const options: WatchOptions = {
  ...{ device: 'post-1', camera: 'cam', model: null, zones: [], standsMs: 600_000 },
  rules: [{ label: 'crop-plot', kind: 'crop-plot', severity: 'warning', on: 0.5, raise: 0.7, off: 0.3, minLooks: 3 }],
  ...{ passGapMs: 20_000, endAfterMs: 600_000, cooldownMs: 3_600_000, heldEveryMs: 5_000 },
};

export interface Told {
  readonly state: WatchState;
  readonly alerts: readonly Alert[];
}
export function run(
  looks: readonly GroundLook[],
  with_: WatchOptions = options,
  from: WatchState = nothingKnown,
): Told {
  const step = watch(with_);
  return looks.reduce<Told>(
    ({ state, alerts }, one) => {
      // As it is kept: state goes through JSON between any two looks.
      const [next, ...said] = step(JSON.parse(JSON.stringify(state)), JSON.parse(JSON.stringify(one)));
      return { state: next, alerts: [...alerts, ...said] };
    },
    { state: from, alerts: [] },
  );
}
export const raisedOf = ({ alerts }: Told): readonly Alert[] =>
  alerts.filter(({ condition }) => condition === 'raised');
