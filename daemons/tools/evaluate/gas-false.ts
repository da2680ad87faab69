/**
 * `fieldpost evaluate gas-false`: false alarms per hour of change detection with the shipped model behind it, on simulated
 * hours whose seeds the thresholds have not seen, and how many releases it finds. Thresholds come from other quiet hours.
 */
import path from 'node:path';
import { loadBox } from '../../core/config/box.ts';
import { parseValue } from '../../core/config/parse.ts';
import { exp, ln } from '../../core/exact/math.ts';
import type { ActiveModel } from '../../core/model/activate.ts';
import { Fault } from '../../core/ports/fault.ts';
import { gasSection } from '../../gas/config.ts';
import { loadModel } from '../../gas/daemon.ts';
import { type BaselineOptions, deviation, follow, freshBaseline } from '../../gas/detection/baseline.ts';
import { type ChangeOptions, freshChannel, look } from '../../gas/detection/change.ts';
import { lodOf } from '../../gas/detection/lod.ts';
import { classifiedNow, countedAs, freshTaken, isFar, scoredNow, takenFor } from '../../gas/detection/taken-for.ts';
import { peaksOf, type Threshold, thresholdFor } from '../../gas/detection/threshold.ts';
import { features } from '../../gas/features.ts';
import { targetsOf } from '../../gas/model-looks.ts';
import { arrayConstants } from '../simulate/array.ts';
import { country, type Release, type Step, stepS } from '../simulate/country.ts';
import { seeded, uniform } from '../simulate/random.ts';
import type { Figure } from './figures.ts';
import { printed } from './figures.ts';

const root = path.join(import.meta.dirname, '../../..');
export const budget = 0.01;
/** Each box is an array of its own, with thresholds from its own quiet hours; every part of the hours is a weather of its own. */
const boxes = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] as const;
const hoursOf = { quiet: 200, judged: 100, found: 50 } as const;
const weathers = { quiet: 1000, judged: 2000, found: 3000 } as const;

const baseline: BaselineOptions = {
  blockSamples: 24,
  blocks: 60,
  learnBlocks: 5,
  quantile: 0.5,
  up: 0.5,
  down: 1,
  leastSpread: 0.005,
};
/** 6 of 8 samples of 5 s: the T90 of the simulated cell. */
const change: ChangeOptions = { baseline, of: 8, least: 6 };
const ofArray: BaselineOptions = { ...baseline, leastSpread: 0.002 };
const principals = ['ammonia', 'pid'] as const;
/** What is counted, each with a threshold of its own: a change of which nobody can say what it is must be a larger one. */
const streams = principals.flatMap((name, channel) =>
  (['target', 'unknown'] as const).map((verdict) => ({ name: `${name} as ${verdict}`, channel, verdict })),
);

/** The score of every stream at one step: null while nothing is judged, 0 where the change was taken for something else. */
interface Scored {
  readonly tS: number;
  readonly scores: readonly (number | null)[];
}

function* scored(steps: Iterable<Step>, model: ActiveModel): Generator<Scored> {
  const channels = principals.map(() => freshChannel);
  const levels = arrayConstants.map(() => freshBaseline);
  const asked = { labels: model.labels, targets: targetsOf(model) };
  let before: readonly number[] | null = null;
  let taken = freshTaken;
  for (const step of steps) {
    const at = { monoNs: step.tS * 1e9, boot: 'simulated' };
    const lnG = conductances(step);
    const isStill = isFar(taken);
    const out = principals.map((name, i): number | null => {
      const [next, { score }] = look(channels[i] ?? freshChannel, step[name], isStill, change);
      channels[i] = next;
      return score;
    });
    principals.forEach((name, i) => {
      taken = scoredNow(taken, name, out[i] ?? null, at);
    });
    const clean = levels.map(({ level }) => level);
    if (taken.since && before) taken = classifiedNow(taken, classed(model, { now: lnG, before, clean, step }), at);
    lnG.forEach((one, i) => {
      levels[i] = follow(levels[i] ?? freshBaseline, one, isStill, ofArray);
    });
    before = lnG;
    // The window of this step is over by now.
    const what = takenFor(taken, asked, { ...at, monoNs: at.monoNs + 1 });
    yield { tS: step.tS, scores: streams.map((one) => countedAs(out[one.channel] ?? null, what, one.verdict)) };
  }
}

