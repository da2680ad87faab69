import type { AlertRecord } from './board.ts';
import { type Child, el } from './dom.ts';
import { type Calibrated, evidenceTable, flagWords } from './evidence.ts';
import { formatMetres, formatMoment, formatPosition, formatUtc, isUtcHere } from './format.ts';
import { gist } from './gist.ts';
import type { Actions } from './model.ts';
import { scoreBar } from './score-bar.ts';
import { say, word } from './text.ts';

export const fact = (label: string, ...value: readonly Child[]): HTMLElement[] => [
  el('dt', {}, label),
  el('dd', {}, ...value),
];
export const facts = (...rows: readonly HTMLElement[][]): HTMLElement => el('dl', { class: 'facts' }, ...rows.flat());
export const block = (title: string, ...children: readonly Child[]): HTMLElement =>
  el('section', { class: 'block' }, el('h3', {}, title), ...children);

/** Local time first, with its zone, and UTC under it. */
export const moment = (ms: number): HTMLElement =>
  el('span', { class: 'moment' }, formatMoment(ms), !isUtcHere(ms) && el('span', { class: 'utc' }, formatUtc(ms)));

/** The rule, the score, the model to the byte, and what it looked at. */
export function why({ alert }: AlertRecord, calibrated: readonly Calibrated[]): HTMLElement {
  const { because } = alert;
  const seen = gist(because);
  const { model } = because;
  return block(
    say('panel.why'),
    scoreBar(because),
    facts(
      ...(seen === '' ? [] : [fact(say('panel.seen'), seen)]),
      fact(say('panel.rule'), because.rule),
      fact(
        say('panel.model'),
        model ? `${model.name} ${model.version}` : say('panel.model.none'),
        model && el('span', { class: 'hash' }, `sha256 ${model.sha256}`),
      ),
      ...(alert.flags.length > 0 ? [fact(say('panel.flags'), flagWords(alert.flags))] : []),
    ),
    el('h4', {}, say('panel.evidence')),
    evidenceTable(because.evidence, calibrated, alert.at.wallMs),
  );
}

/** The position, how well it is known, and by what. */
export function where({ alert }: AlertRecord, actions: Actions): HTMLElement {
  const at = alert.where;
  if (!at) return block(say('panel.where'), el('p', {}, say('panel.noPosition')));
  return block(
    say('panel.where'),
    facts(
      fact(
        say('panel.position'),
        formatPosition(at.lat, at.lon),
        el('span', { class: 'utc' }, say('panel.within', { metres: formatMetres(at.ceM) })),
      ),
      fact(say('panel.source'), word('source', at.source)),
    ),
    el(
      'button',
      { class: 'button', attrs: { type: 'button' }, on: { click: () => actions.showOnMap(at) } },
      say('panel.showOnMap'),
    ),
  );
}

/** Every time in both zones, and how far the box's own clock can be trusted. */
export function when({ alert, raisedMs, changedMs }: AlertRecord): HTMLElement {
  const { synced, uncertaintyMs } = alert.at;
  const bound = uncertaintyMs === null ? say('clock.unbound') : say('clock.bound', { ms: uncertaintyMs });
  return block(
    say('panel.when'),
    facts(
      fact(say('time.since'), moment(alert.since.wallMs)),
      fact(say('time.at'), moment(alert.at.wallMs)),
      fact(say('time.raised'), moment(raisedMs)),
      fact(say('time.changed'), moment(changedMs)),
      fact(say('time.expires'), moment(alert.expiresMs)),
      fact(say('time.clock'), `${say(synced ? 'clock.synced' : 'clock.free')}, ${bound}`),
    ),
  );
}
