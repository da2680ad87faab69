import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { openLiteRt } from '../../daemons/core/adapters/infer.litert.ts';
import { int8Conv } from '../../daemons/core/tflite/conv.ts';
import { dequantise, quantise } from '../../daemons/core/tflite/quantise.ts';
import { writeTflite } from '../../daemons/core/tflite/write.ts';
import { seeded } from '../../daemons/tools/simulate/random.ts';
import { buildModel, reducedBuild } from '../../models/crop-plot/train/build.ts';
import { openKernel } from '../../models/crop-plot/train/kernel.ts';
import { layersOf, rangesOf, tempered } from '../../models/crop-plot/train/layers.ts';
import { convs, openNet } from '../../models/crop-plot/train/net.ts';
import { tileOf, valuesOf } from '../../models/crop-plot/train/tiles.ts';

test('the product in WebAssembly is that of the plain sums in float32, in their order, to the bit', async (t) => {
  const { gemm, memory } = await openKernel(65_536);
  const f = new Float32Array(memory);
  for (const [m, k, n] of [
    [1, 1, 8],
    [4, 3, 8],
    [7, 5, 16],
    [9, 20, 24],
  ] as const) {
    const [a, b, c] = [16, 2000, 8000];
    f.fill(0);
    for (let i = 0; i < m * k; i++) f[a + i] = Math.fround(i * 0.37 - 2);
    for (let i = 0; i < k * n; i++) f[b + i] = Math.fround(1 / (i + 1));
    for (let i = 0; i < m * n; i++) f[c + i] = 0.5;
    gemm(4 * a, 4 * k, 4, 4 * b, 4 * n, 4 * c, 4 * n, m, k, n);
    for (let row = 0; row < m; row++)
      for (let column = 0; column < n; column++) {
        let sum = 0.5;
        for (let i = 0; i < k; i++)
          sum = Math.fround(sum + Math.fround((f[a + row * k + i] as number) * (f[b + i * n + column] as number)));
        t.is(f[c + row * n + column], sum);
      }
  }
});

test('slopes are those of small steps of each weight', async (t) => {
  const side = 64;
  const net = await openNet(side, seeded(1));
  const picture = Float32Array.from({ length: 3 * side * side }, (_, i) => ((i * 37) % 101) / 50 - 1);
  const by = Float32Array.from({ length: net.cells ** 2 }, (_, i) => ((i * 13) % 7) / 7 - 0.4);
  const loss = (): number => {
    net.settle();
    return net.forward(picture).reduce((sum, logit, i) => sum + logit * (by[i] as number), 0);
  };
  loss();
  net.backward(by);
  let at = 0;
  for (const { inputs, outputs } of convs) {
    for (const step of [0, 7, 33, 9 * inputs * outputs - 1, 9 * inputs * outputs + 2]) {
      const p = at + step;
      const was = net.params[p] as number;
      const off = 2e-3;
      net.params[p] = was + off;
      const above = loss();
      net.params[p] = was - off;
      const slope = (above - loss()) / (2 * off);
      net.params[p] = was;
      t.true(Math.abs(slope - (net.grads[p] as number)) < 0.01 + 0.02 * Math.abs(slope), `${p}: ${slope}`);
    }
    at += 9 * inputs * outputs + outputs;
  }
});

test('the int8 file says what the network says, cell by cell', async (t) => {
  const side = 160;
  const net = await openNet(side, seeded(5));
  const tile = tileOf(3, side);
  const values = valuesOf(tile.picture, new Float32Array(3 * side * side));
  const logits = net.forward(values).slice();
  const file = writeTflite(
    int8Conv(layersOf(net), rangesOf(net, { seed: 3, tiles: 2 }), { side, description: 'test' }),
  );
  const model = await (await openLiteRt()).load(file, 'test');
  const [input, output] = [model.inputs[0], model.outputs[0]];
  const given = new Int8Array(values.length);
  quantise(values, input?.quantisation ?? { scale: 1, zeroPoint: 0 }, given);
  const [answer] = model.run([given]);
  const scores = new Float32Array(2 * logits.length);
  dequantise(answer as Int8Array, output?.quantisation ?? null, scores);
  t.true(Math.max(...logits) - Math.min(...logits) > 0.3);
  logits.forEach((logit, cell) => {
    const wanted = 1 / (1 + Math.exp(-logit / tempered));
    t.true(Math.abs((scores[2 * cell + 1] as number) - wanted) < 0.06, `${cell}: ${scores[2 * cell + 1]}, ${wanted}`);
  });
});

test('building the reduced model anew gives the same bytes, on any machine and whatever the threads do', async (t) => {
  t.timeout(300_000);
  const held = readFileSync(
    path.join(import.meta.dirname, '../../models/crop-plot/train/reduced.sha256'),
    'utf8',
  ).trim();
  t.is(hash('sha256', await buildModel(reducedBuild), 'hex'), held, 'npm run train:plot -- --reduced prints it');
});
