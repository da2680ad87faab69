/** The screens of the page, each as nodes. */
import { type Point, stripSvg } from '../../core/plots/strip-chart.ts';
import type { Request, View } from '../../core/procedure/link.ts';
import type { Kind, Question } from '../../core/procedure/plan.ts';
import { type Screen, screenOf } from '../../core/procedure/screen.ts';
import type { Say } from '../../core/procedure/words.ts';
import { el, pictureFrom } from './dom.ts';

/** What went wrong, said aloud by a reader of screens. */
export const noticeOf = (notice: string | null): Node[] =>
  notice ? [el('p', { class: 'notice', attrs: { role: 'alert' } }, notice)] : [];

/** One line to type, and its button. */
export function field(
  name: string,
  attrs: Readonly<Record<string, string>>,
  done: (text: string) => void,
  word: string,
): Node[] {
  const input = el('input', { attrs: { 'aria-label': name, autocomplete: 'off', ...attrs } });
  const go = (): void => {
    if (input.value.trim() !== '') done(input.value.trim());
  };
  input.addEventListener('keydown', ({ key }) => {
    if (key === 'Enter') go();
  });
  return [input, el('button', { class: 'wide', click: go, attrs: { type: 'button' } }, word)];
}

export const pairScreen = (say: Say, notice: string | null, pair: (code: string) => void): Node[] => [
  el('h1', {}, say('pair.title')),
  el('p', {}, say('pair.how')),
  ...noticeOf(notice),
  ...field(say('pair.code'), { inputmode: 'numeric', maxlength: '8' }, pair, say('key.next')),
];

const kinds: readonly Kind[] = ['bump', 'check', 'adjustment'];

/** `histories`: the address of each channel's history, and its name. */
export const kindScreen = (
  say: Say,
  notice: string | null,
  { begin, aim }: { readonly begin: (kind: Kind) => void; readonly aim: () => void },
  histories: readonly (readonly [href: string, name: string])[],
): Node[] => [
  el('h1', {}, say('choose.kind')),
  ...noticeOf(notice),
  el(
    'div',
    { class: 'answers' },
    ...kinds.map((one) =>
      el('button', { class: 'wide', click: () => begin(one), attrs: { type: 'button' } }, say(`kind.${one}`)),
    ),
    el('button', { class: 'wide', click: aim, attrs: { type: 'button' } }, say('preview.title')),
  ),
  ...histories.map(([href, name]) =>
    el('p', {}, el('a', { class: 'wide', attrs: { href, target: '_blank' } }, `${say('history.title')}: ${name}`)),
  ),
];

export function askScreen(
  say: Say,
  { title, answers }: Question,
  notice: string | null,
  { done, back }: { readonly done: (value: string | null) => void; readonly back: () => void },
): Node[] {
  const body = answers
    ? [
        el(
          'div',
          { class: 'answers' },
          ...answers.map(({ value, text }) =>
            el('button', { class: 'wide', click: () => done(value), attrs: { type: 'button' } }, text),
          ),
        ),
      ]
    : field(title, { maxlength: '64' }, done, say('key.next'));
  return [
    el('h1', {}, title),
    ...noticeOf(notice),
    ...body,
    el('p', {}, el('button', { class: 'wide', click: back, attrs: { type: 'button' } }, say('key.back'))),
  ];
}

export interface RunShown {
  readonly view: View;
  readonly trace: readonly Point[];
  readonly simulated: boolean;
  readonly notice: string | null;
}

/** Units of the picture are points of a phone's screen, nearly: its figures are read at arm's length, in the sun. */
const phoneChart: [number, number] = [350, 190];

export function runScreen({ view, trace, simulated, notice }: RunShown, say: Say): Node[] {
  const screen = screenOf(view, say);
  const { running } = view;
  const applied = running?.phase === 'run' ? running.gas?.applied : undefined;
  const chart = stripSvg(
    trace,
    {
      title: screen.title,
      unit: view.unit,
      seconds: 120,
      marks: applied === undefined ? [] : [applied],
    },
    phoneChart,
  );
  return [
    el('h1', {}, screen.title),
    el(
      'p',
      { class: 'step' },
      screen.step,
      ' ',
      ...(simulated ? [el('span', { class: 'mark' }, say('live.simulated'))] : []),
    ),
    el('div', { class: `big ${screen.tone}`, attrs: { role: 'status' } }, screen.big),
    el('p', { class: 'more' }, screen.more),
    ...noticeOf(notice),
    el(
      'div',
      { class: 'live' },
      el('span', { class: 'reading' }, screen.reading),
      el('span', { class: 'steady' }, screen.steadiness),
      el('span', {}, screen.countdown),
    ),
    pictureFrom(chart),
    el('ul', {}, ...screen.notes.map((one) => el('li', {}, one)), ...screen.taken.map((one) => el('li', {}, one))),
  ];
}

export interface RunHands {
  ask(request: Request): void;
  abort(): void;
  close(): void;
}

/** `sheet` is the address of the record to print. */
export function keysOf({ may }: Pick<Screen, 'may'>, sheet: string | null, say: Say, hands: RunHands): Node[] {
  const button = (name: string, word: string, isOn: boolean, click: () => void): Node => {
    const one = el('button', { class: name, click, attrs: { type: 'button' } }, word);
    one.disabled = !isOn;
    return one;
  };
  if (may.close)
    return [...(sheet ? [sheetLink(sheet, say)] : []), el('span'), button('next', say('key.close'), true, hands.close)];
  return [
    button('abort', say('key.abort'), may.abort, hands.abort),
    button('next', say('key.next'), may.next, () => hands.ask({ ask: 'next' })),
    button('extend', say('key.extend'), may.extend, () => hands.ask({ ask: 'extend' })),
  ];
}

const sheetLink = (href: string, say: Say): Node =>
  el('a', { class: 'wide', attrs: { href, target: '_blank' } }, say('key.print'));
