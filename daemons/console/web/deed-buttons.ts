import { type Field, isSaid } from './dialog.ts';
import type { AlertRecord } from './board.ts';
import { type Deed, deskOf, isMuted, isResolved, isShelved } from './desk.ts';
import { el } from './dom.ts';
import { type Actions, may, type Model } from './model.ts';
import { say } from './text.ts';

const outcomes = ['found', 'not-found', 'lawful-source', 'no-access', 'unsafe', 'drill', 'test'] as const;
const minute = 60_000;
const spans = [15, 60, 240, 1440] as const;

/** What this person may do with the alert as it is. What a role may not do is not offered. */
export function deedButtons(record: AlertRecord, model: Model, actions: Actions): HTMLElement[] {
  const { id } = record.alert;
  const desk = deskOf(record);
  const busy = model.acting.get(id) === null;
  const does = (label: string, click: () => void, key?: string): HTMLElement =>
    el(
      'button',
      {
        class: 'button',
        attrs: { type: 'button', 'aria-disabled': busy, 'data-deed': key, 'aria-keyshortcuts': key },
        on: {
          click: () => {
            if (!busy) click();
          },
        },
      },
      label,
    );
  const plain = (label: string, deed: Deed): HTMLElement => does(label, () => actions.act(id, deed));
  const asks = (what: 'note' | 'corroborate' | 'release' | 'withhold' | 'reopen', key?: string): HTMLElement =>
    does(
      say(`deed.${what}`),
      () => actions.ask(id, say(`deed.${what}`), [textField()], ({ text = '' }) => ({ what, text })),
      key,
    );
  const until = (): Field => ({
    name: 'for',
    label: say('deed.for'),
    kind: 'choice',
    options: spans.map((one) => [String(one), say('span.minutes', { n: one })]),
    value: '60',
  });
  const untilMs = (minutes: string | undefined): number => model.nowMs + Number(minutes) * minute;

  const handles: HTMLElement[] = [];
  if (may(model, 'alerts.handle') && !isResolved(record)) {
    const waits = model.shift?.handover != null || desk?.escalated != null;
    if (waits) handles.push(plain(say('deed.accept'), { what: 'accept' }));
    handles.push(
      does(
        say('deed.assign'),
        () =>
          actions.ask(
            id,
            say('deed.assign'),
            [{ name: 'unit', label: say('deed.unit'), value: desk?.assigned ?? '', hints: unitsOf(model), right: say('deed.unit.right') }],
            ({ unit = '' }) => ({ what: 'assign', unit: unit === '' ? null : unit }),
          ),
        'g',
      ),
      does(
        say('deed.resolve'),
        () =>
          actions.ask(
            id,
            say('deed.resolve'),
            [
              {
                name: 'outcome',
                label: say('deed.outcome'),
                kind: 'choice',
                options: outcomes.map((one) => [one, say(`outcome.${one}`)]),
              },
              { name: 'text', label: say('deed.text'), kind: 'long' },
            ],
            ({ outcome, text = '' }) => ({
              what: 'resolve',
              outcome: outcomes.find((one) => one === outcome) ?? 'not-found',
              text,
            }),
          ),
        'r',
      ),
      does(say('deed.escalate'), () =>
        actions.ask(id, say('deed.escalate'), [textField()], ({ text = '' }) => ({ what: 'escalate', why: text })),
      ),
      isMuted(record, model.nowMs)
        ? plain(say('deed.unmute'), { what: 'unmute' })
        : plain(say('deed.mute'), { what: 'mute', untilMs: untilMs('30') }),
      isShelved(record, model.nowMs)
        ? plain(say('deed.unshelve'), { what: 'unshelve' })
        : does(
            say('deed.shelve'),
            () =>
              actions.ask(id, say('deed.shelve'), [textField(), until()], (said) => ({
                what: 'shelve',
                reason: said.text ?? '',
                untilMs: untilMs(said.for),
              })),
            's',
          ),
      desk?.duplicateOf != null
        ? plain(say('deed.unlink'), { what: 'unlink' })
        : does(say('deed.link'), () =>
            actions.ask(
              id,
              say('deed.link'),
              [{ name: 'to', label: say('deed.link.to'), hints: othersOf(record, model), isRight: isSaid, right: say('deed.link.right') }],
              ({ to = '' }) => ({ what: 'link', to }),
            ),
          ),
    );
  }
  const releases: HTMLElement[] = [];
  if (may(model, 'alerts.release') && (desk?.dwelling?.touches.length ?? 0) > 0) {
    if (!desk?.dwelling?.corroborated) releases.push(asks('corroborate'));
    else if (!desk.dwelling.released) releases.push(asks('release'));
    if (desk?.dwelling?.released) releases.push(asks('withhold'));
  }
  const notes = may(model, 'alerts.handle') || may(model, 'alerts.report') ? [asks('note', 'n')] : [];
  const reopens = may(model, 'alerts.handle') && isResolved(record) ? [asks('reopen')] : [];
  return [...releases, ...handles.slice(0, 3), ...notes, ...handles.slice(3), ...reopens];
}

const textField = (): Field => ({
  name: 'text',
  label: say('deed.text'),
  kind: 'long',
  isRight: isSaid,
  right: say('deed.text.right'),
});

/** Units that alerts were given to before: nobody keeps a list of them yet. */
const unitsOf = ({ board }: Model): string[] => [
  ...new Set([...board.alerts.values()].flatMap((one) => deskOf(one)?.assigned ?? [])),
];

/** The nearest in time first: a duplicate came minutes apart. */
const othersOf = (record: AlertRecord, { board }: Model): string[] =>
  [...board.alerts.values()]
    .filter((one) => one !== record && one.site === record.site && deskOf(one)?.duplicateOf == null)
    .sort((a, b) => Math.abs(a.raisedMs - record.raisedMs) - Math.abs(b.raisedMs - record.raisedMs))
    .slice(0, 10)
    .map(({ alert }) => alert.id);
