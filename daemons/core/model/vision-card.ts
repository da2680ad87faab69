/** The card of a model that is shown pictures: everything that must be known to use it, so that no code is written for one. */
import * as z from 'zod';
import { onDemand } from '../config/on-demand.ts';
import { closing, identity, inside, role, share, tensor } from './card-parts.ts';

/** Letter by letter as the model's maker wrote it: "Egyptian cat". */
const labelName = z.string().min(1).max(100);
const side = z.int().min(1).max(8192);
const byte = z.int().min(0).max(255);
const three = z.tuple([z.number(), z.number(), z.number()]);

const labels = z.union([
  z.array(z.strictObject({ name: labelName, role })).min(1),
  z
    .strictObject({
      inFile: inside.describe('a text file in the ZIP at the end of the .tflite file, a label a line'),
      targets: z.array(labelName).min(1),
      interferents: z.array(labelName).optional(),
    })
    .describe('labels that the file itself brings; what is neither target nor interferent is background'),
]);

const picture = z.strictObject({
  resize: z.enum(['bilinear', 'bilinear-half-pixel', 'area', 'nearest']),
  shape: z.enum(['stretch', 'letterbox']),
  fill: z.tuple([byte, byte, byte]).optional().describe('red, green, blue of what letterbox fills; 114 each if absent'),
  channels: z.enum(['rgb', 'bgr']),
  values: z
    .union([
      z.literal('bytes').describe('0 to 255 as they are; less 128 for int8'),
      z
        .strictObject({
          mean: three,
          std: z.tuple([z.number().positive(), z.number().positive(), z.number().positive()]),
        })
        .describe('(byte - mean) / std by channel, then quantised as the tensor says'),
    ])
    .describe('what the tensor holds of a pixel'),
});

const activation = z.enum(['none', 'softmax', 'sigmoid']).describe('what is still to be done to the numbers');
const tensorName = z.string().min(1);
const outputTensor = onDemand(() => tensor.unwrap().extend({ type: z.enum(['float32', 'int8', 'uint8', 'int32']) }));

const ssdAnchors = z.strictObject({
  layers: z
    .array(
      z.strictObject({
        size: z.tuple([side, side]).describe('rows and columns of the layer'),
        boxes: z
          .array(z.tuple([z.number().positive(), z.number().positive()]))
          .min(1)
          .describe('width and height in shares of the input, of each anchor of a cell'),
      }),
    )
    .min(1)
    .describe('in the order of the output; anchors lie in the middle of their cells, row by row'),
  scales: z
    .tuple([z.number(), z.number(), z.number(), z.number()])
    .describe('of y, x, height and width: often 10 10 5 5'),
});

const output = z.discriminatedUnion('layout', [
  z.strictObject({ layout: z.literal('scores'), scores: outputTensor, activation }),
  z.strictObject({
    layout: z
      .literal('ssd-nms')
      .describe('boxes after non-maximum suppression in the model (TFLite_Detection_PostProcess)'),
    boxes: outputTensor.describe('[1, n, 4]: top, left, bottom, right in shares'),
    classes: tensorName,
    scores: tensorName,
    count: tensorName.optional(),
    firstClass: z.int().min(0).max(1).describe('number of the first label: 1 where 0 stands for nothing'),
  }),
  z.strictObject({
    layout: z.literal('ssd').describe('box codes against anchors, without suppression'),
    boxes: outputTensor.describe('[1, n, 4]: y, x, height, width codes'),
    scores: outputTensor.describe('[1, n, classes]'),
    activation,
    background: z.boolean().describe('whether class 0 stands for nothing'),
    anchors: ssdAnchors,
  }),
  z.strictObject({
    layout: z.literal('yolo'),
    boxes: outputTensor.describe('[1, n, 4 or 5 + classes], or turned: [1, 4 or 5 + classes, n]'),
    turned: z.boolean(),
    objectness: z.boolean().describe('whether a fifth number says that there is something (v5); v8 has none'),
    unit: z.enum(['share', 'pixel']).describe('of centre and size'),
    activation,
  }),
  z.strictObject({
    layout: z.literal('mask').describe('segmentation: [1, h, w, classes] scores, or [1, h, w] numbers of classes'),
    mask: outputTensor,
    activation,
    leastCells: z.int().min(1).max(10_000).optional().describe('parts of fewer cells are noise; 2 if absent'),
    grow: share
      .optional()
      .describe('cells from this score on hang together, and the part counts by its cells as `by` says'),
    by: z
      .enum(['surest', 'all'])
      .optional()
      .describe('with grow: the mean of the leastCells surest cells of a part, or of all of them; surest if absent'),
  }),
  z.strictObject({
    layout: z.literal('heat').describe('heat map: [1, h, w, classes], how likely each class has its middle in a cell'),
    heat: outputTensor,
    activation,
    background: z.boolean().describe('whether class 0 stands for nothing'),
  }),
]);

