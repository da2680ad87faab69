/** Attacks on the way in: login, second factor, session. */
import { absoluteMs, idleMs } from '../../../daemons/core/access/session.ts';
import { totpAt } from '../../../daemons/core/access/totp.ts';
import { type Role, roles } from '../../../daemons/core/values/account.ts';
import { callerOf, goodPassword } from '../login.ts';
import { type Checks, carried, expected, firstOf, oneOf, type Room, servedBy } from './room.ts';

const logIn = (room: Room, name: unknown, password: unknown, code: unknown, caller = room.stranger()) =>
  caller.call('POST', '/api/login', { name, password, code });
/** Out of the way of waits that another check caused. */
const later = (room: Room): void => room.pass(3_600_000 / 2 - 60_000);

/** A right login of somebody new at the next time step. */
async function fresh(room: Room, role: Role = 'operator') {
  const person = await room.join(role);
  room.pass(60_000);
  return { ...person, code: totpAt(person.secret, room.nowMs()) };
}

export const entry: Checks = {
  'authentication bypass: every route but the login and the page itself asks for a login': async (room) => {
    const seen: (string | null)[] = [];
    for (const { method, url, needs } of servedBy(room))
      if (needs !== 'anybody') seen.push(expected(`${method} ${url}`, (await room.ask(method, url)).status, 401));
    return seen.length > 40 ? firstOf(seen) : `only ${seen.length} routes`;
  },
  'forbidden calls: every role is refused at every route that its rights do not name': async (room) => {
    const seen: (string | null)[] = [];
    for (const role of roles) {
      const { caller } = room.people[role];
      const { body } = await caller.call('GET', '/api/me');
      for (const { method, url, needs } of servedBy(room))
        if (Array.isArray(needs) && !needs.some((right) => body.rights.includes(right)))
          seen.push(
            expected(
              `${role}: ${method} ${url}`,
              (await room.ask(method, url, carried(caller), method === 'GET' || method === 'HEAD' ? undefined : '{'))
                .status,
              403,
            ),
          );
    }
    return seen.length > 40 ? firstOf(seen) : `only ${seen.length} calls`;
  },
  'authentication bypass: spellings of a path lead nowhere without a login': async (room) => {
    const paths = [
      '/API/state',
      '/api//state',
      '/api/state/',
      '/api/%73tate',
      '/api/state;x=1',
      '/./api/state',
      '/x/../api/state',
      '/api/state%00',
      '/api/state%2f',
      '/api/state?x=/',
      '//api/state',
    ];
    return firstOf(
      await Promise.all(paths.map(async (path) => oneOf(path, (await room.ask('GET', path)).status, 400, 401, 404))),
    );
  },
  'authentication bypass: headers that proxies set make nobody': async (room) => {
    const headers = {
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-user': 'su-1',
      'x-remote-user': 'su-1',
      'x-original-url': '/',
      'x-rewrite-url': '/',
    };
    return expected('GET /api/state', (await room.ask('GET', '/api/state', headers)).status, 401);
  },
  'authentication bypass: no password is taken in an address, by Basic, or as a made-up token': async (room) => {
    const basic = `Basic ${Buffer.from(`${room.people.supervisor.name}:${goodPassword}`).toString('base64')}`;
    const tries = [
      basic,
      'Bearer x',
      'Bearer fpt_aaaaaaaa_',
      `Bearer fpt_aaaaaaaa_${'A'.repeat(43)}`,
      'Bearer null',
      '',
    ];
    const seen = tries.map(async (authorization) =>
      oneOf(authorization, (await room.ask('GET', '/api/state', { authorization })).status, 401),
    );
    return firstOf([
      ...(await Promise.all(seen)),
      expected('query', (await room.ask('GET', '/api/state?access_token=x&token=x')).status, 401),
    ]);
  },
  'names cannot be found out: a name that is not there has the same answer, byte for byte': async (room) => {
    later(room);
    const { name } = room.people.auditor;
    const [there, not] = [
      await logIn(room, name, 'wrong word here', '000000'),
      await logIn(room, 'su-999', 'wrong word here', '000000'),
    ];
    return firstOf([
      expected('status', there.status, 401),
      expected('status', not.status, 401),
      expected('text', there.text, not.text),
    ]);
  },
  'a right password without the second factor is as wrong as any': async (room) => {
    const { name } = await fresh(room);
    const bare = await logIn(room, name, goodPassword, undefined);
    const wrong = await logIn(room, name, 'wrong word here', undefined);
    return firstOf([expected('status', bare.status, 401), expected('text', bare.text, wrong.text)]);
  },
  'a code of the app that was used is refused': async (room) => {
    const { name, code } = await fresh(room);
    const [once, twice] = [await logIn(room, name, goodPassword, code), await logIn(room, name, goodPassword, code)];
    return firstOf([expected('first', once.status, 200), expected('replayed', twice.status, 401)]);
  },
  'a code of the app that is older than one that was used is refused': async (room) => {
    const { name, secret } = await fresh(room);
    const old = totpAt(secret, room.nowMs());
    room.pass(30_000);
    const newer = await logIn(room, name, goodPassword, totpAt(secret, room.nowMs()));
    return firstOf([
      expected('newer', newer.status, 200),
      expected('older', (await logIn(room, name, goodPassword, old)).status, 401),
    ]);
  },
  'one code used twice at the same moment lets one in': async (room) => {
    const { name, code } = await fresh(room);
    const all = await Promise.all([1, 2, 3].map(() => logIn(room, name, goodPassword, code)));
    return expected('logged in', all.filter(({ status }) => status === 200).length, 1);
  },
  'the code of another account, and codes that are no codes, are refused': async (room) => {
    const { name } = await fresh(room);
    const other = totpAt(room.people.patrol.secret, room.nowMs());
    const seen: (string | null)[] = [];
    for (const code of [other, '', '      ', '0000000', 'abcdef'])
      seen.push(expected(code, (await logIn(room, name, goodPassword, code)).status, 401));
    later(room);
    for (const code of [['000000'], 0, null, { $ne: '' }])
      seen.push(expected(JSON.stringify(code), (await logIn(room, name, goodPassword, code)).status, 400));
    return firstOf(seen);
  },
  'a recovery code is good once': async (room) => {
    const { name, recovery } = await fresh(room);
    const [once, twice] = [
      await logIn(room, name, goodPassword, recovery[0]),
      await logIn(room, name, goodPassword, recovery[0]),
    ];
    return firstOf([expected('first', once.status, 200), expected('again', twice.status, 401)]);
  },
  'guessing waits, also with another address in every header': async (room) => {
    const caller = room.stranger();
    const guess = (n: number) =>
      caller.call(
        'POST',
        '/api/login',
        { name: 'op-77', password: `guess ${n}`, code: '1' },
        { 'x-forwarded-for': `198.51.100.${n}` },
      );
    let waited = 0;
    for (let n = 0; n < 12; n++) {
      const { status, headers } = await guess(n);
      if (status === 429 && Number(headers['retry-after']) > 0) waited += 1;
    }
    later(room);
    return waited > 0 ? null : 'twelve guesses were tried at once';
  },
  'guessing many names from one address waits': async (room) => {
    let waited = 0;
    for (let n = 0; n < 40 && waited === 0; n++) {
      room.pass(1000);
      if ((await logIn(room, `name-${n}`, 'a guess for all', '1')).status === 429) waited += 1;
    }
    later(room);
    return waited > 0 ? null : 'forty names were tried';
  },
  'nobody is locked out for good: a browser that is known gets in while others guess, and anybody after the wait':
    async (room) => {
      const { caller, name, secret } = await room.join('operator');
      for (let n = 0; n < 9; n++) await logIn(room, name, 'a guess', '1');
      room.pass(60_000);
      const known = callerOf(async (method, path, headers, body) => room.ask(method, path, headers, body));
      for (const [cookie, value] of caller.cookies) known.cookies.set(cookie, value);
      const first = await logIn(room, name, goodPassword, totpAt(secret, room.nowMs()), known);
      later(room);
      const after = await logIn(room, name, goodPassword, totpAt(secret, room.nowMs()));
      return firstOf([expected('known browser', first.status, 200), expected('after the wait', after.status, 200)]);
    },
  'fixation: a session word that was planted before the login is not the one after it': async (room) => {
    const { name, code } = await fresh(room);
    const planted = 'A'.repeat(43);
    const caller = room.stranger();
    caller.cookies.set('fieldpost', planted);
    const { status } = await logIn(room, name, goodPassword, code, caller);
    const answer = await room.ask('GET', '/api/maps', { cookie: `fieldpost=${planted}` });
    return firstOf([
      expected('login', status, 200),
      expected('planted', answer.status, 401),
      caller.cookies.get('fieldpost') === planted ? 'the word was kept' : null,
    ]);
  },
  'a session ends with the next login, with the logout, and its cookie is then worth nothing': async (room) => {
    const { caller, name, code } = await fresh(room);
    const old = carried(caller);
    await logIn(room, name, goodPassword, code, caller);
    const now = carried(caller);
    const replaced = await room.ask('GET', '/api/maps', old);
    await caller.call('POST', '/api/logout', {});
    return firstOf([
      expected('replaced', replaced.status, 401),
      expected('logged out', (await room.ask('GET', '/api/maps', now)).status, 401),
    ]);
  },
  'a stale session: over after an hour of nothing, and after fourteen hours of anything': async (room) => {
    const [idle, busy] = [await room.join('operator'), await room.join('technician')];
    for (let passed = 0; passed <= absoluteMs; passed += idleMs) {
      room.pass(idleMs);
      await busy.caller.call('GET', '/api/maps');
    }
    const seen = [idle, busy].map(async ({ caller, name }) =>
      expected(name, (await caller.call('GET', '/api/maps')).status, 401),
    );
    // Those of the room are over too: they come again.
    for (const role of roles) Object.assign(room.people, { [role]: await room.join(role) });
    return firstOf(await Promise.all(seen));
  },
  'a session that is no session: guessed, empty, long, quoted, of another name': async (room) => {
    const cookies = [
      `fieldpost=${'A'.repeat(43)}`,
      'fieldpost=',
      `fieldpost=${'x'.repeat(4000)}`,
      'fieldpost="',
      'fieldpost=%00',
      'session=1; admin=true',
      'fieldpost=__proto__',
    ];
    return firstOf(
      await Promise.all(
        cookies.map(async (cookie) =>
          oneOf(cookie.slice(0, 20), (await room.ask('GET', '/api/maps', { cookie })).status, 401),
        ),
      ),
    );
  },
};
