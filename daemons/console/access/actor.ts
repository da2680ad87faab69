/** Who sends a request, what they may do, and what a route needs. */
import type { Right, Role } from '../../core/access/roles.ts';

export interface Purpose {
  readonly text: string;
  readonly case: string;
}

export interface Actor {
  /** A pseudonym such as op-17. */
  readonly id: string;
  readonly role: Role;
  /** What this one may do: of its role, and no more than its token allows. Ask `allows`, not the role. */
  readonly rights: readonly Right[];
  readonly unit: string | null;
  /** Of a token: nothing of another site is told. Absent or null: of all. */
  readonly site?: string | null;
  /** Names the session, and is no secret; null: no login, or a token. */
  readonly session: string | null;
  readonly purpose: Purpose | null;
}

export const allows = (actor: Actor, right: Right): boolean => actor.rights.includes(right);

/** `anybody` needs no login; `account` any login; else one of the rights. */
export type Needed = 'anybody' | 'account' | readonly Right[];

declare module 'fastify' {
  interface FastifyContextConfig {
    /** A route without it is not served to anybody. */
    readonly needs?: Needed;
    /** It tells alerts: a purpose must be stated. `list`: that it did is written down; `itself`: the route does so. */
    readonly looks?: 'list' | 'itself';
  }
  interface FastifyRequest {
    /** Errors: a bug where the route needs no login. */
    readonly actor: Actor;
  }
}

interface Needs {
  readonly config: { readonly needs: Needed };
}

/** Options of a route that needs one of these rights: `app.get('/api/x', needs('alerts.read'), handler)`. */
export const needs = (...rights: readonly Right[]): Needs => ({ config: { needs: rights } });
/** The same for a route that tells many alerts: see `looks`. Routes under /api/alerts/:id need no word. */
export const tells = (looks: 'list' | 'itself', ...rights: readonly Right[]) => ({ config: { needs: rights, looks } });
/** Options of a route for whoever is logged in. */
export const forAccounts: Needs = { config: { needs: 'account' } };
/** Options of a route that nobody has to log in for: the page itself, the login. */
export const forAnybody: Needs = { config: { needs: 'anybody' } };

/**
 * Who did it: whoever is logged in; without a login who the body names, which then must name one. Null: the body names
 * somebody else or nobody.
 */
export function byOf(actor: Actor, said: string | undefined): string | null {
  if (actor.id === openActor.id) return said ?? null;
  return said === undefined || said === actor.id ? actor.id : null;
}
export const byRight =
  '{"by": "<operator id>"}: 2 to 32 letters, digits, dots, hyphens or underscores, a pseudonym such as op-17; ' +
  'whoever is logged in is named by the login, and by nothing else';

/** Everybody, where there is no login: a simulated site, on the loopback of this machine. */
export const openActor: Actor = {
  id: '(open)',
  role: 'supervisor',
  // The role's own, filled in by the gate: nothing is decided here.
  rights: [],
  unit: null,
  session: null,
  purpose: null,
};
