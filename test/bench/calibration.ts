/**
 * `calibration.coverage`: simulated calibrations of an instrument whose truth is known, through the fits and the uncertainty
 * that the box uses. The truth lies within the stated k = 2 interval as often as it should, or the statement is worth nothing.
 */
import { applyFit } from '../../daemons/core/calibration/apply.ts';
import { isFault } from '../../daemons/core/ports/fault.ts';
import type { CalibrationPoint, LinearFit } from '../../daemons/core/values/calibration.ts';
import { fitTwoPoint } from '../../daemons/gas/fit.ts';
import { fitMultiPoint, yorkLine } from '../../daemons/gas/fit-multi-point.ts';
import { type Figure, printed } from '../../daemons/tools/evaluate/figures.ts';
import { normal, type Random, seeded, uniform } from '../../daemons/tools/simulate/random.ts';

const seed = 20_261_125;
const each = 5000;
const channel = 'a/b';

interface Draw {
  between(low: number, high: number): number;
  /** Spread evenly over orders of magnitude. */
  scale(low: number, high: number): number;
  noise(u: number): number;
}

function drawFrom(of: number): Draw {
  let random: Random = seeded(of);
  const next = (from: (random: Random) => readonly [number, Random]): number => {
    const [value, after] = from(random);
    random = after;
    return value;
  };
  const between = (low: number, high: number): number => low + (high - low) * next(uniform);
  return {
    between,
    scale: (low, high) => Math.exp(between(Math.log(low), Math.log(high))),
    noise: (u) => u * next(normal),
  };
}

/** An instrument and gases as they may be: slopes over two decades, certificates of 0.5 to 3 %, noise of 0.02 to 2 % of span. */
interface Case {
  readonly slope: number;
  readonly offset: number;
  readonly span: number;
  readonly uRelative: number;
  readonly uZero: number;
  readonly uRead: number;
}

function caseOf(draw: Draw): Case {
  const slope = draw.scale(0.1, 10) * (draw.between(0, 1) < 0.2 ? -1 : 1);
  const span = draw.scale(1, 1000);
  return {
    slope,
    span,
    offset: draw.between(-0.2, 0.2) * span * slope,
    uRelative: draw.scale(0.005, 0.03),
    uZero: draw.scale(0.0002, 0.005) * span,
    uRead: draw.scale(0.0002, 0.02) * span * Math.abs(slope),
  };
}

/** What is on the certificate differs from what flows by its uncertainty, what is read from what is there by the noise. */
function pointAt(nominal: number, { slope, offset, uRelative, uZero, uRead }: Case, draw: Draw): CalibrationPoint {
  const uApplied = nominal === 0 ? uZero : uRelative * nominal;
  const flows = nominal + draw.noise(uApplied);
  return { applied: nominal, uApplied, read: offset + slope * flows + draw.noise(uRead), uRead };
}

/** Whether the interval of one value somewhere in the range holds what is there. */
function holds(fit: LinearFit, { slope, offset, span, uRead }: Case, draw: Draw): boolean {
  const there = draw.between(0, 1.1) * span;
  const { value, u } = applyFit(fit, [offset + slope * there + draw.noise(uRead)], [uRead]);
  return Math.abs(value - there) <= 2 * u;
}

interface Tally {
  held: number;
  stated: number;
  refused: number;
}

function simulate(of: number, fitOf: (one: Case, draw: Draw) => LinearFit): Tally {
  const draw = drawFrom(of);
  const tally = { held: 0, stated: 0, refused: 0 };
  for (let i = 0; i < each; i++) {
    const one = caseOf(draw);
    try {
      const fit = fitOf(one, draw);
      tally.stated += 1;
      if (holds(fit, one, draw)) tally.held += 1;
    } catch (error) {
      if (!isFault(error)) throw error;
      tally.refused += 1;
    }
  }
  return tally;
}

/** Zero gas and 2 to 6 levels up to span, evenly apart. */
function pointsOf(one: Case, draw: Draw): CalibrationPoint[] {
  const levels = 2 + Math.floor(draw.between(0, 5));
  return Array.from({ length: levels + 1 }, (_, i) => pointAt((one.span * i) / levels, one, draw));
}

const twoPoint = (one: Case, draw: Draw): LinearFit =>
  fitTwoPoint(channel, pointAt(0, one, draw), pointAt(one.span, one, draw));

const shareOf = ({ held, stated }: Tally): number => held / stated;

export function calibration(): readonly Figure[] {
  const two = simulate(seed, twoPoint);
  const multi = simulate(seed + 1, (one, draw) => fitMultiPoint(channel, pointsOf(one, draw)).fit);
  const any = simulate(seed + 2, (one, draw) => yorkLine(channel, pointsOf(one, draw)).fit);
  const held = (two.held + multi.held) / (two.stated + multi.stated);
  const said = ({ stated, refused }: Tally): string => `${stated} stated, ${refused} refused`;
  return [
    {
      ...printed(
        'calibration.coverage',
        held,
        '1',
        `${2 * each} simulated calibrations, half of two and half of 3 to 7 points, normal errors in applied and read; slopes 0.1 to 10, certificates 0.5 to 3 %, noise 0.02 to 2 % of span; seeds ${seed} and ${seed + 1}; refused ones state nothing`,
      ),
      reach: '0.94 to 0.97',
      ok: held >= 0.94 && held <= 0.97,
    },
    printed('calibration.coverage.two-point', shareOf(two), '1', said(two)),
    printed('calibration.coverage.multi-point', shareOf(multi), '1', `${said(multi)}: a residual beyond 2 u`),
    printed(
      'calibration.coverage.multi-point-unjudged',
      shareOf(any),
      '1',
      `${said(any)}; residuals not judged, seed ${seed + 2}`,
    ),
  ];
}
