/**
 * What the operator TFLite_Detection_PostProcess does, which our runtime has no kernel for: box codes against anchors, and
 * non-maximum suppression. As tensorflow/lite/kernels/detection_postprocess.cc computes it, so that a model gives here what
 * it gives in TensorFlow Lite; but a box without a size, which ends the whole run there, is left out here.
 */

/** The operator's own options, by the meaning of their names there. */
export interface PostProcess {
  readonly maxDetections: number;
  readonly maxClassesPerDetection: number;
  /** For regular suppression. */
  readonly detectionsPerClass: number;
  /** true: each class by itself. false ("fast"): each anchor by its best class, all classes together. */
  readonly regular: boolean;
  readonly scoreThreshold: number;
  readonly iouThreshold: number;
  /** Without background. */
  readonly classes: number;
  /** Of y, x, height and width. */
  readonly scales: readonly [number, number, number, number];
  /** y, x of the centre, height and width of each anchor. */
  readonly anchors: Float32Array;
}

export interface Raw {
  /** y, x, height and width codes, `stride` numbers an anchor. */
  readonly codes: Float32Array;
  readonly stride: number;
  /** With or without background in front: it tells by its length. */
  readonly scores: Float32Array;
}

export interface Detected {
  /** Top, left, bottom, right of each. */
  readonly boxes: Float32Array;
  readonly classes: Float32Array;
  readonly scores: Float32Array;
  /** Of what is told; the operator counts boxes, which is less where it tells several classes of one. */
  readonly count: number;
}

/** How many detections the outputs have room for. */
export const roomOf = ({ maxDetections, maxClassesPerDetection, classes, regular }: PostProcess): number =>
  regular ? maxDetections : maxDetections * Math.min(maxClassesPerDetection, classes);

/** What is left over is zero, as in the operator's outputs. */
export function postProcess(raw: Raw, how: PostProcess): Detected {
  const boxes = decodedBoxes(raw, how);
  const picked = how.regular ? regular(raw.scores, boxes, how) : fast(raw.scores, boxes, how);
  const room = roomOf(how);
  const found = { boxes: new Float32Array(4 * room), classes: new Float32Array(room), scores: new Float32Array(room) };
  picked.slice(0, room).forEach(({ anchor, which, score }, i) => {
    found.boxes.set(boxes.subarray(4 * anchor, 4 * anchor + 4), 4 * i);
    found.classes[i] = which;
    found.scores[i] = score;
  });
  return { ...found, count: Math.min(picked.length, room) };
}

function decodedBoxes({ codes, stride }: Raw, { anchors, scales }: PostProcess): Float32Array {
  const boxes = new Float32Array(anchors.length);
  for (let at = 0, from = 0; at < anchors.length; at += 4, from += stride) {
    const [y, x, height, width] = anchors.subarray(at, at + 4) as unknown as [number, number, number, number];
    const centreY = ((codes[from] as number) / scales[0]) * height + y;
    const centreX = ((codes[from + 1] as number) / scales[1]) * width + x;
    const halfHeight = 0.5 * Math.exp((codes[from + 2] as number) / scales[2]) * height;
    const halfWidth = 0.5 * Math.exp((codes[from + 3] as number) / scales[3]) * width;
    boxes.set([centreY - halfHeight, centreX - halfWidth, centreY + halfHeight, centreX + halfWidth], at);
  }
  return boxes;
}

interface Picked {
  readonly anchor: number;
  readonly which: number;
  readonly score: number;
}

/** Scores of an anchor begin `behind` numbers in: one where background is among them. */
function layoutOf(
  scores: Float32Array,
  { anchors, classes }: PostProcess,
): { readonly per: number; readonly behind: number } {
  const per = scores.length / (anchors.length / 4);
  return { per, behind: per - classes };
}

/** The operator counts every class that it tells of an anchor, the best first, right behind the box. */
function fast(scores: Float32Array, boxes: Float32Array, how: PostProcess): Picked[] {
  const { per, behind } = layoutOf(scores, how);
  const count = boxes.length / 4;
  const best = Float32Array.from({ length: count }, (_, anchor) => {
    let most = Number.NEGATIVE_INFINITY;
    for (let k = behind; k < per; k++) most = Math.max(most, scores[anchor * per + k] as number);
    return most;
  });
  const told = Math.min(how.maxClassesPerDetection, how.classes);
  return suppressed(best, boxes, { ...how, most: how.maxDetections }).flatMap((anchor) => {
    const own = scores.subarray(anchor * per + behind, (anchor + 1) * per);
    const order = Array.from(own.keys()).sort((a, b) => (own[b] as number) - (own[a] as number) || a - b);
    return order.slice(0, told).map((which) => ({ anchor, which, score: own[which] as number }));
  });
}

function regular(scores: Float32Array, boxes: Float32Array, how: PostProcess): Picked[] {
  const { per, behind } = layoutOf(scores, how);
  const count = boxes.length / 4;
  const picked: Picked[] = [];
  for (let which = 0; which < how.classes; which++) {
    const own = Float32Array.from({ length: count }, (_, anchor) => scores[anchor * per + behind + which] as number);
    for (const anchor of suppressed(own, boxes, { ...how, most: how.detectionsPerClass }))
      picked.push({ anchor, which, score: own[anchor] as number });
  }
  // Stable: of two alike the earlier class.
  return picked.sort((a, b) => b.score - a.score).slice(0, how.maxDetections);
}

interface Suppression {
  readonly scoreThreshold: number;
  readonly iouThreshold: number;
  readonly most: number;
}

/** Numbers of the boxes that stay, the surest first; of two alike the earlier. */
function suppressed(
  scores: Float32Array,
  boxes: Float32Array,
  { scoreThreshold, iouThreshold, most }: Suppression,
): number[] {
  const areas = areasOf(boxes);
  const order = Array.from(scores.keys())
    .filter((i) => (scores[i] as number) >= scoreThreshold && (areas[i] as number) > 0)
    .sort((a, b) => (scores[b] as number) - (scores[a] as number) || a - b);
  const kept: number[] = [];
  for (const i of order) {
    if (kept.length >= most) break;
    const isOf = (k: number): boolean => {
      const both = common(boxes, k, i);
      return both / ((areas[k] as number) + (areas[i] as number) - both) > iouThreshold;
    };
    if (!kept.some(isOf)) kept.push(i);
  }
  return kept;
}

/** Zero for what is no box: sides that are turned round, or no numbers. */
function areasOf(boxes: Float32Array): Float64Array {
  return Float64Array.from({ length: boxes.length / 4 }, (_, i) => {
    const height = (boxes[4 * i + 2] as number) - (boxes[4 * i] as number);
    const width = (boxes[4 * i + 3] as number) - (boxes[4 * i + 1] as number);
    return height > 0 && width > 0 && Number.isFinite(height * width) ? height * width : 0;
  });
}

/** The area that two boxes share. */
function common(boxes: Float32Array, i: number, j: number): number {
  const side = (from: number, to: number): number =>
    Math.max(
      0,
      Math.min(boxes[4 * i + to] as number, boxes[4 * j + to] as number) -
        Math.max(boxes[4 * i + from] as number, boxes[4 * j + from] as number),
    );
  return side(0, 2) * side(1, 3);
}
