/**
 * The memory of a source estimate: for every hypothesis (a cell of the grid, a shape of the plume, a north mark) the sums from which
 * its rate and the backgrounds follow in closed form, and how well it foretold what was then measured. One row costs the
 * same time and no memory, however many came before. The arrays are written in place: a copy a row would be megabytes.
 */
import { exp, ln } from '../../core/exact/math.ts';
import { type Grid, gridOf } from './grid.ts';
import type { PlumeOptions } from './options.ts';
import { respond } from './response.ts';
import type { Row } from './row.ts';

/** More streams than this are passed over: each costs six numbers a hypothesis. */
export const maxStreams = 16;

/** Numbers a stream and hypothesis: whitened and weighted sums over its rows, and the response to the row before. */
const width = 6;
const [units, values, responses, crossed, squared, before] = [0, 1, 2, 3, 4, 5] as const;

interface Stream {
  readonly name: string;
  readonly lastS: number;
  readonly lastValue: number;
  /** The lowest value so far. */
  readonly least: number;
}

export interface Filter {
  readonly options: PlumeOptions;
  readonly grid: Grid;
  /** The last hypothesis is that there is no source. */
  readonly hypotheses: number;
  readonly streams: Stream[];
  /** [hypothesis][stream][number]. */
  sums: Float64Array;
  /** Log likelihood of what was foretold. */
  readonly fit: Float64Array;
  /** Rate in mg/s and common background in mg/m3 as they stood before the last row. */
  readonly rate: Float64Array;
  readonly background: Float64Array;
  /** Sum of weighted squared residuals, from which the noise of each hypothesis follows. */
  readonly squares: Float64Array;
  /** Sums of a plain rate: [hypothesis][response x what a stream rose above its least, response squared]. */
  readonly plain: Float64Array;
  readonly scratch: Float64Array[];
  rows: number;
  looks: number;
}

export function openFilter(options: PlumeOptions): Filter {
  const grid = gridOf(options.area, options.cellM);
  const hypotheses = grid.x.length * options.askew.length * options.shapes.length + 1;
  const zeros = (): Float64Array => new Float64Array(hypotheses);
  return {
    options,
    grid,
    hypotheses,
    streams: [],
    sums: new Float64Array(0),
    fit: zeros(),
    rate: zeros(),
    background: zeros(),
    squares: zeros(),
    plain: new Float64Array(2 * hypotheses),
    scratch: [],
    rows: 0,
    looks: 0,
  };
}

/** The stream's number; a new one gets sums of its own. -1 when there are too many. */
function streamOf(filter: Filter, name: string): number {
  const { streams, hypotheses } = filter;
  const known = streams.findIndex((one) => one.name === name);
  if (known >= 0 || streams.length >= maxStreams) return known;
  const [from, to] = [streams.length * width, (streams.length + 1) * width];
  const sums = new Float64Array(hypotheses * to);
  for (let h = 0; h < hypotheses; h++) sums.set(filter.sums.subarray(h * from, (h + 1) * from), h * to);
  filter.sums = sums;
  streams.push({ name, lastS: Number.NEGATIVE_INFINITY, lastValue: 0, least: Number.POSITIVE_INFINITY });
  return streams.length - 1;
}

/** Weight of what the noise was guessed at first, in looks. */
const guessed = 4;
/** Degrees of freedom of the likelihood: tails heavy enough for a passing lorry. The powers below are written for 4. */
const freedom = 4;
/** Makes the common background solvable before anything was seen: it says 0 +- 1000 mg/m3. */
const openBackground = 1e-6;

/** Square of a response that is none, (s/m3)2. */
const noResponse = 1e-12;

