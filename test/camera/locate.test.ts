import test from 'ava';
import fc from 'fast-check';
import { distance2, k90 } from '../../daemons/camera/ground/covariance.ts';
import type { Plane } from '../../daemons/camera/ground/lens.ts';
import { directionOf, pixelOf } from '../../daemons/camera/ground/lens.ts';
import { isPlaced, locate, lookOf, type Placed } from '../../daemons/camera/ground/locate.ts';
import type { Scene } from '../../daemons/camera/ground/scene.ts';
import { turnOf } from '../../daemons/core/feed/turn.ts';
import { metresTo } from '../../daemons/core/geo/local.ts';
import type { Pose } from '../../daemons/core/values/pose.ts';
import { apartM, seenAt } from '../../daemons/tools/evaluate/aerial-truth.ts';
import { camera, lens, scene, still } from '../support/camera-scene.ts';

const put = (one: Scene, pixel: Plane, extra = 0) => {
  const look = lookOf(one);
  return typeof look === 'string' ? look : locate(look, pixel, extra);
};
const placed = (one: Scene, pixel: Plane): Placed => {
  const found = put(one, pixel);
  if (!isPlaced(found)) throw new Error(found);
  return found;
};
const angle = (most: number) => fc.double({ min: -most, max: most, noNaN: true });

test('a pixel through the lens and back is the same pixel, to the corners', (t) => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 4056, noNaN: true }),
      fc.double({ min: 0, max: 3040, noNaN: true }),
      (u, v) => {
        const direction = directionOf(lens, [u, v]);
        const back = direction && pixelOf(lens, direction);
        t.truthy(back);
        t.true(Math.hypot((back?.[0] ?? 0) - u, (back?.[1] ?? 0) - v) < 1e-6);
      },
    ),
  );
});

test('a lens that folds back on itself is not believed beyond the fold', (t) => {
  const folding = { ...lens, k1: -0.4, k2: 0, k3: 0 };
  // r (1 - 0.4 r^2) is largest, 0.6086, at r = 0.9129: no direction lies behind a pixel further out.
  t.is(directionOf(folding, [lens.cx + 0.62 * lens.fx, lens.cy]), null);
  t.is(pixelOf(folding, [1, 0, 1]), null);
  t.is(pixelOf(lens, [0, 0, -1]), null);
});

test('a place that truth by Earth-centred vectors puts at a pixel is found again, to a ten-thousandth of the height', (t) => {
  fc.assert(
    fc.property(
      fc.record({ lat: angle(75), lon: angle(179.9), above: fc.double({ min: 20, max: 400, noNaN: true }) }),
      fc.record({ roll: angle(20), pitch: angle(20), yaw: fc.double({ min: 0, max: 360, noNaN: true }) }),
      fc.record({ roll: angle(180), pitch: fc.double({ min: -90, max: -50, noNaN: true }), yaw: angle(30) }),
      fc.record({ north: angle(1), east: angle(1) }),
      ({ lat, lon, above }, { roll, pitch, yaw }, mount, { north, east }) => {
        const target = {
          lat: lat + (north * above * 0.5) / 111_000,
          lon: lon + (east * above * 0.5) / 111_000 / Math.cos((lat * Math.PI) / 180),
          height: 0,
        };
        const seen = seenAt(
          {
            ...{ lat, lon, height: above, body: [roll, pitch, yaw], mount: [mount.roll, mount.pitch, mount.yaw] },
            f: [lens.fx, lens.fy],
            centre: [lens.cx, lens.cy],
            k: [lens.k1, lens.k2, lens.k3],
            p: [lens.p1, lens.p2],
          },
          target,
        );
        fc.pre(seen !== null && seen[0] >= 0 && seen[0] <= lens.width && seen[1] >= 0 && seen[1] <= lens.height);
        const found = put(
          scene({
            camera: {
              ...camera,
              mount: { on: 'body', rollDeg: mount.roll, pitchDeg: mount.pitch, yawDeg: mount.yaw },
            },
            poseAt: still({ lat, lon, aboveM: above, rollDeg: roll, pitchDeg: pitch, yawDeg: yaw }),
            most: { ageMs: 500, rangeM: 1e5, ceM: 1e5 },
          }),
          seen as Plane,
        );
        if (!isPlaced(found)) return void t.is(found, 'upside-down');
        t.true(apartM(found, target) < 1e-4 * above + 0.002, `${apartM(found, target)} m at ${seen}`);
      },
    ),
    { numRuns: 500 },
  );
});

test('a gimbal whose yaw is from the nose looks where nose and gimbal together look', (t) => {
  const rad = Math.PI / 180;
  const pose = (yawFrom: 'north' | 'vehicle', yawDeg: number): ((monoNs: number) => Pose) => {
    const body = still({ yawDeg: 70, rollDeg: 8, pitchDeg: -5 });
    return (monoNs) => ({
      ...body(monoNs),
      gimbal: { monoNs, q: turnOf(0, -60 * rad, yawDeg * rad), uDeg: 0.5, yawFrom, ageMs: 0 },
    });
  };
  const on = { ...camera, mount: { on: 'gimbal', rollDeg: 0, pitchDeg: 0, yawDeg: 0 } } as const;
  const north = placed(scene({ camera: on, poseAt: pose('north', 90) }), [2000, 1500]);
  const nose = placed(scene({ camera: on, poseAt: pose('vehicle', 20) }), [2000, 1500]);
  t.true(apartM(north, nose) < 1e-6);
  t.true(metresTo({ lat: 47.1, lon: 8.2 }, north)[1] > 50, 'it looks east');
  t.true(nose.ceM > north.ceM, 'the heading of the vehicle is not known as well');
});

