/** From how high and how fine a camera sees, and what it means for a place that nobody looked at. */
import test from 'ava';
import { vantageOf } from '../../daemons/camera/ground/vantage.ts';
import { type CameraLine, nothingSeen, see } from '../../daemons/camera/line.ts';
import { confidence } from '../../daemons/camera/plots/known.ts';
import { camera, lens, scene, still } from '../support/camera-scene.ts';

test('straight down a pixel covers height over focal length; aslant it covers more', (t) => {
  const down = vantageOf(scene());
  t.is(down.heightM, 100);
  t.true(Math.abs((down.gsdCm ?? 0) - (100 * 100) / lens.fx) < 0.02, `${down.gsdCm}`);
  const aslant = vantageOf(scene({ camera: { ...camera, mount: { ...camera.mount, pitchDeg: -45 } } }));
  t.true((aslant.gsdCm ?? 0) > 1.35 * (down.gsdCm ?? 0), `${aslant.gsdCm}`);
});

test('over stated or measured ground the height is over that ground, and not known over a hole', (t) => {
  t.is(vantageOf(scene({ ground: { kind: 'flat', aboveSeaM: 540, uM: 0 } })).heightM, 60);
  const tiles = (under: number | null) =>
    vantageOf(scene({ ground: { kind: 'tiles', heightAt: () => under, uM: 1, spacingM: 30, highestM: 560 } }));
  t.is(tiles(560).heightM, 40);
  t.deepEqual(tiles(null), { heightM: null, gsdCm: null });
});

test('without a pose nothing is known of it', (t) => {
  t.deepEqual(vantageOf(scene({ poseAt: still({ ageMs: 5000 }) })), { heightM: null, gsdCm: null });
});

const line: CameraLine = {
  watch: {
    ...{ device: 'air-1', camera: 'down', model: null, zones: [], standsMs: 1_200_000 },
    rules: [{ label: 'crop-plot', kind: 'crop-plot', severity: 'warning', on: 0.5, raise: 0.7, off: 0.3, minLooks: 3 }],
    ...{ passGapMs: 20_000, endAfterMs: 600_000, cooldownMs: 3_600_000, heldEveryMs: 15_000 },
  },
  pictures: null,
};
const box = { x0: 1900, y0: 1400, x1: 2150, y1: 1650 };

/** A plot in three pictures, then in three more that show its place and nothing there. */
function certainty(isWhole: boolean): number {
  let state = nothingSeen;
  for (let i = 0; i < 6; i++) {
    const at = { wallMs: 1_700_000_000_000 + i * 1000, monoNs: i * 1e9, boot: 'b', synced: true, uncertaintyMs: 5 };
    const picture = { width: lens.width, height: lens.height, rgb: new Uint8Array(0) };
    const sightings = i < 3 ? [{ label: 'crop-plot', score: 0.9, box }] : [];
    const frame = { source: 'down', seq: i, at, dropped: 0, picture };
    state = see(line, state, {
      ...{ frame, sightings, flags: [], isWhole: i < 3 || isWhole },
      scene: scene({ monoNs: i * 1e9 }),
    }).state;
  }
  const [plot] = state.watch.plots;
  return plot ? confidence(plot, 0.5) : Number.NaN;
}

test('a picture that shows nothing counts against a place only when all of it was looked at', (t) => {
  t.true(certainty(true) < certainty(false), `${certainty(true)} ${certainty(false)}`);
});
