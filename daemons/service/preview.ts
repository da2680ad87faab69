/** Pictures to aim the camera by, for a paired phone: passed on, never kept. */
import type { FastifyInstance, preHandlerAsyncHookHandler } from 'fastify';
import * as z from 'zod';
import { isFault } from '../core/ports/fault.ts';
import {
  type PreviewReply,
  type PreviewRequest,
  previewReply,
  previewRequest,
} from '../core/procedure/preview-link.ts';

export type AskCamera = (asked: PreviewRequest) => Promise<PreviewReply>;

/**
 * Asks the box's camera daemon. `line` gives the answer to one line. Errors of it: Fault `absent` where no camera daemon runs,
 * `timeout`: both are an answer here.
 */
export const cameraBehind =
  (line: (text: string) => Promise<string>): AskCamera =>
  async (asked) => {
    try {
      return previewReply.parse(JSON.parse(await line(JSON.stringify(asked))));
    } catch (error) {
      if (isFault(error)) return { say: 'none', why: error.kind === 'timeout' ? 'silent' : 'no-daemon', ageMs: null };
      return {
        say: 'refused',
        message: `the camera daemon's answer is none: ${(error as Error).message}`.slice(0, 2000),
      };
    }
  };

export function previewRoute(app: FastifyInstance, paired: preHandlerAsyncHookHandler, camera: AskCamera): void {
  app.post('/preview', { preHandler: paired }, async (request, reply) => {
    const asked = previewRequest.safeParse(request.body);
    if (!asked.success) return reply.code(400).send({ refused: z.prettifyError(asked.error) });
    return camera(asked.data);
  });
}
