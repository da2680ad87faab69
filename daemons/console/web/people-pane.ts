/** Who may log in, what programs may read, and who looked at what. Shown to those who answer for it. */
import { type Role, roles } from '../../core/access/roles.ts';
import { block } from './alert-facts.ts';
import { ask } from './ask.ts';
import { auditBlock } from './audit-block.ts';
import { askFor, isSaid } from './dialog.ts';
import { el } from './dom.ts';
import { formatMoment } from './format.ts';
import { type Actions, type Model, may, type View } from './model.ts';
import { hasPasskeys, makePasskey } from './passkey.ts';
import { say } from './text.ts';
import { toast } from './toast.ts';

/** As `GET /api/accounts` and `GET /api/tokens` list them. */
type Accounts = readonly {
  readonly id: string;
  readonly role: Role;
  readonly unit: string | null;
  readonly state: 'active' | 'invited' | 'disabled' | 'no-factor';
  readonly seenMs: number | null;
}[];
type Tokens = readonly {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly rights: readonly string[];
  readonly untilMs: number;
  readonly createdBy: string;
}[];

const button = (label: string, click: () => void): HTMLElement =>
  el('button', { class: 'button', attrs: { type: 'button' }, on: { click } }, label);
const roleOptions = () => roles.map((one) => [one, say(`role.${one}`)] as const);

export function peoplePane(actions: Actions): View {
  const [own, accounts, tokens] = [el('div'), el('div'), el('div')];
  const audit = auditBlock();
  const node = el(
    'div',
    { class: 'pane', attrs: { id: 'pane-people', role: 'tabpanel', 'aria-labelledby': 'tab-people' } },
    own,
    accounts,
    tokens,
    audit.node,
  );
  let isOpen = false;

  const read = async (model: Model): Promise<void> => {
    own.replaceChildren(...ownBlock(model, actions));
    const again = (): void => void read(model);
    if (may(model, 'accounts.write')) {
      const answer = await ask<{ readonly accounts: Accounts }>('GET', '/api/accounts');
      accounts.replaceChildren(
        block(
          say('people.accounts'),
          ...(answer.ok ? accountRows(answer.body.accounts, again) : [failure(answer.why)]),
        ),
      );
    }
    if (may(model, 'tokens.write')) {
      const answer = await ask<{ readonly tokens: Tokens }>('GET', '/api/tokens');
      tokens.replaceChildren(
        block(
          say('people.tokens'),
          ...(answer.ok ? tokenRows(answer.body.tokens, model, again) : [failure(answer.why)]),
        ),
      );
    }
    audit.node.hidden = !may(model, 'audit.read');
    if (!audit.node.hidden) audit.read();
  };

  return {
    node,
    update: (model) => {
      node.hidden = model.tab !== 'people';
      if (!node.hidden && !isOpen) void read(model);
      isOpen = !node.hidden;
    },
  };
}

const failure = (why: string): HTMLElement => el('p', { class: 'note' }, say('sight.failed', { reason: why }));

function ownBlock({ me }: Model, actions: Actions): HTMLElement[] {
  if (me?.account == null) return [block(say('people.own'), el('p', { class: 'note' }, say('people.open')))];
  const { id, role, unit } = me.account;
  const line = [say(`role.${role}`), unit].filter((one) => one !== null).join(' · ');
  const left = me.factors.recovery;
  const password = (): void =>
    void askFor({
      title: say('people.password'),
      fields: [
        { name: 'old', label: say('people.password.old'), kind: 'password', autocomplete: 'current-password' },
        {
          ...{ name: 'password', label: say('people.password.new'), kind: 'password', autocomplete: 'new-password' },
          right: say('first.password.right'),
          isRight: (value) => value.length >= 12,
        },
      ],
      does: say('operator.save'),
      send: async (said) => {
        const answer = await ask('POST', '/api/password', said);
        return answer.ok ? null : answer.why;
      },
    });
  return [
    block(
      say('people.own'),
      el('p', {}, el('b', {}, id), ` ${line}`),
      el('p', { class: 'note' }, say('people.recovery', { n: left })),
      el(
        'div',
        { class: 'deeds' },
        button(say('people.password'), password),
        ...(me.factors.passkeys.possible && hasPasskeys()
          ? [button(say('people.passkey'), () => void addPasskey())]
          : []),
        button(say('people.leave'), actions.leave),
      ),
    ),
  ];
}

/** A link or a secret that is shown once: kept on the screen until it is put away. */
function once(title: string, secret: string): void {
  void askFor({
    title,
    explain: say('people.once'),
    fields: [{ name: 'secret', label: title, value: secret }],
    does: say('panel.close'),
  });
}

