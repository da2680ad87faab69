import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { isFault } from '../core/ports/fault.ts';
import type { Log } from '../core/ports/log.ts';
import { refusalCode } from './refusal-codes.ts';

/**
 * What every refusal of the API says: what is wrong, where, and what would be right; and its code with what is in it, by which a page says
 * it in another language.
 */
export interface Refusal {
  readonly error: {
    readonly code?: string;
    readonly values?: Readonly<Record<string, string>>;
    readonly what: string;
    readonly where: string;
    readonly right: string;
  };
}

export const refusal = (what: string, where: string, right: string): Refusal => ({
  error: { ...refusalCode(what), what, where, right },
});

const right: Readonly<Record<string, string>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'a body of at most 4096 bytes',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'content-type: application/json',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'a JSON object as the body',
  FST_ERR_CTP_INVALID_JSON_BODY: 'a JSON object as the body',
};

/**
 * Turns what a route threw into an answer. A Fault is the world's (503, its own words); fastify's 4xx are the caller's.
 * Anything else is a bug: it is logged with its stack and answered 500. It does not end the process, because a request
 * changes nothing here but through the store, and one caller must not be able to take the page from all others.
 */
export const answerError =
  (log: Log) =>
  async (error: FastifyError, request: FastifyRequest, reply: FastifyReply): Promise<Refusal> => {
    const where = `${request.method} ${request.url}`;
    if (isFault(error)) {
      log.warn('request failed', { where: request.routeOptions.url, kind: error.kind, reason: error.message });
      reply.code(503).header('retry-after', '5');
      return refusal(error.message, where, 'try again in a moment; nothing was changed');
    }
    const status = error.statusCode ?? 500;
    if (status < 500) {
      reply.code(status);
      const own = (error as { right?: string }).right;
      return refusal(error.message, where, own ?? right[error.code] ?? 'a request as in GET /api/openapi.json');
    }
    log.error('bug in a request', { where: request.routeOptions.url, stack: error.stack });
    reply.code(500);
    return refusal('the console failed at this request', where, 'report it: the log of the console has the details');
  };
