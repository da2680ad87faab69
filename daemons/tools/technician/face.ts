/** Where the wizard is seen: a terminal, or lines of JSON for programs. */
import process from 'node:process';
import type { Say } from '../../core/procedure/words.ts';
import { type Key, openTerminal } from './keyboard.ts';
import { menuOf, pictureOf } from './picture.ts';
import type { WizardState } from './steps.ts';

export interface Face {
  show(state: WizardState): void;
  close(): void;
}

export function terminalFace(say: Say, onKey: (key: Key) => void): Face {
  let last: WizardState | null = null;
  const draw = (): void => {
    if (!last) return;
    const { view, trace, box, sure, notice, question, chosen, typed } = last;
    const lines = question
      ? questionLines(question, chosen, typed)
      : view
        ? pictureOf(
            { view, trace, simulated: box?.simulated ?? false, notice: sure ? say('keys.sure') : notice },
            say,
            terminal.size,
          )
        : [];
    terminal.draw(question && notice ? [...lines, '', notice] : lines);
  };
  const questionLines = ({ title, answers }: NonNullable<WizardState['question']>, chosen: number, typed: string) =>
    answers
      ? menuOf(
          title,
          answers.map(({ text }) => text),
          chosen,
          say,
        )
      : [title, '', `> ${typed}_`];
  const terminal = openTerminal(onKey, draw);
  return {
    show: (state) => {
      last = state;
      draw();
    },
    close: terminal.close,
  };
}

const words: Readonly<Record<string, Key>> = { next: 'enter', abort: { text: 'a' }, extend: { text: 't' } };

/** One JSON line a view on stdout; `next`, `abort` and `extend` as lines on stdin. */
export function jsonFace(onKey: (key: Key) => void): Face {
  let rest = '';
  const take = (chunk: string): void => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const key = words[line.trim()];
      if (key) onKey(key);
    }
  };
  process.stdin.setEncoding('utf8');
  process.stdin.on('data', take);
  return {
    show: ({ view }) => {
      if (view) process.stdout.write(`${JSON.stringify({ view })}\n`);
    },
    close: () => {
      process.stdin.off('data', take);
      process.stdin.pause();
    },
  };
}