/** One more way in for the person who is logged in. */
async function addPasskey(): Promise<void> {
  const options = await ask<unknown>('POST', '/api/passkeys/new', {});
  const response = options.ok ? await makePasskey(options.body) : options.why;
  if (typeof response === 'string') return toast(say('ack.failed', { reason: response }));
  const name = new Date().toISOString().slice(0, 10);
  const answer = await ask('POST', '/api/passkeys', { name, response });
  return toast(answer.ok ? say('people.passkey.added') : say('ack.failed', { reason: answer.why }));
}

function accountRows(accounts: Accounts, again: () => void): HTMLElement[] {
  const write = async (url: string, said: unknown): Promise<string | null> => {
    const answer = await ask<{ readonly link: string | null }>('POST', url, said);
    again();
    if (!answer.ok) return answer.why;
    const { link } = answer.body;
    if (link !== null) once(say('people.link'), new URL(link, location.href).href);
    return null;
  };
  const change = (id: string, what: 'disable' | 'enable' | 'invite'): void =>
    void write(`/api/accounts/${encodeURIComponent(id)}`, { what }).then((why) => {
      if (why !== null) toast(say('ack.failed', { reason: why }));
    });
  const add = (): void =>
    void askFor({
      title: say('people.add'),
      explain: say('people.add.explain'),
      fields: [
        { name: 'role', label: say('people.role'), kind: 'choice', options: roleOptions(), value: 'operator' },
        { name: 'unit', label: say('deed.unit') },
      ],
      does: say('people.add'),
      send: ({ role, unit = '' }) => write('/api/accounts', { role, unit: unit === '' ? null : unit }),
    });
  const row = ({ id, role, unit, state, seenMs }: Accounts[number]): HTMLElement =>
    el(
      'li',
      {},
      el('b', {}, id),
      ` ${say(`role.${role}`)}${unit === null ? '' : ` · ${unit}`} · ${say(`account.${state}`)}`,
      el(
        'span',
        { class: 'utc' },
        seenMs === null ? say('people.never') : say('people.seen', { time: formatMoment(seenMs) }),
      ),
      el(
        'span',
        { class: 'deeds' },
        state === 'disabled'
          ? button(say('people.enable'), () => change(id, 'enable'))
          : button(say('people.disable'), () => change(id, 'disable')),
        button(say('people.invite'), () => change(id, 'invite')),
      ),
    );
  return [
    el('ul', { class: 'acts' }, ...accounts.map(row)),
    el('div', { class: 'deeds' }, button(say('people.add'), add)),
  ];
}

const day = 86_400_000;

function tokenRows(tokens: Tokens, model: Model, again: () => void): HTMLElement[] {
  const add = (): void =>
    void askFor({
      title: say('token.add'),
      explain: say('token.explain'),
      fields: [
        { name: 'name', label: say('token.name'), isRight: isSaid },
        { name: 'role', label: say('people.role'), kind: 'choice', options: roleOptions(), value: 'auditor' },
        {
          name: 'rights',
          label: say('token.rights'),
          value: 'alerts.read',
          right: say('token.rights.right'),
          isRight: isSaid,
        },
        { name: 'text', label: say('purpose.text'), isRight: (text) => text.length >= 3 },
        { name: 'case', label: say('purpose.case'), isRight: isSaid },
        {
          name: 'days',
          label: say('token.days'),
          kind: 'choice',
          options: ['7', '30', '90'].map((n) => [n, n] as const),
          value: '30',
        },
      ],
      does: say('token.add'),
      send: async ({ name, role, rights = '', text, case: number, days }) => {
        const said = {
          ...{ name, role, rights: rights.split(/[\s,]+/), purpose: { text, case: number } },
          untilMs: model.nowMs + Number(days) * day,
        };
        const answer = await ask<{ readonly secret: string }>('POST', '/api/tokens', said);
        again();
        if (!answer.ok) return answer.why;
        once(say('token.secret'), answer.body.secret);
        return null;
      },
    });
  const end = async (id: string): Promise<void> => {
    await ask('DELETE', `/api/tokens/${encodeURIComponent(id)}`);
    again();
  };
  const row = ({ id, name, role, rights, untilMs, createdBy }: Tokens[number]): HTMLElement =>
    el(
      'li',
      {},
      el('b', {}, name),
      ` ${say(`role.${role}`)} · ${rights.join(', ')}`,
      el('span', { class: 'utc' }, `${createdBy} · ${say('act.until', { time: formatMoment(untilMs) })}`),
      button(say('token.end'), () => void end(id)),
    );
  return [
    tokens.length === 0
      ? el('p', { class: 'note' }, say('token.none'))
      : el('ul', { class: 'acts' }, ...tokens.map(row)),
    el('div', { class: 'deeds' }, button(say('token.add'), add)),
  ];
}
