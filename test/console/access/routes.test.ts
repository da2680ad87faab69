import test from 'ava';
import fastify from 'fastify';
import { type Actor, openActor } from '../../../daemons/console/access/actor.ts';
import { type Access, addGate, openAccess } from '../../../daemons/console/access/gate.ts';
import { type Role, rightsOf, roles } from '../../../daemons/core/access/roles.ts';
import { appOn } from '../../support/console.ts';

/** What nobody has to log in for. One more here is a decision. */
const forAnybody = ['GET /health', 'GET /api/me', 'GET /'];

const nobodys: Access = { ...openAccess(), mode: 'login', identify: async () => null };
const actorOf = (role: Role): Actor => ({
  ...openActor,
  id: `${role}-1`,
  role,
  rights: rightsOf(role),
  unit: 'unit-1',
});
const accessOf = (actor: Actor): Access => ({ ...nobodys, identify: async () => ({ actor, csrf: null }) });

const callsOf = (app: Awaited<ReturnType<typeof appOn>>) =>
  app.served.flatMap(({ method, url, config }) =>
    [method].flat().map((one) => ({ method: one as 'GET', url, needs: config?.needs })),
  );

test('every route declares who may; without a login each is refused with 401, but for those that are named here', async (t) => {
  const app = await appOn({ access: nobodys });
  t.teardown(() => app.close());
  const calls = callsOf(app);
  t.true(calls.length > 10);
  const free: string[] = [];
  for (const { method, url, needs } of calls) {
    t.truthy(needs, url);
    if (needs === 'anybody') {
      if (method !== ('HEAD' as string)) free.push(`${method} ${url}`);
      continue;
    }
    const { statusCode } = await app.inject({ method, url: url.replace(/:\w+/g, 'x') });
    t.is(statusCode, 401, `${method} ${url}`);
  }
  t.deepEqual(free.sort(), [...forAnybody].sort());
});

for (const role of roles)
  test(`${role}: what the role has no right for is refused with 403 on every route, before the body is read`, async (t) => {
    const app = await appOn({ access: accessOf(actorOf(role)) });
    t.teardown(() => app.close());
    let refused = 0;
    for (const { method, url, needs } of callsOf(app)) {
      if (!Array.isArray(needs) || needs.some((right) => rightsOf(role).includes(right))) continue;
      const answer = await app.inject({
        ...{ method, url: url.replace(/:\w+/g, 'x'), payload: '{', headers: { 'content-type': 'application/json' } },
      });
      t.is(answer.statusCode, 403, `${method} ${url}`);
      refused += 1;
    }
    t.true(refused > 0 || !['technician', 'patrol', 'auditor'].includes(role));
  });

test('a route that says nothing about who may is a bug that shows at the start', (t) => {
  const app = fastify();
  addGate(app, nobodys, async () => true);
  t.throws(() => app.get('/api/forgotten', async () => ({})), {
    message: /GET \/api\/forgotten does not declare who may/,
  });
});