/** ln of how much better each element conducts than its kind does in clean air, climate taken out. */
const conductances = ({ ohms, temperatureC, humidityGm3 }: Step): number[] =>
  arrayConstants.map(
    ({ r0Ohm, perDegree, perLnHumidity }, i) =>
      ln(r0Ohm / (ohms[i] ?? r0Ohm)) + perDegree * (temperatureC - 20) + perLnHumidity * ln(humidityGm3 / 10),
  );

/** The model's window laid through the last two steps: it covers half of the time between them. */
function classed(
  model: ActiveModel,
  {
    now,
    before,
    clean,
    step,
  }: { now: readonly number[]; before: readonly number[]; clean: readonly (number | null)[]; step: Step },
): Float32Array | null {
  const samples = 10;
  const ratios = now.map((one, i) =>
    Float64Array.from({ length: samples }, (_, k) => {
      const share = 0.5 + (0.5 * (k + 1)) / samples;
      return exp(-(one * share + (before[i] ?? one) * (1 - share)));
    }),
  );
  const vector = features({
    ratios,
    baseline: Float64Array.from(clean, (one) => (one === null ? Number.NaN : exp(-one))),
    temperatureC: step.temperatureC,
    humidityGm3: step.humidityGm3,
  });
  return vector ? model.classify(vector) : null;
}

/** One release each hour and a half, of a peak from 3 to 100 LOD of the instrument that sees it. */
function releasesOf(
  seed: number,
  lods: { readonly ammonia: number; readonly pid: number },
): (Release & { lods: number })[] {
  let random = seeded(seed ^ 0x1234567);
  const draw = (): number => {
    const [value, next] = uniform(random);
    random = next;
    return value;
  };
  return Array.from({ length: Math.floor((hoursOf.found - 2) / 1.5) }, (_, i) => {
    const gas = (['ammonia', 'acetone', 'toluene'] as const)[i % 3] ?? 'ammonia';
    const times = 3 * Math.exp(draw() * Math.log(100 / 3));
    const perPpm = { ammonia: 1, acetone: 1 / 1.1, toluene: 2 }[gas];
    const lod = gas === 'ammonia' ? lods.ammonia : lods.pid;
    const startS = 7200 + i * 5400 + draw() * 2400;
    return { gas, peak: (times * lod) / perPpm, startS, endS: startS + 90 + draw() * 600, lods: times };
  });
}

/** Alarms of one run: from `on` until 5 minutes under half of it. */
function alarmsOf(run: Iterable<Scored>, on: readonly number[]): { readonly fromS: number; readonly toS: number }[] {
  const alarms: { fromS: number; toS: number }[] = [];
  let open: { fromS: number; toS: number } | null = null;
  for (const { tS, scores } of run) {
    const over = (share: number): boolean =>
      scores.some((one, i) => one !== null && one >= share * (on[i] ?? Infinity));
    if (open === null && over(1)) open = { fromS: tS, toS: tS };
    else if (open && over(0.5)) open.toS = tS;
    else if (open && tS - open.toS > 300) {
      alarms.push(open);
      open = null;
    }
  }
  if (open) alarms.push(open);
  return alarms;
}

export async function evaluateGasFalse(): Promise<readonly Figure[]> {
  const box = loadBox(path.join(root, 'firmware-configs'), 'post-1');
  const section = parseValue(box.files.profile, box.profile.gas ?? {}, gasSection);
  const model = await loadModel(section, box.board, path.join(root, 'models'));
  if (!model)
    throw new Fault('config', `${box.files.profile} gas.model: is absent; gas-false judges with the shipped model`);
  try {
    return figuresOf(model);
  } finally {
    await model.close();
  }
}

