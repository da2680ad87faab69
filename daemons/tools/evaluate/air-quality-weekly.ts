/** Co-location as a box in the field is kept: refitted every week on the last 28 days, tested on the week that follows. */
import { isFault } from '../../core/ports/fault.ts';
import { type Beside, refitEveryMs, type Surface, surfaceBefore } from '../../gas/co-location.ts';
import { agreement, type Figure, printed } from './figures.ts';

/** Everything before this was there to choose the model by; nothing of it is tested. */
export const testFromMs = 90 * 86_400_000;

/** R2 of fewer hours than a day has says nothing: such a week is in the series, not in the words about weeks. */
const wholeWeek = 24;

interface Tested {
  readonly week: number;
  readonly value: number;
  readonly u: number;
  readonly truth: number;
}

export interface Weekly {
  readonly quantity: string;
  readonly unit: string;
  /** Least R2 over all tested hours. */
  readonly reach: number;
}

/** No row is told by a fit that has seen its week: `surfaceBefore` takes rows from before the week only. */
function testedWeeks(startMs: number, beside: readonly Beside[]): { tested: Tested[]; without: number } {
  const tested: Tested[] = [];
  let without = 0;
  const weeks = Map.groupBy(
    beside.filter(({ atMs }) => atMs >= startMs + testFromMs),
    ({ atMs }) => Math.floor((atMs - startMs - testFromMs) / refitEveryMs),
  );
  for (const [week, rows] of [...weeks].sort(([a], [b]) => a - b)) {
    const surface = orNone(() => surfaceBefore(startMs + testFromMs + week * refitEveryMs, beside));
    if (!surface) without += rows.length;
    else for (const { row, reference } of rows) tested.push({ week, truth: reference, ...surface.at(row) });
  }
  return { tested, without };
}

function orNone(make: () => Surface): Surface | null {
  try {
    return make();
  } catch (error) {
    // Too few hours beside the reference: the box would keep what it had; here the week is left out, and counted.
    if (!isFault(error)) throw error;
    return null;
  }
}

const pairsOf = (tested: readonly Tested[]) => tested.map(({ value, truth }) => [value, truth] as const);

/** Figures `air.QUANTITY` (R2 over all tested hours, with R2 of each week), its mean error, and how often its interval holds. */
export function weeklyFigures({ quantity, unit, reach }: Weekly, startMs: number, beside: readonly Beside[]): Figure[] {
  const { tested, without } = testedWeeks(startMs, beside);
  const { r2, mae } = agreement(pairsOf(tested));
  const weeks = [...Map.groupBy(tested, ({ week }) => week)].map(([week, rows]) => ({
    at: `day ${testFromMs / 86_400_000 + 7 * week}`,
    value: agreement(pairsOf(rows)).r2,
    n: rows.length,
  }));
  const sorted = weeks
    .filter(({ n }) => n >= wholeWeek)
    .map(({ value }) => value)
    .sort((a, b) => a - b);
  const held = tested.filter(({ value, truth, u }) => Math.abs(value - truth) <= 2 * u).length;
  return [
    {
      ...printed(
        `air.${quantity}`,
        r2,
        '1',
        `R2 refitted weekly on the last 28 days, ${tested.length} hours after day 90 in ${weeks.length} weeks (median week ${sorted[sorted.length >> 1]?.toFixed(3)}, worst ${sorted[0]?.toFixed(3)}); ${without} hours had no fit`,
      ),
      reach: `>= ${reach}`,
      ok: r2 >= reach,
      series: weeks,
    },
    printed(`air.${quantity}.weekly-mae`, mae, unit, 'the same fits'),
    printed(`air.${quantity}.weekly-held`, held / tested.length, '1', 'share of hours within k = 2 of the same fits'),
  ];
}
