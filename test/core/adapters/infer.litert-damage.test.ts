import { readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import { openLiteRt } from '../../../daemons/core/adapters/infer.litert.ts';
import { isFault } from '../../../daemons/core/ports/fault.ts';
import type { InlineModel, TensorData } from '../../../daemons/core/ports/infer.ts';
import { given } from '../../support/needs.ts';

const found = given('data/models', 'damaged copies of real models');
const data = found ?? '';
const onData = found ? test : test.skip;

function ask(model: InlineModel): readonly TensorData[] {
  const [input] = model.inputs;
  const count = input?.shape.reduce((product, size) => product * size, 1) ?? 0;
  const arrays = { float32: Float32Array, int8: Int8Array, uint8: Uint8Array, int32: Int32Array } as const;
  return model.run([new arrays[input?.type ?? 'uint8'](count)]);
}

onData('300 damaged real models are refused by name or run, and an undamaged one still answers right', async (t) => {
  const engine = await openLiteRt();
  const originals = ['coral_mobilenet_v1_0.25_128_quant', 'mlperf_vww_96_int8'].map((name) =>
    readFileSync(path.join(data, `${name}.tflite`)),
  );
  const witness = await engine.load(originals[0] ?? new Uint8Array(), 'witness.tflite');
  const truth = [...(ask(witness)[0] ?? [])];
  let refused = 0;
  // Structure lies at both ends of these files, weights between: two of three edits go where they hurt.
  const place = fc.oneof(
    fc.nat(4000),
    fc.nat(40_000).map((back) => -1 - back),
    fc.nat(400_000),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...originals),
      fc.array(fc.tuple(place, fc.nat(255)), { minLength: 1, maxLength: 8 }),
      fc.option(fc.nat(500_000), { freq: 9 }),
      async (original, edits, cut) => {
        const bytes = Uint8Array.from(original.subarray(0, cut ?? original.length));
        for (const [at, value] of edits) bytes[at < 0 ? bytes.length + at : at % bytes.length] = value;
        try {
          const model = await engine.load(bytes, 'damaged.tflite');
          ask(model);
          await model.close();
        } catch (error) {
          if (!isFault(error) || error.kind !== 'refused' || !error.message.startsWith('damaged.tflite: ')) throw error;
          refused += 1;
        }
      },
    ),
    { numRuns: 300 },
  );
  t.true(refused > 60, `${refused} were refused`);
  t.deepEqual([...(ask(witness)[0] ?? [])], truth);
});
