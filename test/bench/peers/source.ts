import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import process from 'node:process';
import type { Shape } from './stream.ts';

/** What the source process is asked, and what it says when it has done it. */
export type Ask =
  | { readonly do: 'open'; readonly lines: number }
  | { readonly do: 'wait'; readonly to: readonly number[] }
  | { readonly do: 'hold'; readonly held: boolean }
  | { readonly do: 'blast'; readonly to: number; readonly count: number; readonly shape: Shape }
  | {
      readonly do: 'pace';
      readonly to: readonly number[];
      readonly count: number;
      readonly perS: number;
      readonly shape: Shape;
    };
export type Said =
  | { readonly did: 'open'; readonly ports: readonly number[] }
  | { readonly did: 'wait' }
  | { readonly did: 'blast'; readonly fromMs: number }
  | { readonly did: 'pace'; readonly sentMs: readonly (readonly number[])[] };

export interface Source {
  /** Of its lines, one a contestant. */
  readonly ports: readonly number[];
  /** Resolves when somebody listens at each of these lines. */
  heard(to: readonly number[]): Promise<void>;
  /** As fast as line `to` takes it; gives the moment of the first byte, in Unix ms. */
  blast(to: number, count: number, shape: Shape): Promise<number>;
  /** At `perS` to each line of `to`; gives when each reading was said, line by line, in Unix ms. */
  pace(to: readonly number[], count: number, perS: number, shape: Shape): Promise<readonly (readonly number[])[]>;
  /** Silent until it is let go: what it said before has been read by then. */
  hold(held: boolean): void;
  close(): void;
}

export async function openSource(lines: number): Promise<Source> {
  const child: ChildProcess = spawn(process.execPath, [path.join(import.meta.dirname, 'source.child.ts')], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ask = async (what: Ask): Promise<Said> => {
    const answer = once(child, 'message');
    child.send(what);
    return ((await answer) as [Said])[0];
  };
  const opened = await ask({ do: 'open', lines });
  if (opened.did !== 'open') throw new Error('the source opened nothing');
  return {
    ports: opened.ports,
    heard: async (to) => void (await ask({ do: 'wait', to })),
    blast: async (to, count, shape) => {
      const said = await ask({ do: 'blast', to, count, shape });
      return said.did === 'blast' ? said.fromMs : Number.NaN;
    },
    pace: async (to, count, perS, shape) => {
      const said = await ask({ do: 'pace', to, count, perS, shape });
      return said.did === 'pace' ? said.sentMs : [];
    },
    hold: (held) => void child.send({ do: 'hold', held } satisfies Ask),
    close: () => child.disconnect(),
  };
}
