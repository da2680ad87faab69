/** Other people's objects: alerts of another unit, tokens of another role, writes in somebody else's name. */
import { type Checks, carried, expected, firstOf, json, oneOf, type Room, servedBy } from './room.ts';

const token = async (room: Room, more: object) => {
  const wanted = {
    name: 't',
    role: 'operator',
    rights: ['alerts.read'],
    purpose: { text: 'check', case: 'C' },
    untilMs: room.nowMs() + 3_600_000,
  };
  const made = await room.people.supervisor.caller.call('POST', '/api/tokens', { ...wanted, ...more });
  return { ...made, shown: { authorization: `Bearer ${made.body.secret}` } };
};

export const objects: Checks = {
  "other people's objects: a patrol has the same answer for another unit's alert as for none, on every route and verb":
    async (room) => {
      const { caller } = room.people.patrol;
      const seen: (string | null)[] = [];
      for (const { method, url } of servedBy(room, room.other)) {
        if (!url.startsWith('/api/alerts/')) continue;
        const body = method === 'POST' ? '{"deed":{"what":"acknowledge"}}' : undefined;
        const [other, none] = [
          await room.ask(method, url, carried(caller), body),
          await room.ask(method, url.replaceAll(room.other, 'nobody'), carried(caller), body),
        ];
        seen.push(
          oneOf(`${method} ${url}`, other.status, 403, 404),
          expected(`${method} ${url}`, other.text.replaceAll(room.other, 'nobody'), none.text),
        );
      }
      return seen.length > 8 ? firstOf(seen) : `only ${seen.length} routes`;
    },
  "other people's objects: a patrol's state and stream hold its own alert and no byte of another": async (room) => {
    const { caller } = room.people.patrol;
    const { text } = await caller.call('GET', '/api/state');
    return firstOf([
      text.includes(`"id":"${room.own}"`) ? null : 'its own is missing',
      text.includes(`"id":"${room.other}"`) ? 'the other is there' : null,
    ]);
  },
  "other people's objects: the patrol can act on its own alert, so that the refusals above mean something": async (
    room,
  ) => {
    const { caller } = room.people.patrol;
    const answer = await caller.call('POST', `/api/alerts/${room.own}/acts`, { deed: { what: 'note', text: 'seen' } });
    return expected('own', answer.status, 200);
  },
  'a call for help is one alert however often it is sent, the unit does not acknowledge it itself, and nobody else calls':
    async (room) => {
      const { caller } = room.people.patrol;
      const body = { key: '0b6b0c1e-6a8f-4d35-9d3e-0d6a4a1d6f10', text: 'two men', agoMs: 4000 };
      const calls = [await caller.call('POST', '/api/help', body), await caller.call('POST', '/api/help', body)];
      const id = String(calls[0]?.body.id);
      const deed = { deed: { what: 'acknowledge' } };
      const own = await caller.call('POST', `/api/alerts/${id}/acts`, deed);
      const { acts } = (await caller.call('GET', `/api/alerts/${id}/acts`)).body as { acts: readonly object[] };
      const refused = await room.people.operator.caller.call('POST', '/api/help', body);
      const heard = await room.people.operator.caller.call('POST', `/api/alerts/${id}/acts`, deed);
      return firstOf([
        expected('codes', calls.map(({ status }) => status).join(), '200,200'),
        expected('the same', calls[1]?.body.id, id),
        expected('one act', acts.length, 1),
        expected('its own', own.body.acknowledged ?? null, null),
        expected('an operator calls', refused.status, 403),
        expected('an operator hears', heard.body.acknowledged !== null, true),
      ]);
    },
  'a technician is told of no alert': async (room) => {
    const { text } = await room.people.technician.caller.call('GET', '/api/state');
    return text.includes('"alerts":[]') ? null : text.slice(0, 200);
  },
  'nobody makes themselves more: accounts, tokens and the log are refused to those who do not answer for them': async (
    room,
  ) => {
    const seen: (string | null)[] = [];
    for (const role of ['operator', 'patrol', 'technician', 'auditor'] as const) {
      const { caller, name } = room.people[role];
      seen.push(
        expected(
          'role',
          (await caller.call('POST', `/api/accounts/${name}`, { what: 'role', role: 'supervisor', unit: null })).status,
          403,
        ),
        expected('account', (await caller.call('POST', '/api/accounts', { role: 'supervisor' })).status, 403),
        expected('token', (await caller.call('POST', '/api/tokens', {})).status, 403),
        expected('list', (await caller.call('GET', '/api/accounts')).status, 403),
      );
      if (role !== 'auditor') seen.push(expected('log', (await caller.call('GET', '/api/audit')).status, 403));
    }
    return firstOf(seen);
  },
  "somebody else's passkey is not removed": async (room) => {
    const { accounts } = room.login.store;
    const { name } = room.people.auditor;
    const key = { id: 'k', name: 'k', publicKey: '', counter: 0, transports: [], addedMs: 0, usedMs: null };
    await accounts.people.change(name, (one) => [{ ...one, keys: [key] }, null]);
    await room.people.operator.caller.call('DELETE', '/api/passkeys/k');
    const kept = (await accounts.people.read(name))?.keys.length;
    await accounts.people.change(name, (one) => [{ ...one, keys: [] }, null]);
    return expected('keys', kept, 1);
  },
  'nobody acts in the name of another': async (room) => {
    const { caller } = room.people.operator;
    const by = room.people.supervisor.name;
    return firstOf([
      expected('acknowledge', (await caller.call('POST', `/api/alerts/${room.other}/acknowledge`, { by })).status, 400),
      expected(
        'act',
        (await caller.call('POST', `/api/alerts/${room.other}/acts`, { by, deed: { what: 'note', text: 'x' } })).status,
        400,
      ),
    ]);
  },
  'an auditor changes nothing': async (room) => {
    const { caller } = room.people.auditor;
    const seen: (string | null)[] = [];
    for (const { method, url, needs } of servedBy(room, room.other))
      if (Array.isArray(needs) && method !== 'GET' && method !== 'HEAD')
        seen.push(expected(`${method} ${url}`, (await room.ask(method, url, carried(caller), '{}')).status, 403));
    return seen.length > 4 ? firstOf(seen) : `only ${seen.length} writes`;
  },
  'alerts are told to nobody who did not say why': async (room) => {
    const { caller } = await room.join('supervisor', false);
    const paths = ['/api/state', '/api/stream', `/api/alerts/${room.own}/timeline`, `/api/alerts/${room.own}/acts`];
    return firstOf(
      await Promise.all(paths.map(async (path) => expected(path, (await caller.call('GET', path)).status, 428))),
    );
  },
  'each look at an alert is in the log, with who, why and the case': async (room) => {
    const { caller, name } = await room.join('supervisor');
    await caller.call('GET', `/api/alerts/${room.other}/acts`);
    const [line] = await room.login.store.audit.newest({ limit: 1, actor: name, what: 'view' });
    return firstOf([
      expected('alert', line?.alerts[0], room.other),
      expected('why', line?.purpose, 'shift'),
      expected('case', line?.case, 'C-1'),
    ]);
  },
  'no route changes the log, and its chain holds': async (room) => {
    const { caller } = room.people.supervisor;
    const seen: (string | null)[] = [];
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'])
      for (const path of ['/api/audit', '/api/audit/1', '/api/audit/check'])
        seen.push(oneOf(`${method} ${path}`, (await room.ask(method, path, carried(caller), '{}')).status, 404, 405));
    const { body } = await caller.call('GET', '/api/audit/check');
    return firstOf([...seen, expected('bad', body.bad, null), body.lines > 20 ? null : 'the log is short']);
  },
  'a token for feeds reads the feeds of its site, each reading is in the log, and it reads nothing else': async (
    room,
  ) => {
    const feeds = { rights: ['feeds.read'] };
    const [all, elsewhere] = [await token(room, feeds), await token(room, { ...feeds, site: 'elsewhere' })];
    const paths = ['/api/feeds/geojson', '/api/feeds/cap'];
    const seen: (string | null)[] = [];
    for (const path of paths) {
      const own = await room.ask('GET', path, all.shown);
      const other = await room.ask('GET', path, elsewhere.shown);
      seen.push(
        expected(path, own.status, 200),
        own.text.includes(room.own) ? null : `${path}: nothing is in it`,
        other.text.includes(room.own) ? `${path}: another site is told of it` : null,
        expected(path, (await room.ask('GET', path, carried(room.people.patrol.caller))).status, 403),
      );
    }
    const message =
      /\/api\/feeds\/cap\/[^"]+/.exec((await room.ask('GET', '/api/feeds/cap', all.shown)).text)?.[0] ?? '';
    const logged = await room.login.store.audit.newest({ limit: 50, what: 'view' });
    return firstOf([
      ...seen,
      expected('message', (await room.ask('GET', message, all.shown)).status, 200),
      expected('the same elsewhere', (await room.ask('GET', '/api/feeds/cap', elsewhere.shown)).status, 200),
      expected('message elsewhere', (await room.ask('GET', message, elsewhere.shown)).status, 404),
      expected('state', (await room.ask('GET', '/api/state', all.shown)).status, 403),
      expected('alert', (await room.ask('GET', `/api/alerts/${room.own}/acts`, all.shown)).status, 403),
      logged.some(({ actor }) => actor.includes(String(all.body.token.id)) || actor !== room.people.supervisor.name)
        ? null
        : 'no line of the log',
    ]);
  },
  'a token of another role: one for boxes reads no alert, one that reads does not write': async (room) => {
    const boxes = await token(room, { role: 'technician', rights: ['devices.read'] });
    const reads = await token(room, {});
    const state = await room.ask('GET', '/api/state', boxes.shown);
    return firstOf([
      state.text.includes('"alerts":[]') ? null : 'a token for boxes is told alerts',
      expected('timeline', (await room.ask('GET', `/api/alerts/${room.own}/timeline`, boxes.shown)).status, 403),
      expected('reads', (await room.ask('GET', '/api/state', reads.shown)).status, 200),
      expected(
        'writes',
        (await room.ask('POST', `/api/alerts/${room.own}/acts`, { ...json, ...reads.shown }, '{}')).status,
        403,
      ),
      expected('log', (await room.ask('GET', '/api/audit', reads.shown)).status, 403),
    ]);
  },
  'a token cannot be made with more than its role has, or with what needs a person': async (room) => {
    const asked = [
      { role: 'technician' },
      { rights: ['audit.read'] },
      { role: 'supervisor', rights: ['accounts.write'] },
      { role: 'supervisor', rights: ['export.approve'] },
      { rights: ['all'] },
      { site: 'north', rights: ['history.search'] },
      { rights: [] },
    ];
    return firstOf(
      await Promise.all(
        asked.map(async (more) => expected(JSON.stringify(more), (await token(room, more)).status, 400)),
      ),
    );
  },
  'a token that ended, or is over, opens nothing': async (room) => {
    const [ended, over] = [await token(room, {}), await token(room, { untilMs: room.nowMs() + 1 })];
    await room.people.supervisor.caller.call('DELETE', `/api/tokens/${ended.body.token.id}`);
    room.pass(2);
    return firstOf([
      expected('ended', (await room.ask('GET', '/api/state', ended.shown)).status, 401),
      expected('over', (await room.ask('GET', '/api/state', over.shown)).status, 401),
    ]);
  },
  "a token beside a session's cookie lends it nothing": async (room) => {
    const boxes = await token(room, { role: 'technician', rights: ['devices.read'] });
    const headers = { ...carried(room.people.supervisor.caller), ...boxes.shown };
    return firstOf([
      expected('read', (await room.ask('GET', '/api/accounts', headers)).status, 403),
      expected('write', (await room.ask('POST', '/api/purpose', headers, '{"text":"abc","case":"1"}')).status, 403),
      expected(
        'password',
        (await room.ask('POST', '/api/password', headers, '{"old":"x","password":"heron walks over wet slate"}'))
          .status,
        403,
      ),
    ]);
  },
  'a token of one unit sees what a patrol of that unit sees': async (room) => {
    const { shown } = await token(room, { role: 'patrol', rights: ['alerts.read-own'], unit: 'unit-2' });
    const { text } = await room.ask('GET', '/api/state', shown);
    return firstOf([
      text.includes(`"id":"${room.other}"`) ? null : 'its own is missing',
      text.includes(`"id":"${room.own}"`) ? 'another is there' : null,
    ]);
  },
  'a token of one site is told nothing of another': async (room) => {
    const { shown } = await token(room, { site: 'elsewhere' });
    const state = await room.ask('GET', '/api/state', shown);
    const one = await room.ask('GET', `/api/alerts/${room.own}/acts`, shown);
    return firstOf([state.text.includes(room.own) ? 'the state holds it' : null, expected('alert', one.status, 404)]);
  },
};
