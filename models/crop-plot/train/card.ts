/** The card of the plot detector. */
import type { VisionCard } from '../../../daemons/core/model/vision-card.ts';
import { mapNames } from '../../../daemons/core/tflite/conv.ts';
import { stride } from './net.ts';
import { pixel, workM } from './tiles.ts';

/** Of the picture that the model takes: 32 m of ground, four times what it learned on at once. */
export const inputSide = 320;

export interface Made {
  readonly sha256: string;
  readonly threshold: number;
  readonly tiles: number;
  readonly seed: number;
  readonly figures: Readonly<Record<string, number>>;
}

export const cardOf = ({ sha256, threshold, tiles, seed, figures }: Made): VisionCard => ({
  name: 'crop-plot',
  version: '0.3.0',
  task: 'segmentation',
  purpose: 'find cultivated plots from the air',
  file: 'model.tflite',
  sha256,
  labels: [
    { name: 'background', role: 'background' },
    { name: 'crop-plot', role: 'target' },
  ],
  input: {
    tensor: { name: mapNames.input, shape: [1, inputSide, inputSide, 3], type: 'int8' },
    picture: {
      ...{ resize: 'area', shape: 'letterbox', channels: 'rgb' },
      values: {
        mean: [pixel.mean, pixel.mean, pixel.mean],
        std: [pixel.std, pixel.std, pixel.std],
      },
    },
  },
  output: {
    layout: 'mask',
    mask: { name: mapNames.output, shape: [1, inputSide / stride, inputSide / stride, 2], type: 'int8' },
    activation: 'none',
    leastCells: 12,
    ...{ grow: 0.5, by: 'all' },
  },
  thresholds: { score: threshold },
  ground: { gsdCm: [1, 11], heightM: [15, 400], thingM: 8, workCm: 100 * workM },
  training: {
    data: `trained on ${tiles} rendered scenes (seeds from ${seed}); no real plot was seen`,
    program: 'models/crop-plot/train/train.ts',
  },
  evaluation: {
    data: 'one look at rendered scenes of other seeds, by which the threshold was chosen; says nothing of a real crop',
    figures: { ...figures },
  },
  limits: [
    'Trained on rendered scenes: accuracy on the real crop is not measured. Before a patrol is sent on its word it must be measured on real flights.',
    'It finds plants of one size, 0.5 to 2 m across, that stand in rows or in a loose group of nine or more on wild land, from straight above.',
    'At its threshold it misses plots, most often in rendered autumn, when plants are large, close and turning. What it takes for a plot most often are loose shrubs, woods and young orchards.',
    'It cannot tell what grows there: a young orchard, a nursery or a vegetable garden may look the same. Declared land belongs into the zones of the profile.',
    'Every picture is brought to 10 cm a pixel first: plants under half a metre, or plants under trees, are not seen.',
    'Where the ground sample distance is not known it looks at the wrong scale.',
  ],
  licence: 'Apache-2.0',
  golden: { file: 'golden/vectors.json', score: 0.03, pixels: 17 },
});
