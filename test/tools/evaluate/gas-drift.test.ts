import path from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import { openLiteRt } from '../../../daemons/core/adapters/infer.litert.ts';
import { isFault } from '../../../daemons/core/ports/fault.ts';
import { momentsOf } from '../../../daemons/gas/learn/moments.ts';
import { evaluateGasDrift } from '../../../daemons/tools/evaluate/gas-drift.ts';
import { type Batch, parseBatch, readBatches } from '../../../daemons/tools/evaluate/gas-drift-data.ts';
import { type Outcome, runSetting } from '../../../daemons/tools/evaluate/gas-drift-run.ts';
import { presetThreshold } from '../../../daemons/tools/evaluate/gas-drift-target.ts';
import { driftBatches, driftFolder } from '../../support/drift-set.ts';
import { given } from '../../support/needs.ts';

const small = driftBatches({ batches: 3, perGas: 9, drift: 0.05 });
const batches = small.map((text, i) => parseBatch(`batch${i + 1}.dat`, text, i + 1));

const setting = (batch: Batch, perGas: number) => {
  const past = batches.filter(({ number }) => number < batch.number).flatMap(({ exposures }) => exposures);
  return { past: { exposures: past, moments: momentsOf(past) }, batch, perGas, temperature: 20 };
};

/** In full precision, before int8 and softmax could hide a difference. */
const scores = ({ judged }: Outcome): number[][] => judged.map((one) => [...one.scores]);

test('a made-up set is learned and told, through int8, on a machine with no data', async (t) => {
  const figures = await evaluateGasDrift(driftFolder(t, small));
  const value = (id: string): number => figures.find((one) => one.id === id)?.value ?? Number.NaN;
  for (const id of ['drift.b', 'drift.c1', 'drift.c5']) t.true(value(id) > 90, `${id} ${value(id)}`);
  t.true(value('drift.ppm') > 0.9);
  // With ten a gas of nine every row is labelled, and nothing is left to tell.
  t.is(value('drift.c10'), Number.NaN);
  t.is(figures.filter(({ id }) => /^drift\.(harness|a|b|c1|c2|c5|c10|int8|tpr|ppm)$/.test(id)).length, 10);
});

test("what a row of the batch is called, in truth, changes no answer: nor does any other row's label", async (t) => {
  const infer = await openLiteRt();
  const last = batches[2] as Batch;
  const relabelled = { ...last, exposures: last.exposures.map((one) => ({ ...one, label: (one.label + 1) % 6 })) };
  const [as, other] = [await runSetting(infer, setting(last, 0)), await runSetting(infer, setting(relabelled, 0))];
  t.deepEqual(as.said, other.said);
  t.deepEqual(scores(as), scores(other));
});

test('a row is told alike whether the rest of its batch is there or not', async (t) => {
  const infer = await openLiteRt();
  const last = batches[2] as Batch;
  const whole = await runSetting(infer, setting(last, 0));
  const half = await runSetting(infer, setting({ ...last, exposures: last.exposures.slice(0, 20) }, 0));
  t.deepEqual(half.said, whole.said.slice(0, 20));
  t.deepEqual(scores(half), scores(whole).slice(0, 20));
});

test('with labelled exposures the labels of the other rows still change no answer', async (t) => {
  const infer = await openLiteRt();
  const last = batches[2] as Batch;
  // Nine a gas at three levels in turn: the first three of each gas are given, these six are not.
  const exposures = last.exposures.map((one, i) => (i >= 48 ? { ...one, label: 0 } : one));
  const relabelled = { ...last, exposures };
  const [as, other] = [await runSetting(infer, setting(last, 3)), await runSetting(infer, setting(relabelled, 3))];
  t.is(as.said.length, 36);
  t.deepEqual(as.said, other.said);
  t.deepEqual(scores(as), scores(other));
});

test('the threshold of a batch is set by the batches before it alone', async (t) => {
  t.is(presetThreshold([], 10), 0.5);
  const infer = await openLiteRt();
  const before = await runSetting(infer, setting(batches[1] as Batch, 2));
  const threshold = presetThreshold([before], 10);
  t.true(threshold >= 0.5 && threshold <= 1.01, `${threshold}`);
});

const fault = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (isFault(error)) return error.message;
    throw error;
  }
  return 'nothing was thrown';
};

test('a line that is no exposure is named with its file and what would be right', (t) => {
  const [line = ''] = (small[0] ?? '').split('\n');
  t.regex(
    fault(() => parseBatch('b.dat', `${line}\n9;1.0 1:2\n`, 1)),
    /^b\.dat:2: begins with "9;1\.0"; must be label;ppm/,
  );
  t.regex(
    fault(() => parseBatch('b.dat', '1;1.0 1:2\n', 1)),
    /^b\.dat:1: has 1 features; must have 128/,
  );
  t.regex(
    fault(() => parseBatch('b.dat', line.replace(' 7:', ' 8:'), 1)),
    /feature 7 is "8:.*must be 7: and a number/,
  );
  t.regex(
    fault(() => parseBatch('b.dat', '\n', 1)),
    /holds no exposure/,
  );
});

test('whatever a file holds, it is read or refused by name', (t) => {
  const [line = ''] = (small[0] ?? '').split('\n');
  fc.assert(
    fc.property(fc.nat(line.length), fc.nat(9), fc.string({ maxLength: 12 }), (at, cut, put) => {
      const text = line.slice(0, at) + put + line.slice(at + cut);
      try {
        const { exposures } = parseBatch('b.dat', text, 1);
        for (const { features, label } of exposures) {
          t.true(features.every(Number.isFinite));
          t.true(label >= 0 && label < 6);
        }
      } catch (error) {
        t.true(isFault(error), `${error}`);
      }
    }),
  );
});

test('batches come by number, whatever is there; a normalised one is left out and said so', (t) => {
  const normalised = `${Array.from({ length: 3 }, () => `2 ${Array.from({ length: 128 }, (_, i) => `${i + 1}:0.5`).join(' ')}`).join('\n')}\n`;
  const data = driftFolder(t, [...small, normalised]);
  const { batches: found, leftOut } = readBatches(path.join(data, 'gas-drift'));
  t.deepEqual(
    found.map(({ number }) => number),
    [1, 2, 3],
  );
  t.deepEqual(leftOut, ['batch4.dat: holds no absolute responses (normalised by its own statistics)']);
});

test('a folder that is not there is named', async (t) => {
  const error = await t.throwsAsync(evaluateGasDrift('/nowhere'));
  t.true(isFault(error) && error.kind === 'absent');
});

const recorded = given('data/gas-drift', 'three years of a recorded array');
(recorded ? test : test.skip)(
  'on the recorded batches the baseline is that of the literature, and ours is above it',
  async (t) => {
    t.timeout(300_000);
    const figures = await evaluateGasDrift(path.dirname(recorded ?? ''));
    const of = (id: string) => figures.find((one) => one.id === id);
    t.true(of('drift.harness')?.ok, of('drift.harness')?.note);
    for (const id of ['drift.a', 'drift.b', 'drift.int8', 'drift.ppm']) t.true(of(id)?.ok, `${id} ${of(id)?.value}`);
  },
);
