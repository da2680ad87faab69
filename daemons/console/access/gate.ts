/** Every request passes here: who sends it, and whether they may. What declares nothing is served to nobody. */
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import { holdersOf, type Right, rightsOf } from '../../core/access/roles.ts';
import { refusal } from '../answers.ts';
import { type Actor, openActor } from './actor.ts';
import type { Me } from './shapes.ts';

export interface Access {
  readonly mode: 'open' | 'login';
  /** Who sent it; null: nobody that is known. */
  identify(request: FastifyRequest): Promise<Actor | null>;
  /** What a page is told of whoever looks at it. */
  me(actor: Actor | null): Promise<Me>;
}

const key = Symbol('actor');
type Sent = FastifyRequest & { [key]?: Actor };

declare module 'fastify' {
  interface FastifyInstance {
    /** All that is served, in the order in which it was added. */
    readonly served: readonly RouteOptions[];
  }
}

/** Asks before a body is read: who may not, costs nothing. A route that says nothing about who may fails at the start. */
export function addGate(app: FastifyInstance, access: Access): void {
  const served: RouteOptions[] = [];
  app.decorate('served', served);
  app.addHook('onRoute', (route) => {
    if (!route.config?.needs) throw new Error(`${route.method} ${route.url} does not declare who may: needs(...)`);
    served.push(route);
  });
  app.decorateRequest('actor', {
    getter(this: Sent) {
      const actor = this[key];
      if (!actor) throw new Error(`${this.routeOptions.url} asks who acts, and needs nobody`);
      return actor;
    },
  });
  app.addHook('onRequest', async (request: Sent, reply) => {
    if (request.is404) return undefined;
    const { needs } = request.routeOptions.config;
    if (needs === 'anybody') return undefined;
    const actor = await access.identify(request);
    if (!actor) return refuse(request, reply, 401, 'nobody is logged in', 'POST /api/login');
    request[key] = actor;
    if (needs === 'account' || needs?.some((right) => actor.rights.includes(right))) return undefined;
    const who = needs ? `one of the rights ${needs.map(withHolders).join(', ')}` : 'nothing: it has no right declared';
    return refuse(request, reply, 403, `${actor.id} is ${actor.role} and may not do this`, who);
  });
}

const withHolders = (right: Right): string => `${right} (${holdersOf(right).join(', ')})`;

const refuse = (request: FastifyRequest, reply: FastifyReply, code: number, what: string, right: string) =>
  reply
    .code(code)
    .header('cache-control', 'no-store')
    .send(refusal(what, `${request.method} ${request.url}`, right));

/** No login: everybody is a supervisor who names a pseudonym. For a simulated site, and on the loopback alone. */
export function openAccess(): Access {
  const everybody: Actor = { ...openActor, rights: rightsOf(openActor.role) };
  const factors = { passkeys: { possible: false, why: 'there is no login' }, totp: false, keys: [], recovery: 0 };
  return {
    mode: 'open',
    identify: async () => everybody,
    me: async () => ({
      ...{
        mode: 'open',
        account: null,
        rights: [...everybody.rights],
        csrf: null,
        purpose: null,
        factors,
        first: false,
      },
    }),
  };
}

/** Lets nobody in. */
export const closedAccess = (): Access => ({
  mode: 'login',
  identify: async () => null,
  me: async () => ({
    ...{ mode: 'login', account: null, rights: [], csrf: null, purpose: null, first: false },
    factors: { passkeys: { possible: false, why: null }, totp: false, keys: [], recovery: 0 },
  }),
});
