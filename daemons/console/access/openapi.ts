/** The API in OpenAPI 3.1, out of the routes that are served and the shapes that they check: it cannot tell of another one. */
import type { FastifyInstance, RouteOptions } from 'fastify';
import * as z from 'zod';
import { holdersOf } from '../../core/access/roles.ts';
import { forAccounts, type Needed } from './actor.ts';
import { csrfHeader } from './gate.ts';
import { type Told, told } from './told.ts';

type Json = Readonly<Record<string, unknown>>;

const schemaOf = (schema: z.ZodType, io: 'input' | 'output'): Json => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Record<string, unknown>;
  return rest;
};

const refusal = {
  type: 'object',
  description: 'What is wrong, where, and what would be right',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['what', 'where', 'right'],
      properties: { what: { type: 'string' }, where: { type: 'string' }, right: { type: 'string' } },
    },
  },
};

const words: Readonly<Record<number, string>> = {
  400: 'The body, the query or the address is not what is asked for',
  401: 'Nobody is logged in, or the login, session or token is over or wrong',
  403: 'The caller has no right for it; of a write: the origin or the word of the session is wrong',
  404: 'There is no such thing, or the caller may not see it: these have one answer',
  409: 'It does not fit how things are now',
  413: 'The body is too large',
  415: 'The body is not application/json',
  421: 'The host is not one that this console is opened at',
  428: 'No purpose was stated: POST /api/purpose',
  429: 'Too often, or too many wrong logins: retry-after says when',
  503: 'The store does not answer just now; nothing was changed',
};

interface Served {
  readonly method: string;
  readonly url: string;
  readonly needs: Needed;
  readonly looks: boolean;
}

/** Every refusal that a route can give. */
export function refusalsOf({ method, url, needs, looks }: Served, { body, query }: Partial<Told>): readonly number[] {
  const writes = method !== 'GET';
  const waits = writes && /^\/api\/(login|first|password|passkeys\/login|phones)/.test(url);
  const codes = [
    ...(body || query ? [400] : []),
    ...(needs !== 'anybody' || waits ? [401] : []),
    ...(needs !== 'anybody' || writes ? [403] : []),
    ...(url.includes(':') || url.startsWith('/api/first') ? [404] : []),
    ...(writes ? [409, 413, 415] : []),
    ...(looks ? [428] : []),
    ...(waits ? [429] : []),
    ...[421, 503],
  ];
  return [...new Set(codes)].sort((a, b) => a - b);
}

function operation(one: Served): Json {
  const { method, url, needs } = one;
  const about: Told = told[`${method} ${url}`] ?? { summary: url };
  const { summary, body, query, answer, type = 'application/json' } = about;
  const rights = typeof needs === 'string' ? [] : needs;
  const names = [...url.matchAll(/:(\w+)/g)].map((found) => found[1] ?? '');
  const asked = query ? Object.entries(schemaOf(query, 'input').properties as Json) : [];
  const refused = refusalsOf(one, about).map((code) => [
    code,
    { description: words[code], content: { 'application/json': { schema: { $ref: '#/components/schemas/Refusal' } } } },
  ]);
  return {
    summary,
    operationId: `${method.toLowerCase()}${url.replace(/[^A-Za-z0-9]+(.)/g, (_, letter: string) => letter.toUpperCase())}`,
    security: needs === 'anybody' ? [] : [{ session: [] }, { token: [] }],
    'x-fieldpost-rights': needs === 'anybody' || needs === 'account' ? needs : rights,
    'x-fieldpost-roles': [...new Set(rights.flatMap((right) => holdersOf(right)))],
    parameters: [
      ...names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } })),
      ...asked.map(([name, schema]) => ({ name, in: 'query', required: false, schema })),
      ...(method === 'GET' || needs === 'anybody' ? [] : [{ $ref: '#/components/parameters/csrf' }]),
    ],
    ...(body && {
      requestBody: { required: true, content: { 'application/json': { schema: schemaOf(body, 'input') } } },
    }),
    responses: {
      '200': { description: 'Done', content: { [type]: { schema: answer ? schemaOf(answer, 'output') : {} } } },
      ...Object.fromEntries(refused),
    },
  };
}

/** Of routes under /api, and of /health. */
export function describe(served: readonly RouteOptions[], build: string): Json {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const { method, url, config } of served) {
    if (!url.startsWith('/api/') && url !== '/health') continue;
    const place = url.replace(/:(\w+)/g, '{$1}');
    for (const one of [method].flat().filter((name) => name !== 'HEAD')) {
      const looks = config?.looks !== undefined || (one === 'GET' && url.startsWith('/api/alerts/:id'));
      const told = operation({ method: one, url, needs: config?.needs ?? [], looks });
      paths[place] = { ...paths[place], [one.toLowerCase()]: told };
    }
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Fieldpost console', version: build },
    paths,
    components: {
      schemas: { Refusal: refusal },
      parameters: {
        csrf: {
          ...{ name: csrfHeader, in: 'header', required: false, schema: { type: 'string' } },
          description: 'With a session: the word that GET /api/me names. A token needs none.',
        },
      },
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: 'fieldpost' },
        token: { type: 'http', scheme: 'bearer' },
      },
    },
  };
}

export function addDescription(app: FastifyInstance, build: string): void {
  let text: string | null = null;
  app.get('/api/openapi.json', forAccounts, async (_request, reply) => {
    reply.type('application/json');
    // Once all routes are there.
    text ??= JSON.stringify(describe(app.served, build));
    return text;
  });
}
