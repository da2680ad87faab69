/** What a box believes of its centre, in one file of the agent's folder. */
import { readFile } from 'node:fs/promises';
import { Fault } from '../ports/fault.ts';
import { type Trust, trustShape } from '../release/trust.ts';
import { createFile, replaceFile } from './durable-file.ts';

export interface TrustFile {
  /** Errors: Fault `config` where no root was ever brought, or the file is damaged. */
  read(): Promise<Trust>;
  /** Errors: Fault `refused`, also when there is one already. */
  create(trust: Trust): Promise<void>;
  write(trust: Trust): Promise<void>;
}

export function trustIn(file: string): TrustFile {
  const textOf = (trust: Trust): string => `${JSON.stringify(trust)}\n`;
  return {
    read: async () => {
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
    },
    create: (trust) => createFile(file, textOf(trust), 0o644),
    write: (trust) => replaceFile(file, textOf(trust), 0o644),
  };
}
