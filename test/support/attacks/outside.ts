/** What every answer carries, and what the wire is. */
import tls from 'node:tls';
import { type Checks, carried, expected, firstOf, oneOf, type Room, servedBy } from './room.ts';

const always: Readonly<Record<string, RegExp>> = {
  'x-content-type-options': /^nosniff$/,
  'x-frame-options': /^DENY$/,
  'referrer-policy': /^no-referrer$/,
  'cross-origin-opener-policy': /^same-origin$/,
  'cross-origin-resource-policy': /^same-origin$/,
  'permissions-policy': /geolocation=\(\), camera=\(\), microphone=\(\)/,
  'content-security-policy': /default-src 'none'.*script-src 'self'(?:;|$).*frame-ancestors 'none'/,
};

/** One answer of each kind: page, data, and every sort of refusal. */
const answers = async (room: Room) => [
  await room.ask('GET', '/'),
  await room.ask('GET', '/health'),
  await room.ask('GET', '/api/me'),
  await room.ask('GET', '/api/state', carried(room.people.operator.caller)),
  await room.ask('GET', '/api/state'),
  await room.ask('GET', '/api/accounts', carried(room.people.operator.caller)),
  await room.ask('GET', '/nothing'),
  await room.ask('GET', '/', { host: 'evil.example' }),
  await room.ask('POST', '/api/login', { 'content-type': 'application/json' }, '{'),
];

export const outside: Checks = {
  'headers: every answer, refusals too, keeps scripts, frames, sniffing and referrers out': async (room) => {
    const seen: (string | null)[] = [];
    for (const { status, headers } of await answers(room))
      for (const [name, should] of Object.entries(always))
        seen.push(should.test(String(headers[name])) ? null : `${status}: ${name} is ${headers[name]}`);
    return firstOf(seen);
  },
  'headers: the policy has no way around it': async (room) => {
    const policy = String((await room.ask('GET', '/')).headers['content-security-policy']);
    return /unsafe|blob:|\*|http:/.test(policy) ? policy : null;
  },
  'headers: the page holds no inline script, style or handler': async (room) => {
    const { text } = await room.ask('GET', '/');
    return /<script(?![^>]*\bsrc=)[^>]*>|<style|\son\w+=|\sstyle=|javascript:/i.test(text) ? text.slice(0, 200) : null;
  },
  'headers: no other origin may read an answer': async (room) => {
    const seen = (
      await Promise.all(
        ['/', '/api/me', '/api/state'].map((path) => room.ask('GET', path, { origin: 'https://evil.example' })),
      )
    ).map(({ headers }) => Object.keys(headers).find((name) => name.startsWith('access-control')) ?? null);
    return firstOf(seen);
  },
  'headers: nothing tells what program answers': async (room) => {
    const { headers } = await room.ask('GET', '/');
    return firstOf([
      expected('server', headers.server, undefined),
      expected('x-powered-by', headers['x-powered-by'], undefined),
    ]);
  },
  'cache headers: every answer of the API is in no cache, to whomever': async (room) => {
    const seen: (string | null)[] = [];
    for (const { method, url } of servedBy(room, room.own)) {
      if (method !== 'GET' || !url.startsWith('/api/') || url === '/api/stream') continue;
      for (const headers of [{}, carried(room.people.supervisor.caller)])
        seen.push(expected(url, (await room.ask('GET', url, headers)).headers['cache-control'], 'no-store'));
    }
    return firstOf(seen);
  },
  'cookies: kept from scripts, other sites and other paths': async (room) => {
    const { caller, secret, name } = await room.join('operator');
    room.pass(60_000);
    const { totpAt } = await import('../../../daemons/core/access/totp.ts');
    const { goodPassword } = await import('../login.ts');
    const { headers } = await caller.call('POST', '/api/login', {
      name,
      password: goodPassword,
      code: totpAt(secret, room.nowMs()),
    });
    const lines = [headers['set-cookie'] ?? []].flat().map(String);
    return lines.length >= 2
      ? firstOf(
          lines.map((line) =>
            /HttpOnly/.test(line) && /SameSite=Strict/.test(line) && /Path=\//.test(line) && !/Domain/.test(line)
              ? null
              : line,
          ),
        )
      : 'no cookies';
  },
  'errors: what fails tells nothing of the inside': async (room) => {
    const texts = (await answers(room)).map(({ status, text }) =>
      status >= 400 && /node_modules|\.ts:|at \w+ \(|\/home|\/work|SQLITE|stack/.test(text) ? text : null,
    );
    return firstOf(texts);
  },
  'errors: every refusal says what is wrong, where, and what would be right': async (room) => {
    const seen = (await answers(room))
      .filter(({ status }) => status >= 400)
      .map(({ status, text }) => {
        const { error } = JSON.parse(text) as { error: { what?: string; where?: string; right?: string } };
        return error.what && error.where && error.right ? null : `${status}: ${text}`;
      });
    return firstOf(seen);
  },
  'a stale tab after an upgrade: a body that this version does not know is refused with words, and nothing is done':
    async (room) => {
      const { caller } = room.people.operator;
      const answer = await caller.call('POST', `/api/alerts/${room.other}/acts`, {
        deed: { what: 'vanish' },
        build: 'old',
      });
      return firstOf([expected('status', answer.status, 400), answer.body?.error?.right ? null : 'no words']);
    },
};

/** Of a console that speaks TLS. */
export const wire: Checks = {
  'TLS: nothing older than 1.3 is spoken': async ({ port }) => {
    const version = await new Promise<string>((resolve) => {
      const socket = tls.connect({ port, host: '127.0.0.1', rejectUnauthorized: false, maxVersion: 'TLSv1.2' }, () => {
        resolve(socket.getProtocol() ?? '');
        socket.destroy();
      });
      socket.on('error', () => resolve('refused'));
    });
    return expected('TLS 1.2', version, 'refused');
  },
  'TLS: who speaks plain HTTP to it is told nothing': async (room) => {
    const said = await room.bytes('GET / HTTP/1.1\r\nHost: console.example\r\n\r\n');
    return said.includes('<html') || said.includes('200 OK') ? said.slice(0, 80) : null;
  },
  'TLS: browsers are told to stay with it, and cookies are for it alone': async (room) => {
    const { caller } = await room.join('operator');
    const { headers } = await room.ask('GET', '/');
    const names = [...caller.cookies.keys()];
    return firstOf([
      /max-age=\d{7,}/.test(String(headers['strict-transport-security'])) ? null : 'no HSTS',
      names.length === 2 && names.every((name) => name.startsWith('__Host-')) ? null : names.join(),
    ]);
  },
  'TLS: a write that names the same host without TLS is refused': async (room) => {
    const { caller } = await room.join('operator');
    const write = (origin: string) => room.ask('POST', '/api/logout', { ...carried(caller), origin }, '{}');
    return firstOf([
      expected('http', (await write('http://console.example')).status, 403),
      expected('https', (await write('https://console.example')).status, 200),
    ]);
  },
};

/** Of a console that names a proxy, asked by one that is none. */
export const behind: Checks = {
  'proxy: whoever is not the proxy that was named is refused, whatever it says it forwards': async (room) => {
    const headers = { 'x-forwarded-for': '192.0.2.7', 'x-forwarded-proto': 'https', forwarded: 'for=192.0.2.7' };
    return firstOf(
      await Promise.all(
        ['/', '/api/me', '/health'].map(async (path) =>
          oneOf(path, (await room.ask('GET', path, headers)).status, 403),
        ),
      ),
    );
  },
};
