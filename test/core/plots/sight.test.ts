import test from 'ava';
import { curvesOf } from '../../../daemons/core/model/curves.ts';
import { type ModelPlot, modelSvg, modelText } from '../../../daemons/core/plots/model-plot.ts';
import { type Timeline, timelineSvg, timelineText } from '../../../daemons/core/plots/timeline-plot.ts';

const line: Timeline = {
  title: 'vapour',
  unit: '1',
  labels: ['air', 'acetone'],
  moments: Array.from({ length: 41 }, (_, i) => ({
    s: i,
    value: i === 10 ? null : i < 20 ? 0.1 : 0.9,
    baseline: i < 5 ? null : 0.1,
    threshold: 0.8,
    probabilities: i < 20 ? [1, 0] : [0, 1],
  })),
  alerts: [[22, 40]],
  words: { seconds: 's', baseline: 'clean', threshold: 'line', probability: 'p' },
};

test('a timeline of a terminal shows value, line, alert and what the model called it, and is never wider than told', (t) => {
  const lines = timelineText(line, 61, 8);
  t.true(lines.every((one) => [...one].length <= 61));
  const of = (name: string): string => [...(lines.find((one) => one.includes(`${name} │`)) ?? '')].slice(11).join('');
  t.is(of('air').indexOf('█'), 0);
  t.true(of('acetone').indexOf('█') > 20);
  t.true(lines.some((one) => one.includes('◆')));
  t.true(lines.some((one) => /-{20}/.test(one)));
});

test('a timeline holds every line that was asked for, a gap is a gap, and nothing lies outside of it', (t) => {
  const svg = timelineSvg(line);
  for (const name of ['vapour', 'clean', 'line', 'air', 'acetone']) t.true(svg.includes(`>${name}</tspan>`), name);
  const value = /d="(M[^"]*)" fill="none" stroke="#0b69a3" stroke-width="2"/.exec(svg)?.[1] ?? '';
  t.is(value.split('M').length - 1, 2);
  const [, right = 0, wide = 0] =
    /<rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)" height="[\d.]+" fill="#b44d12"/.exec(svg) ?? [];
  t.true(Number(right) + Number(wide) <= 640 - 14);
  t.false(svg.includes('NaN'));
});

test('a rule without a model has one panel, and names from outside are text', (t) => {
  const plain = {
    ...line,
    title: '<b>"',
    labels: [],
    moments: line.moments.map(({ probabilities: _, ...one }) => one),
  };
  const svg = timelineSvg(plain);
  t.false(svg.includes('<b>'));
  t.false(svg.includes('>p</text>'));
});

const told = Array.from({ length: 400 }, (_, i) => ({
  target: (i % 100) / 100,
  isTarget: i % 100 >= 100 - (i % 4) * 25,
}));

test('curves: every threshold lets through what reaches it, and a tenth says how often it was right', (t) => {
  const curves = curvesOf(told);
  t.truthy(curves);
  const { roc = [], reliability = [] } = curves ?? {};
  t.like(roc.at(-1), { threshold: 0, truePositive: 1, falsePositive: 1 });
  for (const [i, one] of roc.entries()) {
    t.true(one.truePositive >= (roc[i - 1]?.truePositive ?? 0));
    t.true(one.falsePositive >= (roc[i - 1]?.falsePositive ?? 0));
  }
  t.is(
    reliability.reduce((sum, { windows }) => sum + windows, 0),
    400,
  );
  t.deepEqual(reliability[0], { said: 0.045, was: 0, windows: 40 });
});

test('where only targets or only others were shown there is no curve', (t) => {
  t.is(curvesOf([{ target: 0.5, isTarget: true }]), null);
  t.is(curvesOf([]), null);
});

test('the curves of a model mark the threshold in force, on the page and in a terminal', (t) => {
  const { roc = [], reliability = [] } = curvesOf(told) ?? {};
  const words = { truePositive: 'found', falsePositive: 'false', said: 'said', was: 'was' };
  const plot: ModelPlot = { title: 'm', roc, reliability, threshold: 0.8, words };
  t.regex(modelSvg(plot), /<circle[^>]*stroke="#b44d12"/);
  t.false(modelSvg(plot).includes('NaN'));
  const lines = modelText(plot, 70);
  t.is(lines.filter((one) => one.startsWith('> 0.80')).length, 1);
  t.true(lines.every((one) => [...one].length <= 70));
});
