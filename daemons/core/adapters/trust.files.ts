/** What a box believes of its centre, in one file of the agent's folder. */
import { readFile } from 'node:fs/promises';
import { Fault, isFault } from '../ports/fault.ts';
import { type Trust, trustShape } from '../release/trust.ts';
import { createFile, replaceFile } from './durable-file.ts';

export interface TrustFile {
  /** Errors: Fault `config` where no root was ever brought, or the file is damaged. */
  read(): Promise<Trust>;
  /** Errors: Fault `refused`, also when there is one already. */
  create(trust: Trust): Promise<void>;
  /** One step after the other, whoever asks; gives what is believed then. Errors: of `read` and of the step; `absent` where the disk takes nothing. Nothing is then changed. */
  change(step: (trust: Trust) => Trust): Promise<Trust>;
}

export function trustIn(file: string): TrustFile {
  const textOf = (trust: Trust): string => `${JSON.stringify(trust)}\n`;
  const read = async (): Promise<Trust> => {
    let text: string;
    try {
      text = await readFile(file, 'utf8');
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      throw new Fault(
        'config',
        `${file}: cannot be read (${code}); bring the root of the site: fieldpost release trust ROOT`,
        error,
      );
    }
    try {
      return trustShape.parse(JSON.parse(text));
    } catch (error) {
      throw new Fault('config', `${file}: is damaged; ${file}.last-good has the one before it`, error);
    }
  };
  // A disk that takes nothing is no word against what was signed: it may take it later.
  const keep = (trust: Trust): Promise<void> =>
    replaceFile(file, textOf(trust), 0o644).catch((error: unknown) => {
      throw isFault(error) ? new Fault('absent', error.message, error) : error;
    });
  let last: Promise<unknown> = Promise.resolve();
  return {
    read,
    create: (trust) => createFile(file, textOf(trust), 0o644),
    change: (step) => {
      const next = last.then(async () => {
        const before = await read();
        const after = step(before);
        if (after !== before) await keep(after);
        return after;
      });
      // Who asked is told; who comes next begins from what stands.
      last = next.catch(() => {});
      return next;
    },
  };
}
