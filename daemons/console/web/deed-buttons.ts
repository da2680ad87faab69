import type { AlertRecord } from './board.ts';
import { type Deed, deskOf, isMuted, isResolved, isShelved } from './desk.ts';
import { type Field, isSaid } from './dialog.ts';
import { el } from './dom.ts';
import { type Actions, type Model, may } from './model.ts';
import { say } from './text.ts';

const outcomes = ['found', 'not-found', 'lawful-source', 'no-access', 'unsafe', 'drill', 'test'] as const;
const minute = 60_000;
const spans = [15, 60, 240, 1440] as const;

interface Offer {
  readonly label: string;
  readonly press: () => void;
  readonly key?: string;
}

interface About {
  readonly record: AlertRecord;
  readonly model: Model;
  readonly actions: Actions;
}

/** What this person may do with the alert as it is. What a role may not do is not offered. */
export function deedButtons(record: AlertRecord, model: Model, actions: Actions): HTMLElement[] {
  const about = { record, model, actions };
  const handles = may(model, 'alerts.handle');
  const reports = may(model, 'alerts.report');
  const isOver = isResolved(record);
  const offers = [
    ...(may(model, 'alerts.release') ? releasing(about) : []),
    ...(handles && !isOver ? taking(about) : []),
    ...((handles || reports) && !isOver ? [resolving(about), saying(about, 'escalate')] : []),
    ...(handles || reports ? [saying(about, 'note', 'n')] : []),
    ...(handles && !isOver ? [...quieting(about), linking(about)] : []),
    ...(handles && isOver ? [saying(about, 'reopen')] : []),
  ];
  const busy = model.acting.get(record.alert.id) === null;
  return offers.map(({ label, press, key }) =>
    el(
      'button',
      {
        class: 'button',
        attrs: { type: 'button', 'aria-disabled': busy, 'data-deed': key, 'aria-keyshortcuts': key },
        on: {
          click: () => {
            if (!busy) press();
          },
        },
      },
      label,
    ),
  );
}

type Plain = 'accept' | 'unmute' | 'unshelve' | 'unlink';
const plain = ({ record, actions }: About, what: Plain): Offer => ({
  label: say(`deed.${what}`),
  press: () => actions.act(record.alert.id, { what }),
});

type Said = 'note' | 'corroborate' | 'release' | 'withhold' | 'reopen' | 'escalate';
function saying({ record, actions }: About, what: Said, key?: string): Offer {
  const label = say(`deed.${what}`);
  const deedOf = ({ text = '' }): Deed => (what === 'escalate' ? { what, why: text } : { what, text });
  const press = (): void => actions.ask(record.alert.id, label, [textField()], deedOf);
  return { label, press, ...(key !== undefined && { key }) };
}

function releasing(about: About): Offer[] {
  const dwelling = deskOf(about.record)?.dwelling;
  if (!dwelling || dwelling.touches.length === 0) return [];
  if (dwelling.released) return [saying(about, 'withhold')];
  return [saying(about, dwelling.corroborated ? 'release' : 'corroborate')];
}

function taking(about: About): Offer[] {
  const { record, model, actions } = about;
  const desk = deskOf(record);
  const sinceMs = Math.max(model.shift?.handover?.startedMs ?? 0, desk?.escalated?.atMs ?? 0);
  const me = model.me?.account?.id ?? model.operator;
  // Whoever took it over since has it.
  const isMine = desk?.accepted != null && desk.accepted.by === me && desk.accepted.atMs >= sinceMs;
  const waits = sinceMs > 0 && !isMine;
  const label = say('deed.assign');
  const unit: Field = {
    ...{ name: 'unit', label: say('deed.unit'), value: desk?.assigned ?? '', right: say('deed.unit.right') },
    hints: unitsOf(model),
  };
  const press = (): void =>
    actions.ask(record.alert.id, label, [unit], (said) => ({ what: 'assign', unit: said.unit || null }));
  return [...(waits ? [plain(about, 'accept')] : []), { label, press, key: 'g' }];
}

function resolving({ record, actions }: About): Offer {
  const label = say('deed.resolve');
  const options = outcomes.map((one) => [one, say(`outcome.${one}`)] as const);
  const fields: Field[] = [
    { name: 'outcome', label: say('deed.outcome'), kind: 'choice', options },
    { name: 'text', label: say('deed.text'), kind: 'long' },
  ];
  const deedOf = (said: Readonly<Record<string, string>>): Deed => ({
    what: 'resolve',
    outcome: outcomes.find((one) => one === said.outcome) ?? 'not-found',
    text: said.text ?? '',
  });
  return { label, press: () => actions.ask(record.alert.id, label, fields, deedOf), key: 'r' };
}

function quieting(about: About): Offer[] {
  const { record, model, actions } = about;
  const { id } = record.alert;
  // The centre's clock decides when it ends; it is asked for when the button is pressed, not when it was drawn.
  const aheadMs = model.nowMs - model.localMs;
  const untilMs = (minutes: number): number => Date.now() + aheadMs + minutes * minute;
  const label = say('deed.shelve');
  const options = spans.map((one) => [String(one), say('span.minutes', { n: one })] as const);
  const fields: Field[] = [textField(), { name: 'for', label: say('deed.for'), kind: 'choice', options, value: '60' }];
  const shelve = (): void =>
    actions.ask(id, label, fields, ({ text = '', for: minutes }) => ({
      what: 'shelve',
      reason: text,
      untilMs: untilMs(Number(minutes)),
    }));
  const mute = (): void => actions.act(id, { what: 'mute', untilMs: untilMs(30) });
  return [
    isMuted(record, model.nowMs) ? plain(about, 'unmute') : { label: say('deed.mute'), press: mute },
    isShelved(record, model.nowMs) ? plain(about, 'unshelve') : { label, press: shelve, key: 's' },
  ];
}

function linking(about: About): Offer {
  const { record, model, actions } = about;
  if (deskOf(record)?.duplicateOf != null) return plain(about, 'unlink');
  const label = say('deed.link');
  const to: Field = {
    ...{ name: 'to', label: say('deed.link.to'), hints: othersOf(record, model), isRight: isSaid },
    right: say('deed.link.right'),
  };
  const press = (): void => actions.ask(record.alert.id, label, [to], (said) => ({ what: 'link', to: said.to ?? '' }));
  return { label, press };
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
