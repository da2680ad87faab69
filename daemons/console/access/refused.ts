import type { FastifyError, FastifyInstance, FastifyRequest } from 'fastify';
import * as z from 'zod';

/** Thrown in a handler, it is answered as a refusal with these words. */
export const refused = (statusCode: number, what: string, right: string): Error =>
  Object.assign(new Error(what), { statusCode, right, code: 'refused' } satisfies Partial<FastifyError> & {
    right: string;
  });

/** What was asked, or a refusal that names what would be right. */
export function asked<T>(schema: z.ZodType<T>, value: unknown): T {
  const { success, data, error } = schema.safeParse(value);
  if (success) return data;
  throw refused(400, `not what is asked for here: ${z.prettifyError(error)}`, 'see GET /api/openapi.json');
}

/** Answers about people are in no cache. */
export function keepOut(app: FastifyInstance): void {
  app.addHook('onSend', async (request: FastifyRequest, reply) => {
    if (request.url.startsWith('/api/')) reply.header('cache-control', 'no-store');
  });
}