test('what cannot be placed says why, and is not placed', (t) => {
  const at: Plane = [2028, 1520];
  const with_ = (of: Partial<Pose>): Partial<Scene> => ({ poseAt: (ns) => ({ ...still()(ns), ...of }) });
  const ahead = { ...camera, mount: { on: 'body', rollDeg: 0, pitchDeg: -5, yawDeg: 0 } } as const;
  const pose = still()(0);
  t.is(put(scene(with_({ position: null })), at), 'no-position');
  t.is(put(scene(with_({ attitude: null })), at), 'no-attitude');
  t.is(put(scene(with_({ position: pose.position && { ...pose.position, aboveHomeM: null } })), at), 'no-height');
  t.is(put(scene({ camera: { ...camera, mount: { ...camera.mount, on: 'gimbal' } } }), at), 'no-gimbal');
  t.is(put(scene({ poseAt: still({ ageMs: 501 }) }), at), 'late-pose');
  t.is(put(scene({ poseAt: still({ rollDeg: 170 }) }), at), 'upside-down');
  t.is(
    put(scene({ camera: { ...camera, mount: { ...camera.mount, rollDeg: 180, pitchDeg: -20 } } }), at),
    'upside-down',
  );
  t.true(
    isPlaced(put(scene({ poseAt: still({ pitchDeg: 25, rollDeg: -20 }) }), at)),
    'a tilted flight is no camera upside down',
  );
  t.is(put(scene({ poseAt: still({ aboveM: -3 }) }), at), 'below-ground');
  t.is(put(scene({ camera: ahead }), [2028, 10]), 'above-horizon');
  t.is(put(scene({ camera: ahead, most: { ageMs: 500, rangeM: 2000, ceM: 1e4 } }), [2028, 1300]), 'too-far');
  t.is(put(scene(), [-1, 10]), 'outside-picture');
  t.is(put(scene(), [Number.NaN, 10]), 'outside-picture');
  t.is(put(scene({ most: { ageMs: 500, rangeM: 2000, ceM: 1 } }), at), 'too-unsure');
});

test('where one standard error of the attitude looks past the horizon, nothing is placed', (t) => {
  const ahead = { ...camera, mount: { on: 'body', rollDeg: 0, pitchDeg: -2, yawDeg: 0 } } as const;
  const far = { ageMs: 500, rangeM: 1e7, ceM: 1e9 };
  t.is(put(scene({ camera: ahead, poseAt: still({ uDeg: 3 }), most: far }), [lens.cx, lens.cy]), 'too-unsure');
  t.true(isPlaced(put(scene({ camera: ahead, poseAt: still({ uDeg: 0.5 }), most: far }), [lens.cx, lens.cy])));
});

test('one degree is 1.75 m from 100 m straight down and twice that at 45 degrees; height counts only aslant', (t) => {
  const only = { ...camera, u: { mountDeg: 0, headingDeg: 0, focal: 0, centrePx: 0, sightPx: 0, syncMs: 0 } };
  const down = placed(scene({ camera: only }), [lens.cx, lens.cy]);
  t.true(Math.abs((down.parts.attitude ?? 0) - 1.7455 * Math.SQRT2) < 0.01, `${down.parts.attitude}`);
  t.true((down.parts.height ?? 1) < 0.01);
  const mount = { on: 'body', rollDeg: 0, pitchDeg: -45, yawDeg: 0 } as const;
  const aslant = placed(scene({ camera: { ...only, mount } }), [lens.cx, lens.cy]);
  t.true(Math.abs(Math.sqrt(aslant.covariance.nn - 2) - Math.hypot(3.49, 3)) < 0.05);
  t.true(Math.abs((aslant.parts.height ?? 0) - 3) < 0.01);
});

test('a stamp that is off by 50 ms at 10 m/s is half a metre along the way', (t) => {
  const poseAt = (monoNs: number): Pose => {
    const pose = still({ lat: 47.1 + ((monoNs - 1e9) / 1e9) * (10 / 111_177) })(monoNs);
    return pose;
  };
  const { parts } = placed(scene({ poseAt }), [lens.cx, lens.cy]);
  t.true(Math.abs((parts.sync ?? 0) - 0.5) < 0.01, `${parts.sync}`);
});

test('the ellipse and the circle hold nine in ten', (t) => {
  const { covariance, ceM } = placed(scene(), [300, 300]);
  t.true(distance2(covariance, [Math.sqrt(covariance.nn) * k90, 0]) >= k90 * k90 - 1e-9);
  t.true(
    ceM > Math.sqrt(Math.min(covariance.nn, covariance.ee)) * k90 &&
      ceM < Math.sqrt(covariance.nn + covariance.ee) * k90,
  );
});
