import type { FastifyInstance } from 'fastify';
import { type Followed, follow, unfollowed } from '../../core/access/audit-chain.ts';
import type { Audit } from '../../core/ports/audit.ts';
import { needs } from './actor.ts';
import { asked } from './refused.ts';
import { auditQuery } from './shapes.ts';

const page = 1000;

/** Follows the whole log, in pieces. */
export async function followAll(audit: Audit): Promise<Followed> {
  let state = unfollowed;
  for (let n = 1; state.bad === null; n += page) {
    const lines = await audit.from(n, page);
    state = follow(state, lines);
    if (lines.length < page) break;
  }
  return state;
}

export function addAudit(app: FastifyInstance, audit: Audit): void {
  app.get('/api/audit', needs('audit.read'), async (request) => {
    const query = asked(auditQuery, request.query);
    await request.record('search', [], `the audit log ${JSON.stringify(query)}`);
    const lines = await audit.newest(query);
    const last = lines.at(-1)?.n ?? 1;
    return { lines, next: lines.length === query.limit && last > 1 ? last : null };
  });

  app.get('/api/audit/check', needs('audit.read'), async () => {
    const { last, bad } = await followAll(audit);
    return { lines: last?.n ?? 0, bad, hash: last?.hash ?? null };
  });
}
