/** What comes in over HTTP that should not: scripts, statements, paths, too much, too slow, in another's name. */
import { type Checks, carried, expected, firstOf, json, oneOf } from './room.ts';

const script = '<script>alert(1)</script>';
const traversals = [
  '/../../../../etc/passwd',
  '/assets/../../../etc/passwd',
  '/maps/../../etc/passwd',
  '/maps/..%2f..%2f..%2fetc%2fpasswd',
  '/maps/%2e%2e/%2e%2e/etc/passwd',
  '/..%5c..%5cetc%5cpasswd',
  '/assets/....//....//etc/passwd',
  '/api/alerts/..%2f..%2fetc%2fpasswd/timeline',
  '/maps/0.pmtiles/../../package.json',
];
const statements = [
  "' OR '1'='1",
  "x'; DROP TABLE access_person; --",
  '"; DELETE FROM alert; --',
  "x' UNION SELECT body FROM access_session --",
  '%27%20OR%201=1',
];

export const input: Checks = {
  'CSRF: a write without the word of the session, or with that of another, is refused': async (room) => {
    const [{ caller }, other] = [room.people.operator, room.people.supervisor.caller];
    const seen: (string | null)[] = [];
    for (const csrf of ['', 'x', other.csrf ?? '', `${caller.csrf}x`, (caller.csrf ?? '').slice(1)])
      seen.push(
        expected(
          csrf.slice(0, 8),
          (
            await room.ask(
              'POST',
              '/api/purpose',
              { ...carried(caller), 'fieldpost-csrf': csrf },
              '{"text":"abc","case":"1"}',
            )
          ).status,
          403,
        ),
      );
    return firstOf([
      ...seen,
      expected(
        'right',
        (await room.ask('POST', '/api/purpose', carried(caller), '{"text":"shift","case":"C-1"}')).status,
        200,
      ),
    ]);
  },
  'CSRF: a write from another origin is refused, with every right and word': async (room) => {
    const headers = carried(room.people.operator.caller);
    const from = [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: `http://127.0.0.1.evil.example:${room.port}` },
      { origin: `http://127.0.0.1:${room.port + 1}` },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ];
    return firstOf(
      await Promise.all(
        from.map(async (one) =>
          expected(
            JSON.stringify(one),
            (
              await room.ask(
                'POST',
                '/api/purpose',
                { ...headers, ...(one as Record<string, string>) },
                '{"text":"abc","case":"1"}',
              )
            ).status,
            403,
          ),
        ),
      ),
    );
  },
  'CSRF: what a form of another page can send is no body here': async (room) => {
    const types = [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/jsonx',
      '',
    ];
    const headers = carried(room.people.operator.caller);
    return firstOf(
      await Promise.all(
        types.map(async (type) =>
          oneOf(
            type,
            (await room.ask('POST', '/api/purpose', { ...headers, 'content-type': type }, '{"text":"abc","case":"1"}'))
              .status,
            400,
            415,
          ),
        ),
      ),
    );
  },
  'CSRF: a login from another origin is refused, so nobody is logged in to an account of somebody else': async (room) =>
    expected(
      'login',
      (await room.ask('POST', '/api/login', { ...json, origin: 'https://evil.example' }, '{"name":"a","password":"b"}'))
        .status,
      403,
    ),
  'rebinding: a host that is not this console is refused on every route': async (room) => {
    const hosts = ['evil.example', '127.0.0.1.evil.example', 'localhost.evil.example', '10.0.0.1', 'evil.example:8480'];
    const seen = hosts.flatMap((host) =>
      ['/', '/api/me', '/api/state'].map(async (path) =>
        oneOf(`${host}${path}`, (await room.ask('GET', path, { host })).status, 400, 421),
      ),
    );
    const none = await room.bytes('GET / HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n');
    return firstOf([...(await Promise.all(seen)), /^HTTP\/1\.1 4\d\d/.test(none) ? null : none.slice(0, 60)]);
  },
  'verb tampering: HEAD asks for the same login, other verbs and overrides change nothing': async (room) => {
    const headers = carried(room.people.technician.caller);
    const seen: (string | null)[] = [expected('HEAD', (await room.ask('HEAD', '/api/state')).status, 401)];
    for (const method of ['PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND'])
      seen.push(oneOf(method, (await room.ask(method, '/api/accounts', headers)).status, 400, 403, 404, 405));
    const override = { ...headers, 'x-http-method-override': 'POST', 'x-method-override': 'DELETE' };
    return firstOf([
      ...seen,
      expected('override', (await room.ask('GET', '/api/accounts', override)).status, 403),
      oneOf('TRACE', (await room.ask('TRACE', '/', { 'x-secret': 'a' })).status, 404, 405),
    ]);
  },
  'injection: statements in names and ids find nothing, and the store is as it was': async (room) => {
    const { caller } = room.people.supervisor;
    const before = (await room.login.store.accounts.people.all()).length;
    const seen: (string | null)[] = [];
    for (const text of statements) {
      const id = encodeURIComponent(text);
      seen.push(
        oneOf(text, (await caller.call('POST', `/api/accounts/${id}`, { what: 'disable' })).status, 404),
        oneOf(text, (await caller.call('GET', `/api/alerts/${id}/acts`)).status, 404),
        oneOf(text, (await caller.call('GET', `/api/audit?actor=${id}&alert=${id}`)).status, 200),
        expected(text, (await caller.call('GET', `/api/audit?actor=${id}`)).body.lines.length, 0),
        oneOf(
          text,
          (await room.stranger().call('POST', '/api/login', { name: text, password: text, code: text.slice(0, 30) }))
            .status,
          401,
          429,
        ),
      );
    }
    return firstOf([...seen, expected('accounts', (await room.login.store.accounts.people.all()).length, before)]);
  },
  'injection: keys of prototypes and keys that nobody knows are refused': async (room) => {
    const { caller } = room.people.supervisor;
    const bodies = [
      '{"role":"operator","__proto__":{"role":"supervisor"}}',
      '{"role":"operator","constructor":{"prototype":{"x":1}}}',
      '{"role":"operator","admin":true}',
      '{"role":{"$ne":1}}',
      '[]',
      'null',
      '1',
      '"x"',
    ];
    return firstOf(
      await Promise.all(
        bodies.map(async (body) => expected(body, (await caller.call('POST', '/api/accounts', body)).status, 400)),
      ),
    );
  },
  'script in names: markup is no name of an account, a token or a unit': async (room) => {
    const { caller } = room.people.supervisor;
    return firstOf([
      expected('id', (await caller.call('POST', '/api/accounts', { role: 'operator', id: script })).status, 400),
      expected('unit', (await caller.call('POST', '/api/accounts', { role: 'patrol', unit: script })).status, 400),
      expected(
        'name',
        (await room.stranger().call('POST', '/api/login', { name: script.repeat(4), password: 'x' })).status,
        400,
      ),
    ]);
  },
  'script in names: a note and a purpose that are markup come back as JSON text that no browser takes for a page':
    async (room) => {
      const { caller } = await room.join('supervisor');
      await caller.call('POST', '/api/purpose', { text: script, case: script });
      await caller.call('POST', `/api/alerts/${room.other}/acts`, { deed: { what: 'note', text: script } });
      const seen = ['/api/me', '/api/state', `/api/alerts/${room.other}/acts`, '/api/audit'].map(async (path) => {
        const { headers } = await caller.call('GET', path);
        return firstOf([
          String(headers['content-type']).startsWith('application/json') ? null : `${path}: ${headers['content-type']}`,
          expected(path, headers['x-content-type-options'], 'nosniff'),
        ]);
      });
      const missing = await room.ask('GET', `/${encodeURIComponent(script)}`);
      return firstOf([
        ...(await Promise.all(seen)),
        String(missing.headers['content-type']).startsWith('application/json') ? null : 'a refusal is a page',
      ]);
    },
  'traversal: no spelling of a path leads out of what is served': async (room) => {
    const seen: (string | null)[] = [];
    for (const path of traversals)
      for (const headers of [{}, carried(room.people.supervisor.caller)]) {
        const { status, text } = await room.ask('GET', path, headers);
        seen.push(
          oneOf(path, status, 400, 401, 404),
          text.includes('root:') || text.includes('"dependencies"') ? `${path} was served` : null,
        );
      }
    return firstOf(seen);
  },
  'open redirect: nothing answers with a redirect': async (room) => {
    const paths = [
      '//evil.example',
      '/\\evil.example',
      '/?next=https://evil.example',
      '/api/login?next=//evil.example',
      '/https://evil.example',
      '/%2f%2fevil.example',
      '/api',
    ];
    return firstOf(
      await Promise.all(
        paths.map(async (path) => {
          const { status, headers } = await room.ask('GET', path);
          return status >= 300 && status < 400 ? `${path}: ${status}` : expected(path, headers.location, undefined);
        }),
      ),
    );
  },
  'header splitting: line breaks in an address set no header': async (room) => {
    const paths = [
      '/%0d%0aset-cookie:%20fieldpost=x',
      '/api/alerts/x%0d%0aset-cookie:a=b/acts',
      '/api/audit?actor=%0d%0ax-a:b',
    ];
    return firstOf(
      await Promise.all(
        paths.map(async (path) => {
          const { headers } = await room.ask('GET', path, carried(room.people.supervisor.caller));
          return headers['set-cookie'] || headers['x-a'] ? `${path} set a header` : null;
        }),
      ),
    );
  },
  'oversized: a large body, a large header and a long address are refused': async (room) => {
    const headers = carried(room.people.operator.caller);
    const large = JSON.stringify({ text: 'x'.repeat(50_000), case: '1' });
    return firstOf([
      expected('body', (await room.ask('POST', '/api/purpose', headers, large)).status, 413),
      expected('body before a login', (await room.ask('POST', '/api/login', json, large)).status, 413),
      expected('header', (await room.ask('GET', '/api/me', { 'x-large': 'x'.repeat(40_000) })).status, 431),
      oneOf('address', (await room.ask('GET', `/api/alerts/${'x'.repeat(10_000)}/acts`, headers)).status, 404, 414),
      expected(
        'password',
        (await room.stranger().call('POST', '/api/login', { name: 'a', password: 'x'.repeat(300) })).status,
        400,
      ),
    ]);
  },
  'odd bodies: broken, deep, empty, in no UTF-8, are refused and stop nobody': async (room) => {
    const headers = carried(room.people.operator.caller);
    const bodies: (string | Buffer)[] = [
      '{',
      '',
      '['.repeat(2000),
      `{"text":${'['.repeat(1000)}${']'.repeat(1000)}}`,
      Buffer.from([0xff, 0xfe, 0x00]),
      '{"text":"\u0000","case":"\u0000"}',
    ];
    const seen: (string | null)[] = [];
    for (const body of bodies)
      seen.push(oneOf(String(body).slice(0, 10), (await room.ask('POST', '/api/purpose', headers, body)).status, 400));
    return firstOf([...seen, expected('still there', (await room.ask('GET', '/health')).status, 200)]);
  },
  'smuggling: a request whose length is said twice is refused, and nothing after it is answered': async (room) => {
    const head = `POST /api/login HTTP/1.1\r\nHost: 127.0.0.1:${room.port}\r\nContent-Type: application/json\r\n`;
    const second = 'GET /api/me HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n';
    const both = await room.bytes(`${head}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${second}`);
    const twice = await room.bytes(`${head}Content-Length: 2\r\nContent-Length: 4\r\n\r\n{}${second}`);
    return firstOf(
      [both, twice].map((said) =>
        /^HTTP\/1\.1 400/.test(said) && !said.includes('"mode"') ? null : said.slice(0, 100),
      ),
    );
  },
  'slow request: one that trickles its head or its body is cut': async (room) => {
    const head = `POST /api/login HTTP/1.1\r\nHost: 127.0.0.1:${room.port}\r\n`;
    const slow = await Promise.all([
      room.bytes(head),
      room.bytes(`${head}Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{`),
    ]);
    return firstOf(slow.map((said) => (said === '' || /^HTTP\/1\.1 408/.test(said) ? null : said.slice(0, 100))));
  },
};
