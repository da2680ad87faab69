/** A second look at an alert: what docks proposed, and a person's word on it. Data come while the alert is looked at. */
import type { FlightStory } from '../../core/values/flight.ts';
import { block, fact, facts, moment } from './alert-facts.ts';
import { el } from './dom.ts';
import { flightPicture, lengthM, wayOf } from './flight-picture.ts';
import { formatMetres, formatTime } from './format.ts';
import type { Actions } from './model.ts';
import { say } from './text.ts';

interface Answer {
  readonly docks: readonly string[];
  readonly commands: boolean;
  readonly stories: readonly FlightStory[];
  readonly refused: readonly { readonly why: string; readonly dock: string }[];
}

export interface FlightBlock {
  readonly node: HTMLElement;
  /** Asks the centre anew, at most every few seconds. */
  look(): void;
}

/** Seconds between two looks; a dock answers in as many. */
const everyMs = 3000;

export function flightBlock(id: string, actions: Actions): FlightBlock {
  const node = el('div');
  const url = `/api/alerts/${encodeURIComponent(id)}/flights`;
  let [lookedMs, shown] = [0, ''];
  /** What became of the last word from here. */
  let note = '';

  const speak = async (word: Readonly<Record<string, string>>): Promise<void> => {
    const by = await actions.operator();
    if (by === null) return;
    note = await said(url, { ...word, by });
    await look();
  };

  const draw = (answer: Answer): void => {
    const now = JSON.stringify([answer, note]);
    if (now === shown) return;
    shown = now;
    const live = answer.stories.filter(
      ({ state }) => state !== 'rejected' && state !== 'over' && state !== 'withdrawn',
    );
    actions.setProposed(id, live.map(wayOf));
    if (answer.docks.length === 0) return void node.replaceChildren();
    const asks = answer.docks.map((dock) =>
      button(say('flight.ask', { dock }), 'button', () => void speak({ what: 'propose', dock })),
    );
    node.replaceChildren(
      block(
        say('flight.title'),
        ...(answer.stories.length === 0 ? [el('p', { class: 'note' }, say('flight.none'))] : []),
        ...answer.stories.flatMap((story) => storyNodes(story, { url, commands: answer.commands }, speak)),
        ...answer.refused.map(({ why }) => el('p', { class: 'ack-failed' }, say('flight.refused', { why }))),
        note !== '' && el('p', { class: 'note', attrs: { role: 'status' } }, note),
        answer.commands ? el('p', {}, ...asks) : el('p', { class: 'note' }, say('flight.noCommands')),
      ),
    );
  };

  const look = async (): Promise<void> => {
    lookedMs = Date.now();
    const answer = await fetch(url, { headers: { accept: 'application/json' } }).catch(() => null);
    // A console without an archive has none; a lost connection is told by the stream.
    if (answer?.ok) draw((await answer.json()) as Answer);
  };

  return {
    node,
    look: () => {
      if (Date.now() - lookedMs >= everyMs) void look();
    },
  };
}

const button = (label: string, kind: string, click: () => void): HTMLElement =>
  el('button', { class: kind, attrs: { type: 'button' }, on: { click } }, label);

function storyNodes(
  story: FlightStory,
  { url, commands }: { readonly url: string; readonly commands: boolean },
  word: (one: Readonly<Record<string, string>>) => Promise<void>,
): HTMLElement[] {
  const { dock, proposal, sha256: mission, state, untilMs, altM, speedMs, fromDeg, path, steps } = story;
  const open = state === 'proposed' && commands && Date.now() < untilMs;
  const shape = {
    ...{ n: Math.floor(path.length / 2), alt: formatMetres(altM), speed: speedMs },
    length: formatMetres(Math.round(lengthM(story))),
  };
  return [
    el('figure', { class: 'plot-picture' }, flightPicture(story)),
    facts(
      fact(say('flight.state'), el('b', {}, say(`flight.state.${state}`))),
      fact(say('flight.dock'), dock),
      fact(say('flight.shape'), say('flight.shape.value', shape)),
      fact(say('flight.wind'), say('flight.wind.value', { deg: Math.round(fromDeg) % 360 })),
      ...(state === 'proposed' ? [fact(say('flight.until'), moment(untilMs))] : []),
      fact(say('flight.mission'), el('span', { class: 'hash' }, `sha256 ${mission}`)),
    ),
    el(
      'p',
      {},
      el(
        'a',
        { attrs: { href: `${url}/${encodeURIComponent(proposal)}/plan`, download: `${proposal}.plan` } },
        say('flight.plan'),
      ),
      ...(state === 'uploaded' && commands
        ? [
            ' ',
            button(say('flight.withdraw'), 'button', () => void word({ what: 'withdraw', dock, proposal, mission })),
          ]
        : []),
    ),
    ...(open
      ? [
          el(
            'p',
            {},
            button(say('flight.approve'), 'button button-primary', () => {
              void word({ what: 'approve', dock, proposal, mission });
            }),
            ' ',
            button(say('flight.reject'), 'button', () => void word({ what: 'reject', dock, proposal, mission })),
          ),
          el('p', { class: 'note' }, say('flight.pilot')),
        ]
      : []),
    el(
      'details',
      {},
      el('summary', {}, say('flight.story')),
      el(
        'ul',
        { class: 'flight-story' },
        ...steps.map(({ atMs, message }) => el('li', {}, say('flight.step', { time: formatTime(atMs), message }))),
      ),
    ),
  ];
}

/** What became of a word: in words. */
async function said(url: string, word: Readonly<Record<string, string>>): Promise<string> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(word),
    signal: AbortSignal.timeout(10_000),
  }).catch(() => null);
  if (!answer) return say('flight.failed', { reason: say('flight.unreachable') });
  if (answer.ok) return say('flight.sent');
  const body = (await answer.json().catch(() => null)) as { error?: { what?: string } } | null;
  return say('flight.failed', { reason: body?.error?.what ?? `HTTP ${answer.status}` });
}
