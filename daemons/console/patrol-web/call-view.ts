import type { AlertRecord } from '../../core/ports/records.ts';
import type { CallCard, CardWind } from '../patrol/card.ts';
import { el } from '../web/dom.ts';
import { formatAmount, formatMetres } from '../web/format.ts';
import { word } from '../web/text.ts';
import { deedButtons, outcomeButtons } from './buttons.ts';
import { age, at, direction, kindOf, severity, tags, wayText } from './parts.ts';
import { geoUri, handOverOf } from './place.ts';
import { sketch } from './sketch.ts';
import { type Actions, othersOf, type State } from './state.ts';
import { say, sayAny } from './words.ts';

type Piece = HTMLElement | string | null | false;

const fact = (name: string, ...says: readonly Piece[]): HTMLElement =>
  el('div', { class: 'fact' }, el('dt', {}, name), el('dd', {}, ...says));

/** One alert, for ten seconds: what, where from, how near, what to press. */
export function callView(state: State, record: AlertRecord, actions: Actions): HTMLElement {
  const { alert } = record;
  const now = Date.now() + state.aheadMs;
  const card = state.cards.get(alert.id);
  return el(
    'main',
    { class: 'call' },
    el(
      'button',
      { class: 'button back', attrs: { type: 'button', 'data-key': 'back' }, on: { click: () => actions.open(null) } },
      el('span', { attrs: { 'aria-hidden': 'true' } }, '← '),
      say('patrol.mine'),
    ),
    el('h1', { attrs: { tabindex: -1 } }, kindOf(alert.kind)),
    el('p', { class: 'call-top' }, severity(record), ' ', age(record.raisedMs, now)),
    el('p', { class: 'row-tags' }, ...tags(state, record)),
    ended(record),
    others(state, record),
    card ? keyFacts(state, card) : el('p', { class: 'empty' }, say('patrol.noCard')),
    deedButtons(state, record, actions),
    card && cardFacts(state, card, now),
    outcomeButtons(state, record, actions),
  );
}

function ended({ alert, desk }: AlertRecord): HTMLElement | null {
  if (desk?.resolved) {
    const { outcome, by, atMs } = desk.resolved;
    return el(
      'p',
      { class: 'notice' },
      say('patrol.closed.by', { outcome: sayAny(`outcome.${outcome}`), by, time: at(atMs) }),
    );
  }
  return alert.condition === 'cleared' ? el('p', { class: 'notice' }, say('patrol.over.explain')) : null;
}

/** Who else goes: two who answer at once see each other. */
function others(state: State, record: AlertRecord): HTMLElement | null {
  const all = othersOf(record, state.who?.unit ?? null);
  if (all.length === 0) return null;
  return el(
    'p',
    { class: 'notice' },
    say('patrol.others'),
    ' ',
    all
      .map(({ unit, onScene, acknowledged, reported }) => {
        const said = reported ?? onScene ?? acknowledged;
        const what = reported ? 'report' : onScene ? 'on-scene' : 'acknowledge';
        return say('patrol.other', { unit, what: sayAny(`patrol.other.${what}`), time: at(said?.atMs ?? 0) });
      })
      .join('; '),
  );
}

/** What has to be read before anything is pressed. */
function keyFacts(state: State, card: CallCard): HTMLElement {
  const way = wayText(state, card.alert, state.own);
  return el(
    'dl',
    { class: 'facts facts-key' },
    fact(say('patrol.approach'), ...approachSaid(card)),
    fact(say('patrol.standoff'), el('strong', {}, formatMetres(card.standOff.metres))),
    fact(
      say('patrol.way'),
      way === null
        ? say(state.locating === 'refused' ? 'patrol.way.refused' : 'patrol.way.unknown')
        : el('strong', {}, way),
    ),
  );
}

