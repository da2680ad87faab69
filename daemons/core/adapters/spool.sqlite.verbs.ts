/** What is asked of a spool, wherever its file is held. */
import { type Fault, isFault } from '../ports/fault.ts';
import type { Results, Verb, Work } from './spool.sqlite.calls.ts';
import { faultOf } from './spool.sqlite.fault.ts';
import type { SpoolFile } from './spool.sqlite.file.ts';

export const consequences: Readonly<Record<Verb, string>> = {
  append: 'nothing of this call was kept',
  recall: 'nothing was read',
  peek: 'nothing was read',
  settle: 'nothing was forgotten',
  depth: 'nothing was counted',
  close: 'it is closed all the same',
};

export type Verbs = { readonly [V in Verb]: (work: Work[V]) => Results[V] };

/** Runs work with the file. */
export type WithFile = <T>(work: (file: SpoolFile) => T) => T;

export const outboxVerbs = (withFile: WithFile): Pick<Verbs, 'peek' | 'settle' | 'depth'> => ({
  peek: ({ stream, after, limit }) => withFile((file) => file.peek(stream, after, limit)),
  settle: ({ stream, through, missing }) =>
    withFile((file) => {
      file.settle(stream, through, missing);
      return null;
    }),
  depth: () => withFile((file) => file.depth()),
});

/** What the world refuses, as a Fault. Errors: what is not the world's doing, a bug. */
export function refusalIn(error: unknown, path: string, consequence: string): Fault {
  const fault = isFault(error) ? error : faultOf(error, path, consequence);
  if (fault === null) throw error;
  return fault;
}