export type VisionOutput = z.infer<typeof output>;

/** What each task may have for an output. */
const layoutsOf = {
  classification: ['scores'],
  detection: ['ssd-nms', 'ssd', 'yolo'],
  segmentation: ['mask'],
  heatmap: ['heat'],
} as const satisfies Record<string, readonly VisionOutput['layout'][]>;

const range = z.tuple([z.number().min(0), z.number().positive()]);

/** The contract of a vision model; `activateVision` holds the file, the box and the profile against it. */
export const visionCard = z
  .strictObject({
    ...identity,
    task: z.enum(['classification', 'detection', 'segmentation', 'heatmap']),
    labels,
    input: z.strictObject({ tensor, picture }),
    output,
    thresholds: z.strictObject({
      score: share.describe('from which on something is a sighting'),
      iou: share.optional().describe('overlap from which on two boxes of a label are one; 0.45 if absent'),
    }),
    ground: z
      .strictObject({
        gsdCm: range.describe('smallest and largest ground sample distance, cm a pixel, that it was made for'),
        heightM: range.describe('lowest and highest flight above ground that it was made for'),
        thingM: z.number().positive().describe('size of the largest thing that must be whole in one tile'),
        workCm: z
          .number()
          .positive()
          .optional()
          .describe('cm that a pixel of the input must cover: finer pictures are brought to it; absent: any'),
      })
      .optional()
      .describe('for models that look down; absent: no gate'),
    training: z.strictObject({
      data: z.string().min(1).describe('what it was trained on, in a sentence: rendered, or whose pictures'),
      program: z.string().min(1),
    }),
    evaluation: z.strictObject({ data: z.string().min(1), figures: z.record(z.string(), z.number()) }),
    ...closing,
    golden: z.strictObject({
      file: inside,
      score: share.describe('how far a score may be off on any machine'),
      pixels: z.number().min(0).describe('how far a side of a box may be off'),
    }),
  })
  .refine((one) => (layoutsOf[one.task] as readonly string[]).includes(one.output.layout), {
    path: ['output', 'layout'],
    error:
      'must be scores for classification; ssd-nms, ssd or yolo for detection; mask for segmentation; heat for heatmap',
  })
  .refine(
    (one) => !Array.isArray(one.labels) || new Set(one.labels.map((label) => label.name)).size === one.labels.length,
    {
      path: ['labels'],
      error: 'every label must be there once',
    },
  )
  .refine((one) => !Array.isArray(one.labels) || one.labels.some((label) => label.role === 'target'), {
    path: ['labels'],
    error: 'one label at least must be a target',
  });

export type VisionCard = z.infer<typeof visionCard>;

/** Pictures with the sightings that the model gave when it was made. */
export const visionGolden = z.strictObject({
  vectors: z
    .array(
      z.strictObject({
        picture: inside.describe('a PNG or JPEG file in the folder of the model'),
        sightings: z.array(z.strictObject({ label: labelName, score: share, box: z.array(z.number()).length(4) })),
      }),
    )
    .min(1)
    .refine((all) => all.some((one) => one.sightings.length > 0), {
      error: 'one picture at least must have a sighting: a model that says nothing would pass',
    }),
});
