/** One question to the gas daemon of a box, and its answer. */
import path from 'node:path';
import { connectControl } from '../../core/adapters/control.unix.ts';
import { Fault } from '../../core/ports/fault.ts';
import type { Reply, Request } from '../../core/procedure/link.ts';

/** Errors: Fault `absent` when the gas daemon does not run there; `refused` for what it refuses or is too old to know. */
export async function askOnce<K extends Reply['say']>(
  state: string,
  request: Request,
  answer: K,
): Promise<Extract<Reply, { readonly say: K }>> {
  const got = Promise.withResolvers<Extract<Reply, { readonly say: K }>>();
  const isAnswer = (said: Reply): said is Extract<Reply, { readonly say: K }> => said.say === answer;
  const control = await connectControl(path.join(state, 'control.sock'), {
    onReply: (said) => {
      if (isAnswer(said)) got.resolve(said);
      else if (said.say === 'refused' && !said.unasked) got.reject(new Fault('refused', said.message));
    },
    onClose: () => got.reject(new Fault('absent', `${state}: the gas daemon hung up`)),
  });
  control.ask(request);
  try {
    return await got.promise;
  } finally {
    control.close();
  }
}
