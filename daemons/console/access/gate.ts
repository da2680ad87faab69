/** Every request passes here: who sends it, and whether they may. What declares nothing is served to nobody. */
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import { holdersOf, type Right, rightsOf } from '../../core/access/roles.ts';
import { same } from '../../core/access/secrets.ts';
import type { Audited } from '../../core/values/audit.ts';
import { refusal } from '../answers.ts';
import { type Actor, allows, type Needed, openActor } from './actor.ts';
import type { Me } from './shapes.ts';

export interface Entered {
  readonly actor: Actor;
  /** What every write has to carry; null: it came by no cookie. */
  readonly csrf: string | null;
}

export interface Access {
  readonly mode: 'open' | 'login';
  /** Who sent it; null: nobody that is known. */
  identify(request: FastifyRequest): Promise<Entered | null>;
  /** What a page is told of whoever looks at it. */
  me(request: FastifyRequest): Promise<Me>;
  /** Into the audit log. */
  record(actor: Actor, what: Audited, alerts: readonly string[], about: string): Promise<void>;
  /** Its own routes. */
  addRoutes(app: FastifyInstance): void;
}

export const csrfHeader = 'fieldpost-csrf';

const key = Symbol('actor');
type Sent = FastifyRequest & { [key]?: Actor };

declare module 'fastify' {
  interface FastifyInstance {
    /** All that is served, in the order in which it was added. */
    readonly served: readonly RouteOptions[];
  }
  interface FastifyRequest {
    /** Writes down that alerts were told to whoever asks, before they are: what cannot be written down is not told. */
    record(what: Audited, alerts: readonly string[], about?: string): Promise<void>;
  }
}

/** Whether that alert, or that box, is told to that one. */
export type Sees = (actor: Actor, what: 'alert' | 'device', id: string) => Promise<boolean>;

/** Asks before a body is read: who may not, costs nothing. A route that says nothing about who may fails at the start. */
export function addGate(app: FastifyInstance, access: Access, sees: Sees): void {
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
  app.decorateRequest('record', function (this: Sent, what, alerts, about = '') {
    return access.record(this.actor, what, alerts, about);
  });
  app.addHook('onRequest', async (request: Sent, reply) => {
    const { needs } = request.routeOptions.config;
    if (request.is404 || needs === 'anybody') return undefined;
    const entered = await access.identify(request);
    if (!entered) return refuse(request, reply, [401, 'nobody is logged in', 'POST /api/login']);
    request[key] = entered.actor;
    const against = refusalOf(request, entered, needs) ?? (await notSeen(request, entered.actor, sees));
    if (against) return refuse(request, reply, against);
    const unsaid = access.mode === 'open' ? null : await unstated(request, entered.actor, access);
    return unsaid ? refuse(request, reply, unsaid) : undefined;
  });
}

type Against = readonly [code: number, what: string, right: string];
const reads = ({ method }: FastifyRequest): boolean => method === 'GET' || method === 'HEAD';

function refusalOf(request: FastifyRequest, { actor, csrf }: Entered, needs: Needed | undefined): Against | null {
  if (!reads(request) && csrf !== null && !same(String(request.headers[csrfHeader] ?? ''), csrf))
    return [403, 'the write does not carry the word of the session', `${csrfHeader}: GET /api/me names it`];
  if (needs === 'account') return null;
  if (typeof needs === 'object' && needs.some((right) => allows(actor, right))) return null;
  const who = typeof needs === 'object' ? `one of the rights ${needs.map(withHolders).join(', ')}` : 'a declared right';
  return [403, `${actor.id} is ${actor.role} and may not do this`, who];
}

const alertOf = ({ routeOptions, params }: FastifyRequest): string | null =>
  routeOptions.url?.startsWith('/api/alerts/:id') ? ((params as { id?: string }).id ?? null) : null;

/** The same answer as for one that is not there: whether there is one is not told either. */
async function notSeen(request: FastifyRequest, actor: Actor, sees: Sees): Promise<Against | null> {
  const id = alertOf(request);
  if (id !== null && !(await sees(actor, 'alert', id)))
    return [404, 'there is no such alert', 'the id of an alert in GET /api/state'];
  const { device } = request.params as { device?: string };
  if (device === undefined || !request.routeOptions.url?.startsWith('/api/devices/')) return null;
  return (await sees(actor, 'device', device)) ? null : [404, 'there is no such device', 'a device in GET /api/state'];
}

/** Whoever looks at alerts has said why, and that they look is written down. */
async function unstated(request: FastifyRequest, actor: Actor, access: Access): Promise<Against | null> {
  const { looks } = request.routeOptions.config;
  const id = alertOf(request);
  // An export is asked for by a write, and its line in the log says why like any other.
  const isLook = reads(request) ? id !== null || looks !== undefined : looks !== undefined;
  if (!isLook || !readsAlerts(actor)) return null;
  if (!actor.purpose) return [428, 'no purpose is stated', 'POST /api/purpose {"text": "...", "case": "..."} first'];
  if (id !== null && reads(request)) await access.record(actor, 'view', [id], '');
  else if (looks === 'list') await access.record(actor, 'view', [], 'the list');
  return null;
}

const telling: readonly Right[] = ['alerts.read', 'alerts.read-own', 'feeds.read'];
const readsAlerts = (actor: Actor): boolean => telling.some((right) => allows(actor, right));
const withHolders = (right: Right): string => `${right} (${holdersOf(right).join(', ')})`;

const refuse = (request: FastifyRequest, reply: FastifyReply, [code, what, right]: Against) =>
  reply
    .code(code)
    .header('cache-control', 'no-store')
    .send(refusal(what, `${request.method} ${request.url}`, right));

/** No login: everybody is a supervisor who names a pseudonym. For a simulated site, and on the loopback alone. */
export function openAccess(): Access {
  const actor: Actor = { ...openActor, rights: rightsOf(openActor.role) };
  const factors = { passkeys: { possible: false, why: 'there is no login' }, totp: false, keys: [], recovery: 0 };
  return {
    mode: 'open',
    identify: async () => ({ actor, csrf: null }),
    me: async () => ({
      ...{ mode: 'open', account: null, rights: [...actor.rights], csrf: null, purpose: null, factors, first: false },
    }),
    record: async () => {},
    addRoutes: () => {},
  };
}