/** Takes one row. Looks of more streams than `maxStreams` are passed over. */
export function addRow(filter: Filter, row: Row): void {
  const { options, hypotheses, streams, scratch } = filter;
  const taken = row.looks.map((look) => ({ look, at: streamOf(filter, look.stream) })).filter(({ at }) => at >= 0);
  const looks = taken.map(({ look }) => look);
  while (scratch.length < looks.length) scratch.push(new Float64Array(hypotheses));
  if (row.before) for (const one of scratch) one.fill(0);
  else respond(filter.grid, options, { ...row, looks }, scratch);

  const count = looks.length;
  const carried = new Float64Array(count);
  const whitened = new Float64Array(count);
  const offset = new Int32Array(count);
  const rises = new Float64Array(count);
  taken.forEach(({ look, at }, k) => {
    const { lastS = 0, lastValue = 0 } = streams[at] ?? {};
    carried[k] = exp(-(row.atS - lastS) / options.residualS);
    whitened[k] = look.value - (carried[k] ?? 0) * lastValue;
    offset[k] = at * width;
    const least = Math.min(streams[at]?.least ?? look.value, look.value);
    rises[k] = look.value - least;
    streams[at] = { name: look.stream, lastS: row.atS, lastValue: look.value, least };
  });

  const { fit, rate, background, squares, sums, plain } = filter;
  const { modelError, noise, offsetSd, rateSd } = options;
  const stride = streams.length * width;
  const half = 0.5 * exp(-options.sharing * ln(count));
  const seen = filter.looks;
  for (let h = 0; h < hypotheses; h++) {
    const from = h * stride;
    const variance = (guessed * noise * noise + num(squares, h)) / (guessed + seen);
    const ridge = variance / (offsetSd * offsetSd);
    let qq = variance / (rateSd * rateSd);
    let qb = 0;
    let bb = openBackground;
    let q = 0;
    let b = 0;
    for (let s = from; s < from + stride; s += width) {
      const n = num(sums, s);
      const y = num(sums, s + values);
      const g = num(sums, s + responses);
      const shrunk = 1 / (n + ridge);
      const left = ridge * shrunk;
      qq += num(sums, s + squared) - g * g * shrunk;
      qb += g * left;
      bb += n * left;
      q += num(sums, s + crossed) - g * y * shrunk;
      b += y * left;
    }
    const free = qq - (qb * qb) / bb;
    const r = Math.max(0, (q - (qb * b) / bb) / free);
    const base = (b - qb * r) / bb;
    rate[h] = r;
    background[h] = base;
    // The model errs in proportion to the plume, and a rate that came down to nothing is no proof that there was none: weighted
    // against outliers it holds the plume itself for one, and would then be sure of it. So its doubt is that of the plain rate.
    const called = Math.max(r, Math.min(rateSd, num(plain, 2 * h) / (num(plain, 2 * h + 1) + noResponse)));
    let product = 1;
    let sum = 0;
    let added = 0;
    for (let k = 0; k < count; k++) {
      const s = from + num(offset, k);
      const n = num(sums, s);
      const y = num(sums, s + values);
      const g = num(scratch[k], h);
      const moved = g - num(carried, k) * num(sums, s + before);
      const unit = 1 - num(carried, k);
      const value = num(whitened, k);
      const own = (y - r * num(sums, s + responses) - base * n) / (n + ridge);
      const error = value - r * moved - (base + own) * unit;
      const doubt = modelError * called * g;
      const spread = variance + doubt * doubt;
      const known = unit * unit * (1 / (n + ridge) + 1 / bb) + (moved * moved) / free;
      const foretold = spread + variance * known;
      const tail = 1 + (error * error) / (freedom * foretold);
      product *= tail * tail * tail * tail * tail * foretold;
      if (product > 1e100 || product < 1e-100) {
        sum += ln(product);
        product = 1;
      }
      const weight = ((freedom + 1) * variance) / (freedom * spread + error * error);
      added += weight * error * error;
      sums[s + units] = n + weight * unit * unit;
      sums[s + values] = y + weight * unit * value;
      sums[s + responses] = num(sums, s + responses) + weight * unit * moved;
      sums[s + crossed] = num(sums, s + crossed) + weight * moved * value;
      sums[s + squared] = num(sums, s + squared) + weight * moved * moved;
      sums[s + before] = g;
      plain[2 * h] = num(plain, 2 * h) + g * num(rises, k);
      plain[2 * h + 1] = num(plain, 2 * h + 1) + g * g;
    }
    squares[h] = num(squares, h) + added;
    fit[h] = num(fit, h) - half * (sum + ln(product));
  }
  filter.rows++;
  filter.looks += count;
}

const num = (array: Float64Array | Int32Array | undefined, i: number): number => (array as Float64Array)[i] as number;
