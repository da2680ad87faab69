/** The way in: name, password and a second factor, a passkey, or a one-time link. */

import type { z } from 'zod';
import type { firstDone, firstLooked } from '../access/shapes.ts';
import { ask, carryCsrf } from './ask.ts';
import { fieldPart, isSaid } from './dialog.ts';
import { el } from './dom.ts';
import type { Me } from './me.ts';
import { getPasskey, hasPasskeys, makePasskey } from './passkey.ts';
import { say } from './text.ts';

/** A one-time link: its secret stands behind the hash, which no server and no log ever sees. */
export const linkInAddress = (): string | null =>
  /^#(?:first|link)=([A-Za-z0-9_-]{43})$/.exec(location.hash)?.[1] ?? null;

/** Fills the page until somebody is logged in. */
export async function logIn(me: Me, languages: HTMLElement): Promise<Me> {
  const link = linkInAddress();
  return link === null ? byPassword(me, languages) : byLink(link, languages);
}

function frame(title: string, languages: HTMLElement, ...inside: readonly (HTMLElement | null)[]): void {
  document.body.replaceChildren(
    el(
      'main',
      { class: 'login' },
      el('p', { class: 'brand' }, say('app.name')),
      el('h1', {}, title),
      ...inside,
      languages,
      el('p', { class: 'note' }, say('app.lead'), ' ', say('app.notSafety')),
    ),
  );
}

const troubleLine = (): HTMLElement => {
  const line = el('p', { class: 'ack-failed', attrs: { role: 'alert' } });
  line.hidden = true;
  return line;
};
const tell = (line: HTMLElement, why: string | null): void => {
  line.hidden = why === null;
  line.textContent = why ?? '';
};

function byPassword(me: Me, languages: HTMLElement): Promise<Me> {
  return new Promise((resolve) => {
    const name = fieldPart(
      { name: 'name', label: say('login.name'), autocomplete: 'username', isRight: isSaid },
      'login-name',
    );
    const password = fieldPart(
      {
        name: 'password',
        label: say('login.password'),
        kind: 'password',
        autocomplete: 'current-password',
        isRight: isSaid,
      },
      'login-password',
    );
    const code = fieldPart(
      {
        name: 'code',
        label: say('login.code'),
        kind: 'code',
        autocomplete: 'one-time-code',
        right: say('login.code.right'),
      },
      'login-code',
    );
    const trouble = troubleLine();
    const entered = (next: Me): void => {
      carryCsrf(next.csrf);
      resolve(next);
    };
    const form = el(
      'form',
      { attrs: { novalidate: true } },
      ...[name, password, code].flatMap(({ nodes }) => nodes),
      trouble,
      el('button', { class: 'button button-primary' }, say('login.enter')),
    );
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      const wrong = [name, password].filter((part) => !part.check());
      if (wrong[0]) return wrong[0].input.focus();
      const digits = code.input.value.trim();
      const said = {
        name: name.input.value.trim(),
        password: password.input.value,
        ...(digits !== '' && { code: digits }),
      };
      return void ask<Me>('POST', '/api/login', said).then((answer) => {
        if (answer.ok) entered(answer.body);
        else tell(trouble, answer.why);
      });
    });
    const withKey = async (): Promise<void> => {
      const answer = await getPasskey();
      if (typeof answer === 'string') tell(trouble, answer);
      else entered(answer);
    };
    const { passkeys } = me.factors;
    const key =
      passkeys.possible && hasPasskeys()
        ? el(
            'button',
            { class: 'button', attrs: { type: 'button' }, on: { click: () => void withKey() } },
            say('login.passkey'),
          )
        : el('p', { class: 'note' }, say('login.noPasskey', { why: passkeys.why ?? say('login.oldBrowser') }));
    const first = me.first ? el('p', { class: 'login-first' }, say('login.first')) : null;
    frame(say('login.title'), languages, first, form, key);
    name.input.focus();
  });
}

async function byLink(link: string, languages: HTMLElement): Promise<Me> {
  const looked = await ask<z.infer<typeof firstLooked>>('POST', '/api/first/look', { link });
  if (!looked.ok) {
    frame(say('first.title'), languages, el('p', { class: 'ack-failed' }, say('first.over', { why: looked.why })));
    return new Promise(() => {});
  }
  const { account, totp, passkey, passkeyWhy } = looked.body;
  return new Promise((resolve) => {
    const password = fieldPart(
      {
        ...{ name: 'password', label: say('login.password'), kind: 'password', autocomplete: 'new-password' },
        right: say('first.password.right'),
        isRight: (value) => value.length >= 12,
      },
      'first-password',
    );
    const code = fieldPart(
      {
        name: 'code',
        label: say('first.code'),
        kind: 'code',
        autocomplete: 'one-time-code',
        right: say('first.code.right'),
      },
      'first-code',
    );
    const trouble = troubleLine();
    const send = async (factor: { readonly code: string } | { readonly passkey: unknown }): Promise<void> => {
      if (!password.check()) return password.input.focus();
      const said = { link, password: password.input.value, language: document.documentElement.lang, ...factor };
      const answer = await ask<z.infer<typeof firstDone>>('POST', '/api/first', said);
      if (!answer.ok) return tell(trouble, answer.why);
      history.replaceState(null, '', location.pathname);
      carryCsrf(answer.body.me.csrf);
      await showRecovery(answer.body.recovery, languages);
      return resolve(answer.body.me);
    };
    const form = el(
      'form',
      { attrs: { novalidate: true } },
      ...password.nodes,
      el('h2', {}, say('first.factor')),
      el('p', {}, say('first.totp')),
      el('p', {}, el('a', { attrs: { href: totp.uri } }, say('first.totp.open'))),
      el('code', { class: 'secret' }, totp.secret.replaceAll(/(.{4})/g, '$1 ').trim()),
      ...code.nodes,
      trouble,
      el('button', { class: 'button button-primary' }, say('first.done')),
    );
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      void send({ code: code.input.value.trim() });
    });
    const withKey = async (): Promise<void> => {
      const made = await makePasskey(passkey);
      if (typeof made === 'string') tell(trouble, made);
      else await send({ passkey: made });
    };
    const key =
      passkey !== null && hasPasskeys()
        ? el(
            'button',
            { class: 'button', attrs: { type: 'button' }, on: { click: () => void withKey() } },
            say('first.passkey'),
          )
        : el('p', { class: 'note' }, say('login.noPasskey', { why: passkeyWhy ?? say('login.oldBrowser') }));
    frame(say('first.title'), languages, el('p', {}, say('first.explain', { id: account.id })), form, key);
    password.input.focus();
  });
}

function showRecovery(codes: readonly string[], languages: HTMLElement): Promise<void> {
  return new Promise((resolve) => {
    const done = el('button', { class: 'button button-primary', attrs: { type: 'button' } }, say('first.kept'));
    done.addEventListener('click', () => resolve());
    const list = el('ul', { class: 'secret' }, ...codes.map((code) => el('li', {}, code)));
    frame(say('first.recovery'), languages, el('p', {}, say('first.recovery.explain')), list, done);
    done.focus();
  });
}
