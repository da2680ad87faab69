/** Rules that keep new alerts out of the list for a while: work on a post, a known lawful source. */
import { randomBytes } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import * as z from 'zod';
import type { Rule } from '../../core/values/desk.ts';
import { needs } from '../access/actor.ts';
import { refusal } from '../answers.ts';
import type { DeskParts } from './acts.ts';
import { askedIn, conflict } from './asked.ts';
import { ruleRequest, ruleRight } from './shapes.ts';
import { change } from './shared.ts';

const most = 500;
const text = z.string().max(2000);
const rule = z.object({
  ...{ id: text, device: text.nullable(), kind: text.nullable(), site: text.nullable(), reason: text, by: text },
  ...{ fromMs: z.number(), untilMs: z.number() },
});
/** As they were kept. */
export const rulesIn = (value: unknown): readonly Rule[] => z.array(rule).safeParse(value).data ?? [];

const longestMs = 7 * 86_400_000;

export function addRules(app: FastifyInstance, { desk, clock, log }: DeskParts): void {
  app.get('/api/inhibits', needs('alerts.read', 'devices.read'), async (_request, reply) => {
    reply.header('cache-control', 'no-store');
    const nowMs = clock.now().wallMs;
    return { rules: rulesIn((await desk.read('rules')).value).filter(({ untilMs }) => untilMs > nowMs) };
  });

  app.post('/api/inhibits', needs('alerts.handle'), async (request, reply) => {
    const all = askedIn(request, reply, ruleRequest, ruleRight);
    if ('error' in all) return all;
    const fromMs = clock.now().wallMs;
    const { by } = all;
    const { device, kind, site, reason, untilMs } = all.asked;
    if (untilMs <= fromMs || untilMs - fromMs > longestMs)
      return conflict(request, reply, 'its end is not in the next 7 days', ruleRight);
    const made: Rule = { id: randomBytes(4).toString('hex'), device, kind, site, reason, by, fromMs, untilMs };
    const answer = await change(desk, 'rules', (value) => {
      const running = rulesIn(value).filter((one) => one.untilMs > fromMs);
      return running.length < most ? [...running, made] : `there are ${most} rules already`;
    });
    if (answer.why !== null) return conflict(request, reply, answer.why, 'end some that are no longer needed');
    log.info('rule made', { rule: made.id, by });
    return { rule: made };
  });

  app.delete<{ Params: { id: string } }>('/api/inhibits/:id', needs('alerts.handle'), async (request, reply) => {
    const { id } = request.params;
    const answer = await change(desk, 'rules', (value) => {
      const rules = rulesIn(value);
      return rules.some((one) => one.id === id) ? rules.filter((one) => one.id !== id) : 'there is no such rule';
    });
    if (answer.why !== null) {
      reply.code(404);
      return refusal(answer.why, `DELETE ${request.url}`, 'the id of a rule in GET /api/inhibits');
    }
    log.info('rule ended', { rule: id, by: request.actor.id });
    return { ended: id };
  });
}
