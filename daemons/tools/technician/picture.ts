/** The wizard as lines of a terminal, 80 by 24 and larger. Pure. */

import { type Point, stripText } from '../../core/plots/strip-chart.ts';
import type { View } from '../../core/procedure/link.ts';
import { type Screen, screenOf } from '../../core/procedure/screen.ts';
import type { Say } from '../../core/procedure/words.ts';

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** Select graphic rendition of ECMA-48: bold and reverse are seen in any light and on any terminal. */
const bold = (text: string): string => `\u001b[1m${text}\u001b[0m`;
const reverse = (text: string): string => `\u001b[7m${text}\u001b[0m`;
const dim = (text: string): string => `\u001b[2m${text}\u001b[0m`;

/** Breaks text into lines at spaces. */
export function wrapped(text: string, columns: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= columns) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

export interface Shown {
  readonly view: View;
  readonly trace: readonly Point[];
  readonly simulated: boolean;
  /** A sentence of the moment: a refusal, or whether it is really to be aborted. */
  readonly notice: string | null;
}

/** One picture of a procedure. Lines are never wider than the terminal, and never more than its rows. */
export function pictureOf({ view, trace, simulated, notice }: Shown, say: Say, size: Size): string[] {
  const screen = screenOf(view, say);
  const { columns, rows } = size;
  const head = `${screen.title}${simulated ? `  ${say('live.simulated')}` : ''}`;
  const top = [
    `${bold(head)}  ${screen.step}`,
    '',
    ...wrapped(` ${screen.big}`, columns - 2).map((line) => reverse(bold(`${line} `))),
    ...wrapped(screen.more, columns),
    '',
    `${say('live.reading')}: ${bold(screen.reading)}   ${bold(screen.steadiness)}   ${screen.countdown}`,
  ];
  const bottom = [
    ...screen.taken.slice(-4).map((line) => dim(line)),
    ...screen.notes.map((line) => line),
    ...(notice ? wrapped(notice, columns).map(reverse) : []),
    keysOf(screen, say),
  ];
  const height = Math.max(3, rows - 1 - top.length - bottom.length);
  const applied = view.running?.phase === 'run' ? view.running.gas?.applied : undefined;
  const marks = applied === undefined ? [] : [applied];
  const chart = stripText(trace, { title: '', unit: view.unit, seconds: 120, marks }, columns - 1, height);
  return [...top, ...chart, ...bottom].slice(0, rows - 1);
}

function keysOf({ may }: Screen, say: Say): string {
  if (may.next) return bold(say('keys.ask'));
  if (may.close) return bold(say('keys.over'));
  return may.abort || may.extend ? bold(say('keys.run')) : '';
}

/** A question with its answers, the chosen one marked. */
export function menuOf(title: string, answers: readonly string[], chosen: number, say: Say): string[] {
  const lines = answers.map((one, i) => (i === chosen ? reverse(` ${i + 1}  ${one} `) : ` ${i + 1}  ${one} `));
  return [bold(title), '', ...lines, '', say('keys.choose')];
}
