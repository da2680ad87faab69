/** Readings of a box over hours. What is shown can be had as CSV, value for value. */
import { bandSvg } from '../../core/plots/band-plot.ts';
import type { DeviceAnswer, StripAnswer } from '../devices/shapes.ts';
import { ask } from './ask.ts';
import { deviceUrl, note, titled } from './device-parts.ts';
import { el, setText } from './dom.ts';
import { drawn } from './drawn.ts';
import { flagWords } from './evidence.ts';
import { formatAge, formatAmount, formatTime } from './format.ts';
import { say } from './text.ts';

const hourMs = 3_600_000;
const ranges = [1, 6, 24, 72] as const;
/** A point for each pixel and no more. */
const pointsFor = (px: number): number => Math.max(100, Math.min(1200, px));

export interface ChartBlock {
  readonly node: HTMLElement;
  update(answer: DeviceAnswer): void;
}

/** `nowMs`: the clock of the centre. */
export function chartBlock(device: string, nowMs: () => number): ChartBlock {
  const channel = el('select', { class: 'field', attrs: { id: 'chart-channel' } });
  const range = el(
    'select',
    { class: 'field', attrs: { id: 'chart-range' } },
    ...ranges.map((hours) =>
      el('option', { attrs: { value: hours, selected: hours === 6 } }, say('chart.hours', { n: hours })),
    ),
  );
  const state = el('p', { class: 'note', attrs: { role: 'status' } });
  const picture = el('div', { class: 'plots' });
  const csv = el('a', { class: 'button button-link', attrs: { download: '' } }, say('chart.csv'));
  const again = el('button', { class: 'button', attrs: { type: 'button' } }, say('chart.again'));
  const form = el(
    'div',
    { class: 'chart-choice' },
    el('label', { attrs: { for: 'chart-channel' } }, say('chart.channel')),
    channel,
    el('label', { attrs: { for: 'chart-range' } }, say('chart.range')),
    range,
    again,
  );
  const none = note(say('chart.none'));
  const node = titled(say('chart.title'), none, form, picture, state, csv);
  let told = '';
  let asked = 0;

  const draw = async (): Promise<void> => {
    asked += 1;
    const mine = asked;
    const width = Math.max(280, Math.min(900, node.clientWidth - 32));
    const toMs = Math.round(nowMs());
    const fromMs = toMs - Number(range.value) * hourMs;
    const query = new URLSearchParams({
      ...{ channel: channel.value, from: String(fromMs), to: String(toMs), points: String(pointsFor(width)) },
    });
    setText(state, say('chart.loading'));
    const answer = await ask<StripAnswer>('GET', deviceUrl(device, `/strip?${query}`));
    if (mine !== asked) return;
    query.set('format', 'csv');
    csv.setAttribute('href', deviceUrl(device, `/strip?${query}`));
    csv.hidden = !answer.ok || answer.body.values === 0;
    if (!answer.ok) {
      picture.replaceChildren();
      return setText(state, say('sight.failed', { reason: answer.why }));
    }
    const strip = answer.body;
    const title = `${channel.value}, ${say('chart.hours', { n: range.value })}`;
    const aheadMin = -new Date(fromMs).getTimezoneOffset();
    const svg = bandSvg({ ...strip, title, time: say('chart.time'), aheadMin }, [width, 240]);
    picture.replaceChildren(...(strip.values === 0 ? [] : [drawn(svg)]));
    setText(state, wordsOf(strip));
  };
  channel.addEventListener('change', () => void draw());
  range.addEventListener('change', () => void draw());
  again.addEventListener('click', () => void draw());

  return {
    node,
    update: ({ channels }) => {
      const names = channels.map(({ sensor, quantity }) => `${sensor}/${quantity}`);
      none.hidden = names.length > 0;
      for (const one of [form, picture, state]) one.hidden = names.length === 0;
      if (names.length === 0) csv.hidden = true;
      if (names.join() === told) return;
      told = names.join();
      const before = channel.value;
      channel.replaceChildren(
        ...channels.map(({ sensor, quantity }) =>
          el('option', { attrs: { value: `${sensor}/${quantity}` } }, `${quantity} (${sensor})`),
        ),
      );
      if (names.includes(before)) channel.value = before;
      if (names.length > 0) void draw();
    },
  };
}

/** What the picture shows, for whoever does not see it. */
function wordsOf({ pieces, gaps, flagged, unit, values, fromMs, readFromMs }: StripAnswer): string {
  if (values === 0) return say('chart.nothing');
  const points = pieces.flat();
  const gapMs = gaps.reduce((sum, one) => sum + one.toMs - one.fromMs, 0);
  const flags = [...new Set(flagged.flatMap((one) => one.flags))];
  return [
    say('chart.values', {
      n: values,
      low: formatAmount(Math.min(...points.map(({ low }) => low)), unit),
      high: formatAmount(Math.max(...points.map(({ high }) => high)), unit),
    }),
    gaps.length > 0 && say('chart.gaps', { n: gaps.length, age: formatAge(gapMs) }),
    flags.length > 0 && say('chart.flagged', { flags: flagWords(flags) }),
    readFromMs > fromMs && say('chart.cut', { time: formatTime(readFromMs) }),
  ]
    .filter((one) => one !== false)
    .join(' ');
}
