/**
 * `fieldpost evaluate plume-scene`: the release of the simulated site at phases of the wind that the seed decides, through the
 * whole gas line of its post without the processes: how often there is one corroborated alert, and how often its region holds the
 * source. The seeds are those from 1 on, as anybody would take them.
 */
import type { Alert } from '../../core/values/alert.ts';
import type { Rings } from '../../core/values/plume.ts';
import { toDegrees } from '../../gas/plume/estimate.ts';
import { release, releaseScene } from '../simulate/release.ts';
import { alertsOn, openReleaseLine, type ReleaseLine } from '../simulate/release-line.ts';
import { readingsOf } from '../simulate/release-post.ts';
import { type Figure, printed } from './figures.ts';

const scenes = 20;
/** Rows with wind after which one revision stands for its scene: the wind has swung over the source and back. */
const enoughRows = 36;
/** Where rows of means begin is up to when the box was started; no multiple of a row's seconds. */
const bootStepS = 0.777;

export interface Told {
  readonly seed: number;
  readonly alerts: number;
  readonly corroborated: boolean;
  /** Of every revision that had an answer, in their order; `rows` with wind behind it. */
  readonly answers: readonly {
    readonly rows: number;
    readonly in50: boolean;
    readonly in90: boolean;
    readonly ceM: number;
  }[];
}

/** Even-odd rule: holes of a region run the other way round and count the same. */
function holds(rings: Rings, { lat, lon }: { readonly lat: number; readonly lon: number }): boolean {
  let inside = false;
  for (const ring of rings)
    ring.forEach(([x1, y1], i) => {
      const [x2, y2] = ring[(i + 1) % ring.length] ?? [x1, y1];
      if (y1 > lat !== y2 > lat && lon < x1 + ((lat - y1) / (y2 - y1)) * (x2 - x1)) inside = !inside;
    });
  return inside;
}

/** What the post says of the release in that seed's wind, until it is over. */
export function toldOf({ line, where }: Pick<ReleaseLine, 'line' | 'where'>, seed: number): Told {
  const watch = { seed, bootS: 1000 + seed * bootStepS, untilS: release.endS };
  const alerts = alertsOn(line, readingsOf(releaseScene(seed), watch));
  const truth = toDegrees(where)(release.eastM, release.northM);
  const answers = alerts.flatMap(({ plume }: Alert) =>
    plume?.answer === 'source'
      ? [
          {
            rows: plume.wind.rows,
            in50: holds(plume.region50, truth),
            in90: holds(plume.region90, truth),
            ceM: plume.where.ceM,
          },
        ]
      : [],
  );
  return {
    seed,
    alerts: new Set(alerts.map(({ id }) => id)).size,
    corroborated: alerts.some(({ certainty }) => certainty === 'corroborated'),
    answers,
  };
}

export async function evaluatePlumeScene(): Promise<readonly Figure[]> {
  const post = await openReleaseLine();
  try {
    return figuresOf(Array.from({ length: scenes }, (_, i) => toldOf(post, i + 1)));
  } finally {
    await post.close();
  }
}

function figuresOf(told: readonly Told[]): readonly Figure[] {
  const chosen = told.flatMap(({ seed, answers }) => {
    const one = answers.find(({ rows }) => rows >= enoughRows);
    return one ? [{ seed, ...one }] : [];
  });
  const share = <T>(of: readonly T[], is: (one: T) => boolean): number => of.filter(is).length / of.length;
  const missed = chosen.filter(({ in90 }) => !in90).map(({ seed }) => seed);
  const ce = chosen.map(({ ceM }) => ceM).toSorted((a, b) => a - b);
  const all = told.flatMap(({ answers }) => answers);
  const [value, one] = [
    share(chosen, ({ in90 }) => in90),
    share(told, ({ alerts, corroborated }) => alerts === 1 && corroborated),
  ];
  const words =
    `simulated: ${chosen.length} of ${told.length} phases of the wind answered after ${enoughRows} rows; missed in seeds: ` +
    `${missed.join(', ') || 'none'}; 50 % regions hold ${(100 * share(chosen, ({ in50 }) => in50)).toFixed(0)} %; median ce ${ce[ce.length >> 1]?.toFixed(0) ?? '-'} m; ` +
    `of all ${all.length} revisions with an answer ${(100 * share(all, ({ in90 }) => in90)).toFixed(0)} %`;
  return [
    {
      ...printed('plume.scene.region', value, 'share', words),
      reach: '>= 0.85: 90 % regions hold the source',
      ok: value >= 0.85 && chosen.length === told.length,
    },
    {
      ...printed('plume.scene.alert', one, 'share', `simulated: ${told.length} phases with a lorry before the release`),
      reach: '= 1: one alert, corroborated',
      ok: one === 1,
    },
  ];
}