function cardFacts(state: State, card: CallCard, now: number): HTMLElement {
  const picture = sketch(card, state.own);
  return el(
    'section',
    { class: 'card', attrs: { 'aria-label': say('patrol.card') } },
    el('div', {}, picture, picture === null && el('p', { class: 'empty' }, say('patrol.noRegion'))),
    el('p', { class: 'row-tags' }, dwellingsSaid(card)),
    mapsLink(state, card),
    el(
      'dl',
      { class: 'facts' },
      fact(say('patrol.wind.now'), ...windSaid(card.wind.now, now)),
      fact(say('patrol.wind.around'), ...windSaid(card.wind.around, now)),
      fact(say('patrol.peak'), ...peakSaid(card)),
      card.against.length > 0 && fact(say('patrol.against'), againstSaid(card)),
      fact(
        say('patrol.standoff'),
        `${formatMetres(card.standOff.metres)}: ${say('patrol.standoff.source', { guide: card.standOff.guide })} ${namedGuide(card)}`,
      ),
    ),
    el(
      'p',
      { class: 'note' },
      `${say('patrol.card.made', { time: at(card.madeMs) })} ${say('app.lead')} ${say('app.notSafety')}`,
    ),
  );
}

function approachSaid({ approach, noApproach }: CallCard): Piece[] {
  if (!approach) return [say(`patrol.approach.${noApproach ?? 'no-wind'}`)];
  return [
    el('strong', {}, say('patrol.approach.from', { from: direction((approach.headDeg + 180) % 360) })),
    el('small', {}, say('patrol.approach.head', { head: direction(approach.headDeg) })),
  ];
}

const namedGuide = ({ standOff: { named } }: CallCard): string =>
  named
    ? say('patrol.standoff.named', {
        substance: sayAny(`patrol.substance.${named.substance}`),
        guide: named.guide,
        metres: formatMetres(named.metres),
      })
    : '';

function windSaid(wind: CardWind | null, now: number): Piece[] {
  if (!wind) return [say('patrol.notMeasured')];
  const speed = formatAmount(wind.speedMs, say('patrol.unit.speed'));
  const from =
    wind.fromDeg === null
      ? say('patrol.wind.calm', { speed })
      : say('patrol.wind.from', { from: direction(wind.fromDeg), speed });
  return [
    from,
    el(
      'small',
      {},
      say('patrol.ago'),
      ' ',
      age(wind.atMs, now),
      wind.spreadDeg !== null && ` ±${Math.round(wind.spreadDeg)}°`,
    ),
  ];
}

function peakSaid({ peak, idlh }: CallCard): Piece[] {
  const limit = (name: string, ppm: number, isLel: boolean): string =>
    say(isLel ? 'patrol.idlh.lel' : 'patrol.idlh', { substance: sayAny(`patrol.substance.${name}`), ppm });
  if (!peak) return [say('patrol.notMeasured'), idlh && el('small', {}, limit(idlh.substance, idlh.ppm, idlh.isLel))];
  const value = `${peak.quantity} ${formatAmount(peak.value, peak.unit)}`;
  if (!peak.idlh) return [value, el('small', {}, say('patrol.idlh.none'))];
  const share = Number((100 * peak.idlh.share).toPrecision(2));
  return [
    value,
    el(
      'strong',
      { class: peak.idlh.share >= 1 ? 'over-idlh' : '' },
      ` ${say('patrol.idlh.share', { percent: share })}`,
    ),
    el('small', {}, limit(idlh?.substance ?? peak.quantity, peak.idlh.ppm, peak.idlh.isLel)),
  ];
}

const dwellingsSaid = ({ dwellings }: CallCard): HTMLElement =>
  el('span', { class: `tag tag-dwelling-${dwellings}` }, say(`patrol.dwellings.${dwellings}`));

const againstSaid = ({ against }: CallCard): HTMLElement =>
  el(
    'ul',
    {},
    ...against.map((one) =>
      el('li', {}, one.startsWith('flag.') ? word('flag', one.slice(5)) : sayAny(`patrol.against.${one}`)),
    ),
  );

function mapsLink(state: State, card: CallCard): HTMLElement {
  const over = handOverOf(card, state.own);
  if (!over) return el('p', { class: 'note' }, say('patrol.maps.none'));
  return el(
    'a',
    { class: 'button maps', attrs: { href: geoUri(over.spot), 'data-key': 'maps' } },
    say(`patrol.maps.${over.to}`),
  );
}
