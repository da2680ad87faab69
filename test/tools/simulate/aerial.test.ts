import { hash } from 'node:crypto';
import test from 'ava';
import { opticsOf, photographed } from '../../../daemons/tools/simulate/aerial/camera.ts';
import { extentOf } from '../../../daemons/tools/simulate/aerial/plot.ts';
import { sceneOf } from '../../../daemons/tools/simulate/aerial/scene.ts';
import { seen } from '../../../daemons/tools/simulate/aerial/seen.ts';
import { diceOf } from '../../../daemons/tools/simulate/dice.ts';

const view = { x0: 2, y0: 2, width: 200, height: 160, gsdM: 0.1 } as const;

test('a seed gives the same picture and truth to the byte, on every machine', (t) => {
  const sight = seen(sceneOf({ seed: 7, sideM: 24, plots: 1 }), view);
  const { rgb } = photographed(sight, opticsOf(diceOf(3)));
  // Seen on x64 and arm64 alike: nothing in here may be rounded by a processor's own taste.
  t.is(hash('sha256', Buffer.concat([rgb, sight.green, sight.plot]), 'hex').slice(0, 16), '2d804b096330dbd7');
});

test('the truth of a plot holds all of its plants, and nothing where there is none', (t) => {
  for (let seed = 1; seed <= 20; seed++) {
    const scene = sceneOf({ seed, sideM: 24, plots: 1, marginM: 6 });
    const [plot] = scene.plots;
    const { plot: mask } = seen(scene, view);
    t.true((plot?.plants.length ?? 0) >= 5);
    for (const { x, y } of plot?.plants ?? []) {
      const [px, py] = [Math.floor((x - view.x0) / view.gsdM), Math.floor((y - view.y0) / view.gsdM)];
      if (px >= 0 && py >= 0 && px < view.width && py < view.height) t.is(mask[py * view.width + px], 1);
    }
    t.true(seen(sceneOf({ seed, sideM: 24, plots: 0 }), view).plot.every((one) => one === 0));
  }
});

test('plants of a plot stand on wild land of their own, and no road runs through', (t) => {
  for (let seed = 1; seed <= 40; seed++) {
    const { plots, road, map, mapSide, patches } = sceneOf({ seed, sideM: 40, plots: 1, marginM: 12 });
    for (const plot of plots) {
      const uses = new Set(
        plot.plants.map(({ x, y }) => patches[map[Math.floor(y * 2) * mapSide + Math.floor(x * 2)] as number]?.use),
      );
      t.is(uses.size, 1, `seed ${seed}: ${[...uses]}`);
      t.false(plot.plants.some(({ x, y }) => road?.covers(x, y)));
      const { x0, y0, x1, y1 } = extentOf(plot);
      t.true(x1 > x0 && y1 > y0 && x1 - x0 < 40 && y1 - y0 < 40);
    }
  }
});

test('the finer the picture the same the land: means of 5 cm are near what 10 cm shows', (t) => {
  const scene = sceneOf({ seed: 11, sideM: 24, plots: 1 });
  const coarse = seen(scene, view);
  const fine = seen(scene, { ...view, width: 400, height: 320, gsdM: 0.05 });
  let off = 0;
  for (let y = 0; y < view.height; y++)
    for (let x = 0; x < view.width; x++) {
      const at = (dx: number, dy: number): number => fine.rgb[3 * ((2 * y + dy) * 400 + 2 * x + dx) + 1] as number;
      const mean = (at(0, 0) + at(1, 0) + at(0, 1) + at(1, 1)) / 4;
      off += Math.abs(mean - (coarse.rgb[3 * (y * view.width + x) + 1] as number));
    }
  t.true(off / (view.width * view.height) < 14, `${off / (view.width * view.height)}`);
});
