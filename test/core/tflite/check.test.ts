import test from 'ava';
import { isFault } from '../../../daemons/core/ports/fault.ts';
import { checkTflite } from '../../../daemons/core/tflite/check.ts';
import { readTflite, type Subgraph, type TfliteFile, type TfliteTensor } from '../../../daemons/core/tflite/read.ts';
import { int8Model } from '../../support/dense-model.ts';

const whole = (): TfliteFile => readTflite(int8Model(), 'm.tflite');

const withGraph = (change: (graph: Subgraph) => Partial<Subgraph>): TfliteFile => {
  const file = whole();
  return { ...file, subgraphs: file.subgraphs.map((graph) => ({ ...graph, ...change(graph) })) };
};

const withTensor = (index: number, change: Partial<TfliteTensor>): TfliteFile =>
  withGraph(({ tensors }) => ({ tensors: tensors.map((one, i) => (i === index ? { ...one, ...change } : one)) }));

const withCode = (change: Partial<TfliteFile['opCodes'][number]>): TfliteFile => {
  const file = whole();
  return { ...file, opCodes: file.opCodes.map((one, i) => (i === 0 ? { ...one, ...change } : one)) };
};

test('a whole model passes and its inputs and outputs are known by name', (t) => {
  const { inputs, outputs } = checkTflite(whole());
  t.deepEqual(
    [...inputs],
    [
      [
        'features',
        {
          name: 'features',
          shape: [1, 6],
          type: 'int8',
          quantisation: { scale: Math.fround(2 / 255), zeroPoint: -1 },
        },
      ],
    ],
  );
  t.deepEqual([...outputs.keys()], ['probabilities']);
});

test('a model without signatures goes by the names of its tensors', (t) => {
  t.deepEqual([...checkTflite({ ...whole(), signatures: [] }).outputs.keys()], ['probabilities']);
});

test('an open batch is pinned to one', (t) => {
  const { inputs } = checkTflite(withTensor(0, { shape: [-1, 6], openShape: [-1, 6] }));
  t.deepEqual(inputs.get('features')?.shape, [1, 6]);
});

