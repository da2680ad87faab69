/** What the patrol's page shows, as elements. */
import type { Outcome } from '../../../core/values/desk.ts';
import type { Bare, Listed, More, PatrolAnswer } from '../../patrol/shown.ts';
import { ageIn, lastingIn, type PatrolSay, patrolWordFor } from '../../patrol/words.ts';
import { el } from '../dom.ts';

export const outcomes = ['found', 'not-found', 'lawful-source', 'no-access', 'unsafe'] as const satisfies Outcome[];

const mark = (say: PatrolSay): Node => el('span', { class: 'mark' }, say('mark.simulated'));

function stateOf({ severity, over, stale, sinceMs, simulated }: Bare, say: PatrolSay): (Node | string)[] {
  const words = [say(`severity.${severity}`), lastingIn(say, sinceMs)];
  if (over) words.push(say('state.over'));
  else if (stale) words.push(say('state.stale'));
  return [`${words.join(' · ')} `, ...(simulated ? [mark(say)] : [])];
}

export const noticeOf = (text: string | null): Node[] =>
  text === null ? [] : [el('p', { class: 'notice', attrs: { role: 'alert' } }, text)];

export function pairScreen(say: PatrolSay, notice: string | null, pair: (code: string) => void): readonly Node[] {
  const attrs = { id: 'code', inputmode: 'numeric', autocomplete: 'one-time-code', maxlength: '9' };
  const field = el('input', { attrs });
  const go = (): void => pair(field.value.replaceAll(/\D/g, ''));
  return [
    ...noticeOf(notice),
    el('label', { attrs: { for: 'code' } }, say('pair.title')),
    field,
    el('button', { class: 'wide', click: go, attrs: { type: 'button' } }, say('pair.go')),
  ];
}

export function listScreen(
  say: PatrolSay,
  { alerts, clock }: PatrolAnswer,
  notice: string | null,
  open: (id: string) => void,
): readonly Node[] {
  const { uncertaintyMs } = clock;
  return [
    ...noticeOf(notice),
    el('h1', {}, say('list.title')),
    ...(alerts.length === 0 ? [el('p', {}, say('list.none'))] : alerts.map((one) => rowOf(say, one, open))),
    el('p', { class: 'small' }, say('head.box')),
    el(
      'p',
      { class: 'small' },
      uncertaintyMs === null ? say('clock.unknown') : say('clock.bound', { age: ageIn(say, uncertaintyMs) }),
    ),
    el('p', { class: 'small' }, say('notice.safety')),
  ];
}

const rowOf = (say: PatrolSay, one: Listed, open: (id: string) => void): Node =>
  el(
    'button',
    {
      class: `alert ${one.severity}${one.over ? ' over' : ''}`,
      click: () => open(one.id),
      attrs: { type: 'button' },
    },
    el('b', {}, patrolWordFor(say, 'kind', one.kind)),
    ...stateOf(one, say),
  );

const fact = (name: string, ...value: (Node | string)[]): Node[] => [el('dt', {}, name), el('dd', {}, ...value)];

export function alertScreen(say: PatrolSay, one: Listed, notice: string | null, back: () => void): readonly Node[] {
  const { more } = one;
  return [
    el('button', { class: 'wide', click: back, attrs: { type: 'button' } }, say('list.back')),
    ...noticeOf(notice),
    el(
      'h1',
      { class: `big ${one.severity === 'critical' && !one.over ? 'bad' : 'wait'}` },
      patrolWordFor(say, 'kind', one.kind),
    ),
    el('p', {}, ...stateOf(one, say)),
    ...(more ? [el('p', {}, say(`certainty.${more.certainty}`))] : []),
    ...(more?.doubted ? [el('p', { class: 'notice' }, say('doubted'))] : []),
    ...(more ? factsOf(say, more) : [el('p', { class: 'big wait' }, say('withheld'))]),
    el('p', { class: 'small' }, say('said.ago', { age: ageIn(say, one.saidMs) })),
  ];
}

