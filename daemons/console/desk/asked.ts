import type { FastifyReply, FastifyRequest } from 'fastify';
import * as z from 'zod';
import { byOf, byRight } from '../access/actor.ts';
import { type Refusal, refusal } from '../answers.ts';

/** What a body asks for and who asks it, or the refusal, whose code is set on `reply`. */
export function askedIn<T extends { readonly by?: string | undefined }>(
  request: FastifyRequest,
  reply: FastifyReply,
  shape: z.ZodType<T>,
  right: string,
): { readonly asked: T; readonly by: string } | Refusal {
  const where = `${request.method} ${request.url}`;
  const parsed = shape.safeParse(request.body);
  if (!parsed.success) {
    reply.code(400);
    return refusal(`the body is not what is asked for here: ${z.prettifyError(parsed.error)}`, where, right);
  }
  const by = byOf(request.actor, parsed.data.by);
  if (by !== null) return { asked: parsed.data, by };
  reply.code(400);
  return refusal('it does not say who it is by', where, byRight);
}

/** A refusal for what does not fit what is there. */
export function conflict(request: FastifyRequest, reply: FastifyReply, why: string, right: string): Refusal {
  reply.code(409);
  return refusal(why, `${request.method} ${request.url}`, right);
}