const refusals: readonly (readonly [title: string, file: () => TfliteFile, message: RegExp])[] = [
  ['a custom operator', () => withCode({ code: 32, custom: 'Frob' }), /operator_codes\[0\]: custom operator "Frob"/],
  ['an operator without a number we know', () => withCode({ code: 240 }), /operator number 240 is unknown/],
  ['a StableHLO operator', () => withCode({ code: 170 }), /operator number 170 is unknown/],
  ['control flow', () => withCode({ code: 119 }), /operator WHILE is not run here/],
  ['a stateful operator', () => withCode({ code: 44 }), /operator UNIDIRECTIONAL_SEQUENCE_LSTM is not run here/],
  ['a random operator', () => withCode({ code: 148 }), /operator RANDOM_UNIFORM is not run here/],
  ['a newer version of an operator', () => withCode({ version: 99 }), /FULLY_CONNECTED has version 99; 1 to 14/],
  ['another schema version', () => ({ ...whole(), version: 4 }), /only schema version 3/],
  ['a file without a graph', () => ({ ...whole(), subgraphs: [] }), /nothing to run/],
  ['several graphs', () => ({ ...whole(), subgraphs: [...whole().subgraphs, ...whole().subgraphs] }), /there are 2/],
  ['a variable tensor', () => withTensor(3, { variable: true }), /tensors\[3\] "dense-0": is a variable tensor/],
  ['a sparse tensor', () => withTensor(1, { sparse: true }), /"weights-0": is sparse/],
  ['a string tensor', () => withTensor(3, { type: 'string' }), /type string is not supported/],
  ['a type without a name', () => withTensor(3, { type: null }), /type unknown/],
  ['a negative dimension', () => withTensor(3, { shape: [1, -8] }), /shape \[1,-8\] has a negative dimension/],
  ['a shape that is open beyond the batch', () => withTensor(0, { openShape: [1, -1] }), /open beyond the batch/],
  ['a tensor as large as no box', () => withTensor(3, { shape: [1, 2 ** 30] }), /takes 1073741824 bytes; the limit is/],
  ['nine dimensions', () => withTensor(3, { shape: [1, 1, 1, 1, 1, 1, 1, 1, 8] }), /9 dimensions/],
  ['a buffer that is not there', () => withTensor(1, { buffer: 77 }), /buffer 77 does not exist/],
  [
    'a constant of the wrong size',
    () => withTensor(1, { shape: [8, 7] }),
    /holds 48 bytes; int8 of shape \[8,7\] takes 56/,
  ],
  [
    'a scale of zero',
    () => withTensor(0, { quantisation: { scales: [0], zeroPoints: [0], dimension: 0 } }),
    /scale that is not a positive number/,
  ],
  [
    'a zero point outside the type',
    () => withTensor(0, { quantisation: { scales: [1], zeroPoints: [300], dimension: 0 } }),
    /zero point outside -128 to 127/,
  ],
  [
    'scales along a dimension of another size',
    () => withTensor(1, { quantisation: { scales: [1, 1, 1], zeroPoints: [0, 0, 0], dimension: 0 } }),
    /3 scales along dimension 0 of shape \[8,6\]/,
  ],
  [
    'an input with scales by slices',
    () => withTensor(0, { quantisation: { scales: [1], zeroPoints: [], dimension: 0 }, type: 'int64' }),
    /is of type int64; inputs and outputs are float32,int8,uint8,int32/,
  ],
  [
    'an operator that reads what is not there',
    () => withOp({ inputs: [40] }),
    /FULLY_CONNECTED: tensor 40 does not exist/,
  ],
  [
    'an operator that reads before anything wrote',
    () => withOp({ inputs: [6, 1, 2] }),
    /reads subgraphs\[0\]\.tensors\[6\] "dense-1" before anything wrote it/,
  ],
  ['an operator that writes a constant', () => withOp({ outputs: [1] }), /writes .*"weights-0" a second time/],
  [
    'a result of another size than the weights make',
    () => withTensor(3, { shape: [1, 9] }),
    /FULLY_CONNECTED: turns \[1,6\] into \[1,9\] with weights \[8,6\]/,
  ],
  ['fewer biases than units', () => withOp({ inputs: [0, 1, 5] }), /FULLY_CONNECTED: has 3 biases for 8 units/],
  [
    'a softmax that gives more than it takes',
    () => withTensor(7, { shape: [1, 300] }),
    /SOFTMAX: turns \[1,3\] into \[1,300\]/,
  ],
  ['an operator code that is not there', () => withOp({ opCode: 9 }), /operator code 9 does not exist; there are 2/],
  ['an output that nothing writes', () => withGraph(({ ops }) => ({ ops: ops.slice(0, 2) })), /never written/],
  ['an input that is not there', () => withGraph(() => ({ inputs: [99] })), /inputs: tensor 99 does not exist/],
  ['no inputs', () => withGraph(({ tensors }) => ({ inputs: [], tensors })), /before anything wrote it/],
  [
    'a signature that names another tensor',
    () => ({ ...whole(), signatures: [{ key: 's', subgraph: 0, inputs: [{ name: 'x', tensor: 3 }], outputs: [] }] }),
    /signature_defs\[0\]\.inputs: "x" is tensor 3, which is not one of the inputs/,
  ],
  [
    'a signature that leaves out an output',
    () => ({ ...whole(), signatures: [{ key: 's', subgraph: 0, inputs: [{ name: 'x', tensor: 0 }], outputs: [] }] }),
    /signature_defs\[0\]\.outputs: names 0 of 1/,
  ],
  ['an input that holds nothing', () => withTensor(0, { shape: [1, 0] }), /shape \[1,0\] holds nothing/],
];

function withOp(change: Partial<Subgraph['ops'][number]>): TfliteFile {
  return withGraph(({ ops }) => ({ ops: ops.map((one, i) => (i === 0 ? { ...one, ...change } : one)) }));
}

for (const [title, file, message] of refusals) {
  test(`${title} is refused by name`, (t) => {
    const error = t.throws(() => checkTflite(file()));
    t.true(isFault(error) && error.kind === 'refused');
    t.regex(error.message, message);
    t.regex(error.message, /^m\.tflite: /);
  });
}