function factsOf(say: PatrolSay, more: More): Node[] {
  const { wind, peak, readings, flags, others } = more;
  const windText = !wind
    ? say('wind.none')
    : wind.fromDeg === null
      ? say('wind.calm', { age: ageIn(say, wind.agoMs) })
      : say('wind.from', {
          ...{ deg: Math.round(wind.fromDeg), speed: wind.speedMs.toFixed(1), age: ageIn(say, wind.agoMs) },
        });
  return [
    el(
      'dl',
      {},
      ...fact(say('place.title'), ...placeOf(say, more.place)),
      ...fact(say('wind.title'), windText),
      ...(peak ? fact(say('peak.title'), say('peak.text', { peak: peak.text, limit: peak.limit })) : []),
      ...(readings.length > 0
        ? fact(
            say('readings.title'),
            readings.map(({ quantity, text }) => `${patrolWordFor(say, 'gas', quantity)} ${text}`).join(', '),
          )
        : []),
      ...(flags.length > 0
        ? fact(say('flags.title'), flags.map((one) => patrolWordFor(say, 'flag', one)).join(', '))
        : []),
    ),
    ...(others.length > 0 ? [el('p', {}, say('others', { units: others.join(', ') }))] : []),
  ];
}

function placeOf(say: PatrolSay, place: More['place']): (Node | string)[] {
  if (!place) return [say('place.none')];
  if (place.is === 'point') {
    const { lat, lon, ceM } = place;
    const text = `${lat.toFixed(5)}, ${lon.toFixed(5)}`;
    // RFC 5870: the phone's own map; u is the uncertainty in metres.
    const href = `geo:${lat.toFixed(6)},${lon.toFixed(6)};u=${Math.round(ceM)}`;
    return [
      say('place.point', { place: text, m: Math.round(ceM) }),
      el('a', { class: 'wide', attrs: { href } }, say('place.map')),
    ];
  }
  const { extent } = place;
  const lines = [el('span', { class: 'small' }, say('place.unreleased'))];
  if (!extent) return lines;
  const text =
    extent.is === 'around'
      ? say('place.around', { far: extent.farM })
      : say('place.there', { near: extent.nearM, far: extent.farM, from: extent.fromDeg, to: extent.toDeg });
  return [el('span', {}, text), el('br', {}), ...lines];
}

export interface Hands {
  acknowledge(): void;
  onScene(): void;
  report(): void;
}

export function keysOf(say: PatrolSay, said: More['said'], hands: Hands): readonly Node[] {
  const key = (done: boolean, words: readonly [string, string], click: () => void, more = ''): Node =>
    el(
      'button',
      {
        class: `${done ? 'done' : 'next'}${more}`,
        click,
        attrs: { type: 'button', ...(done ? { 'aria-pressed': 'true' } : {}) },
      },
      words[done ? 1 : 0],
    );
  return [
    key(said.acknowledged, [say('do.acknowledge'), say('done.acknowledge')], hands.acknowledge, ' first'),
    key(said.onScene, [say('do.on-scene'), say('done.on-scene')], hands.onScene),
    key(said.reported, [say('do.report'), say('done.report')], hands.report),
  ];
}

export function reportScreen(
  say: PatrolSay,
  done: (outcome: Outcome, text: string) => void,
  back: () => void,
): readonly Node[] {
  let chosen: Outcome | null = null;
  const text = el('textarea', { attrs: { id: 'text', maxlength: '2000' } });
  const send = el(
    'button',
    {
      class: 'wide',
      click: () => chosen && done(chosen, text.value.trim()),
      attrs: { type: 'button', disabled: '' },
    },
    say('report.send'),
  );
  const choices = outcomes.map((one): HTMLButtonElement => {
    const choose = (): void => {
      chosen = one;
      for (const each of choices) each.setAttribute('aria-pressed', String(each === button));
      send.removeAttribute('disabled');
    };
    const button = el(
      'button',
      { class: 'wide', click: choose, attrs: { type: 'button', 'aria-pressed': 'false' } },
      say(`outcome.${one}`),
    );
    return button;
  });
  return [
    el('button', { class: 'wide', click: back, attrs: { type: 'button' } }, say('list.back')),
    el('h1', {}, say('report.title')),
    el('div', { class: 'answers' }, ...choices),
    el('label', { attrs: { for: 'text' } }, say('report.text')),
    text,
    send,
  ];
}
