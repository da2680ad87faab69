import test from 'ava';
import { refusalsOf } from '../../../daemons/console/access/openapi.ts';
import { told } from '../../../daemons/console/access/told.ts';
import { appOn } from '../../support/console.ts';
import { handClock, openLogin } from '../../support/login.ts';

/** Take no body. */
const bodiless = ['POST /api/logout', 'POST /api/recovery', 'POST /api/passkeys/options', 'POST /api/passkeys/new'];

test('every route of the API is in the description with its right, what it takes, and every refusal it can give', async (t) => {
  const { clock } = handClock();
  const app = await appOn({ access: openLogin(clock).access, clock });
  t.teardown(() => app.close());
  // biome-ignore lint/suspicious/noExplicitAny: a document, looked at from outside.
  const document: any = (await import('../../../daemons/console/access/openapi.ts')).describe(app.served, 'test');
  t.is(document.openapi, '3.1.0');
  let n = 0;
  for (const { method, url, config } of app.served) {
    if (method === 'HEAD' || !url.startsWith('/api/')) continue;
    const name = `${method} ${url}`;
    const one = document.paths[url.replace(/:(\w+)/g, '{$1}')]?.[String(method).toLowerCase()];
    t.truthy(one, name);
    t.deepEqual(one['x-fieldpost-rights'], config?.needs, name);
    t.truthy(one.summary !== url, `${name} stands in told.ts`);
    if (method === 'POST' && !bodiless.includes(name))
      t.truthy(one.requestBody, `${name}: told.ts names the shape of its body`);
    const codes = Object.keys(one.responses).map(Number);
    t.true(codes.includes(421) && codes.includes(503), name);
    t.is(codes.includes(401), config?.needs !== 'anybody' || /login|first/.test(url), name);
    t.true(config?.needs === 'anybody' || codes.includes(403), name);
    t.is(codes.includes(404), url.includes(':') || url.startsWith('/api/first'), name);
    n += 1;
  }
  t.true(n > 25);
  t.notRegex(JSON.stringify(document), /\$schema/);
});

test('nothing is described that is not served', async (t) => {
  const { clock } = handClock();
  const app = await appOn({ access: openLogin(clock).access, clock });
  t.teardown(() => app.close());
  const served = new Set(app.served.map(({ method, url }) => `${method} ${url}`));
  t.deepEqual(
    Object.keys(told).filter((name) => !served.has(name)),
    [],
  );
});

test('a look at an alert tells that a purpose is asked for', (t) => {
  const look = { method: 'GET', url: '/api/alerts/:id/timeline', needs: ['alerts.read'], looks: true } as const;
  t.true(refusalsOf(look, {}).includes(428));
});
