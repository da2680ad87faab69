/** What every rule of a box saw in a capture, for pictures: value, clean-air level, threshold, and what the model called it. */
import type { Moment, Timeline } from '../../core/plots/timeline-plot.ts';
import type { Alert } from '../../core/values/alert.ts';
import type { GasSection } from '../../gas/config.ts';
import type { Look } from '../../gas/detect.ts';
import { type Baseline, follow, freshBaseline } from '../../gas/detection/baseline.ts';
import type { Advance } from '../../gas/line.ts';
import { judged } from '../captures/replay.ts';

type Rule = GasSection['rules'][number];

const words = {
  seconds: 's',
  baseline: 'clean-air level',
  threshold: 'threshold',
  probability: 'probability of each class',
} as const;

/** One timeline for each rule that looked at something. Errors: Fault `config` for a folder that is no capture. */
export async function timelinesOf(capture: string, models: string): Promise<readonly Timeline[]> {
  const { section, model, advances } = await judged(capture, models);
  const kept = section.rules.map((rule) => ({ rule, track: trackOf(rule, section), moments: [] as Moment[] }));
  const said: Alert[] = [];
  let span: readonly [fromNs: number, toNs: number] | null = null;
  for await (const one of advances) {
    const [first, last] = [one.measurements[0]?.at.monoNs, one.measurements.at(-1)?.at.monoNs];
    if (first === undefined || last === undefined) continue;
    span = [span?.[0] ?? first, last];
    said.push(...one.finding.alerts);
    for (const { rule, track, moments } of kept)
      for (const look of one.looks)
        if (look.kind === rule.kind) moments.push({ s: (look.at.monoNs - span[0]) / 1e9, ...track(look, one) });
  }
  await model?.close();
  const [fromNs, toNs] = span ?? [0, 0];
  return kept
    .filter(({ moments }) => moments.length > 0)
    .map(({ rule, moments }) => ({
      title: rule.kind,
      unit: rule.score === 'model' ? 'summed probability of the targets' : unitOf(rule),
      labels: rule.score === 'model' ? (model?.labels ?? []) : [],
      moments,
      alerts: stretches(
        said.filter(({ kind }) => kind === rule.kind),
        toNs,
      ).map(([from, to]) => [(from - fromNs) / 1e9, (to - fromNs) / 1e9] as const),
      words,
    }));
}

/** From raise to clear, or to the end, in ns of the monotonic clock. */
function stretches(said: readonly Alert[], endNs: number): (readonly [number, number])[] {
  return [...Map.groupBy(said, ({ id }) => id).values()].map((revisions) => [
    revisions[0]?.at.monoNs ?? endNs,
    revisions.find(({ condition }) => condition === 'cleared')?.at.monoNs ?? endNs,
  ]);
}

const unitOf = ({ score }: Rule): string =>
  score === 'model' ? '1' : 'change' in score ? `${score.change}, its own unit` : score.quantity;

/** How one look of a rule becomes a moment. A rule on a quantity has no level of its own: it is followed here as one on a change would. */
function trackOf(rule: Rule, { change }: GasSection): (look: Look, advance: Advance) => Omit<Moment, 's'> {
  const { score } = rule;
  if (score === 'model')
    return ({ score: value, evidence }) => ({
      value,
      baseline: null,
      threshold: rule.on,
      ...(value !== null && {
        probabilities: evidence.flatMap((one) => (one.quantity.startsWith('p(') ? [one.value ?? 0] : [])),
      }),
    });
  if ('change' in score)
    return ({ evidence }, { state }) => {
      const { level, spread } = state.channels[score.change]?.baseline ?? freshBaseline;
      return {
        value: evidence[0]?.value ?? null,
        baseline: level,
        threshold: level === null || spread === null ? Number.NaN : level + rule.on * spread,
      };
    };
  let baseline: Baseline = freshBaseline;
  return ({ score: value }, { state }) => {
    if (value !== null) baseline = follow(baseline, value, state.detect[rule.kind]?.active === true, change);
    return { value, baseline: baseline.level, threshold: rule.on };
  };
}
