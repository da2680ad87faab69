/** The files of pages: in memory, each under its exact path, so that there is no path to walk. */
import type { FastifyInstance, FastifyReply } from 'fastify';
import { forAnybody } from './access/actor.ts';
import type { Page, PageFile } from './web/build.ts';

/** Names in a header such as `gzip, br;q=0.9`; one with `q=0` is refused by its caller (RFC 9110, 12.5.3). */
function taken(header: unknown): ReadonlySet<string> {
  const parts = String(header ?? '').split(',');
  return new Set(
    parts.flatMap((part) => {
      const [name = '', ...more] = part.split(';').map((one) => one.trim().toLowerCase());
      return more.some((one) => /^q=0(\.0*)?$/.test(one)) ? [] : [name];
    }),
  );
}

function bodyFor({ body, packed }: PageFile, accepts: unknown, reply: FastifyReply): Buffer {
  if (!packed) return body;
  reply.header('vary', 'accept-encoding');
  const names = taken(accepts);
  const coding = names.has('br') ? 'br' : names.has('gzip') ? 'gzip' : null;
  if (coding === null) return body;
  reply.header('content-encoding', coding);
  return packed[coding];
}

export function addPages(app: FastifyInstance, pages: readonly Page[]): void {
  for (const [url, file] of pages.flatMap(({ files }) => [...files]))
    app.get(url, forAnybody, async (request, reply) => {
      const lasting = file.immutable ? 'public, max-age=31536000, immutable' : 'no-cache';
      reply.header('cache-control', lasting).type(file.type);
      if (file.permissions) reply.header('permissions-policy', file.permissions);
      return bodyFor(file, request.headers['accept-encoding'], reply);
    });
}