interface BoxResult {
  readonly fits: readonly Threshold[];
  readonly alarms: number;
  readonly releases: readonly { readonly lods: number; readonly found: boolean }[];
}

function judge(box: number, model: ActiveModel): BoxResult {
  const quiet = [...scored(country({ box, weather: weathers.quiet + box }, hoursOf.quiet), model)];
  const fits = streams.map(({ name }, i) => {
    const peaks = peaksOf(
      quiet.map(({ scores }) => scores[i] ?? null),
      3,
      60,
    );
    // Each stream gets its share, so that all together keep to the budget.
    const fit = thresholdFor({ peaks, hours: hoursOf.quiet }, budget / streams.length);
    if ('refused' in fit) throw new Fault('refused', `threshold of ${name} at box ${box}: ${fit.refused}`);
    return fit;
  });
  const on = fits.map(({ threshold }) => threshold);
  const alarms = alarmsOf(scored(country({ box, weather: weathers.judged + box }, hoursOf.judged), model), on).length;
  const weather = weathers.found + box;
  const released = releasesOf(weather, blankLods(box));
  const raised = alarmsOf(scored(country({ box, weather }, hoursOf.found, released), model), on);
  const releases = released.map(({ lods, startS, endS }) => ({
    lods,
    found: raised.some(({ fromS, toS }) => fromS <= endS + 60 && toS >= startS),
  }));
  return { fits, alarms, releases };
}

function figuresOf(model: ActiveModel): Figure[] {
  const results = boxes.map((box) => judge(box, model));
  const releases = results.flatMap((one) => one.releases);
  const falseAlarms = results.reduce((sum, { alarms }) => sum + alarms, 0);
  const judgedHours = boxes.length * hoursOf.judged;
  const share = (group: readonly { readonly found: boolean }[]): number =>
    group.filter(({ found }) => found).length / group.length;
  const strong = releases.filter(({ lods }) => lods >= 10);
  const [recall, perHour] = [share(strong), falseAlarms / judgedHours];
  const series = [3, 5, 10, 20, 50].map((from, i, all) => {
    const group = releases.filter(({ lods }) => lods >= from && lods < (all[i + 1] ?? Infinity));
    return { at: `recall from ${from} LOD`, value: share(group), n: group.length };
  });
  const told = streams.map(({ name }, i) => {
    const of = results.map(({ fits }) => fits[i]?.threshold ?? Number.NaN);
    return `${name} ${Math.min(...of).toFixed(0)} to ${Math.max(...of).toFixed(0)}`;
  });
  return [
    {
      ...printed(
        'gas.false',
        perHour,
        '1/h',
        `${falseAlarms} alarms in ${judgedHours} h of ${boxes.length} boxes (${results.map(({ alarms }) => alarms).join(' ')}), steps of ${stepS} s; budget ${budget} from ${hoursOf.quiet} other hours of each box; thresholds in spreads: ${told.join(', ')}; recall ${recall.toFixed(3)} of ${strong.length} releases of >= 10 LOD`,
      ),
      reach: '<= 0.02 with recall >= 0.9',
      ok: perHour <= 0.02 && recall >= 0.9,
      series,
    },
  ];
}

/** LOD of both instruments from the blank of a calm hour, by readings against the baseline's level. */
function blankLods(box: number): { readonly ammonia: number; readonly pid: number } {
  const blank = principals.map((): number[] => []);
  const states = principals.map(() => freshBaseline);
  for (const step of country({ box, weather: 999 }, 3)) {
    principals.forEach((name, i) => {
      const was = states[i] ?? freshBaseline;
      const z = deviation(was, step[name]);
      if (z !== null && was.spread !== null && Math.abs(z) < 4) blank[i]?.push(z * was.spread);
      states[i] = follow(was, step[name], false, baseline);
    });
  }
  const [ammonia = 0, pid = 0] = blank.map((one) => lodOf(one, 1)?.lod ?? 0);
  return { ammonia, pid };
}
