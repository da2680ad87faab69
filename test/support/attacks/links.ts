/** Attacks on accounts: those that are shut out, links, weak passwords, and what is told of them. */
import { goodPassword } from '../login.ts';
import { type Checks, expected, firstOf, json } from './room.ts';

export const links: Checks = {
  'a disabled account, one with another role, and one whose factor was reset have no session any more': async (
    room,
  ) => {
    const { caller: chief } = await room.join('supervisor');
    const seen: (string | null)[] = [];
    for (const change of [{ what: 'disable' }, { what: 'role', role: 'auditor', unit: null }, { what: 'invite' }]) {
      const { caller, name } = await room.join('operator');
      const done = await chief.call('POST', `/api/accounts/${name}`, change);
      seen.push(
        expected(change.what, done.status, 200),
        expected(change.what, (await caller.call('GET', '/api/maps')).status, 401),
      );
    }
    return firstOf(seen);
  },
  'a one-time link is used once, and cannot be guessed': async (room) => {
    const { link } = await room.join('operator');
    const body = (one: string): string => JSON.stringify({ link: one });
    const used = await room.ask('POST', '/api/first/look', json, body(link));
    const guessed = await room.ask('POST', '/api/first/look', json, body('A'.repeat(43)));
    return firstOf([
      expected('used', used.status, 404),
      expected('guessed', guessed.status, 404),
      expected('one answer', used.text, guessed.text),
    ]);
  },
  'a link gives the role that it was made for, whatever the body asks for': async (room) => {
    const made = await (await room.join('supervisor')).caller.call('POST', '/api/accounts', { role: 'technician' });
    const link = String(made.body.link).replace('/#first=', '');
    const answer = await room.ask(
      'POST',
      '/api/first',
      json,
      JSON.stringify({ link, password: goodPassword, code: '1', role: 'supervisor' }),
    );
    return expected('status', answer.status, 400);
  },
  'a weak password is refused': async (room) => {
    const made = await (await room.join('supervisor')).caller.call('POST', '/api/accounts', { role: 'technician' });
    const link = String(made.body.link).replace('/#first=', '');
    const seen: (string | null)[] = [];
    for (const password of [
      'short',
      'aaaaaaaaaaaaaaaa',
      'password123456',
      'qwertyuiop[]asdf',
      `${made.body.account.id}-${made.body.account.id}`,
    ]) {
      room.pass(1000);
      seen.push(
        expected(
          password,
          (await room.ask('POST', '/api/first', json, JSON.stringify({ link, password, code: '123456' }))).status,
          400,
        ),
      );
    }
    return firstOf(seen);
  },
  'no secret comes back: neither password nor session nor key is in an answer': async (room) => {
    const { caller, secret } = await room.join('supervisor');
    const paths = ['/api/me', '/api/accounts', '/api/tokens', '/api/audit?limit=500', '/api/state'];
    const texts = (await Promise.all(paths.map(async (path) => (await caller.call('GET', path)).text))).join();
    const secrets = [secret, goodPassword, caller.cookies.get('fieldpost') ?? 'x', 'scrypt$'];
    return firstOf(secrets.map((one) => (texts.includes(one) ? `${one} was told` : null)));
  },
};
