/**
 * The thread that holds the files of spools, so that a slow card never delays the daemon. It does one thing after another:
 * what a flush keeps waiting is done together by the next. A writer whose disk refuses closes its file and opens it again
 * at the next append, so that a card that comes back is taken up without a restart.
 */
import { statSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import { Fault } from '../ports/fault.ts';
import { watchCommits } from '../spool/watch.ts';
import type { Answer, Handed, Request, Results, Verb, Work, WorkerSetup } from './spool.sqlite.calls.ts';
import { isDamage } from './spool.sqlite.fault.ts';
import { openSpoolFile, type SpoolFile } from './spool.sqlite.file.ts';
import { reserveFor } from './spool.sqlite.reserve.ts';
import { noteSuspect } from './spool.sqlite.suspect.ts';
import { consequences, outboxVerbs, refusalIn, type Verbs, type WithFile } from './spool.sqlite.verbs.ts';
import { openWriter } from './spool.sqlite.writer.ts';

/** One file that was handed over. */
interface Held {
  readonly setup: WorkerSetup;
  say(answer: Answer): void;
  /** Answers requests; `after` runs when one was answered. */
  serve(verbs: Verbs, after: (verb: Verb) => void): void;
  end(): void;
}

function hold({ setup, port }: Handed): Held {
  const say = (answer: Answer): void => port.postMessage(answer);
  return {
    setup,
    say,
    serve: (verbs, after) => {
      port.on('message', ({ call, verb, work }: Request) => {
        try {
          const result = (verbs[verb] as (work: Work[Verb]) => Results[Verb])(work);
          say({ say: 'done', call, result });
        } catch (error) {
          const { kind, message } = refusalIn(error, setup.path, consequences[verb]);
          say({ say: 'fault', call, kind, message });
        }
        if (verb === 'close') port.close();
        else after(verb);
      });
    },
    end: () => port.close(),
  };
}

function write({ setup, say, serve }: Held): void {
  const { path } = setup;
  let opened: { id: string; notes: readonly string[] } | null = null;
  let told = false;
  const writer = openWriter({
    ...setup,
    onFile: (file) => {
      if (told) say({ say: 'file', ...file });
      else opened = file;
    },
    onTrouble: (message) => say({ say: 'trouble', message }),
  });
  /** A group that the disk refused waits to be given again. */
  let waits = false;
  let refused: string | null = null;
  try {
    writer.open();
  } catch (error) {
    refused = refusalIn(error, path, 'the spool cannot be opened; it is tried again').message;
  }
  const verbs: Verbs = {
    append: ({ items, state, again }) => {
      if (waits && !again) throw new Fault('refused', `${path}: behind what the disk refused; it is tried after it`);
      waits = true;
      writer.append(items, state);
      waits = false;
      return null;
    },
    recall: ({ key }) => writer.recall(key),
    ...outboxVerbs(writer.with),
    close: () => {
      writer.close();
      return null;
    },
  };
  serve(verbs, (verb) => {
    if (verb === 'append' || verb === 'peek') writer.tidy();
  });
  told = true;
  say({
    say: 'opened',
    id: '',
    notes: [],
    ...(opened ?? {}),
    unsigned: writer.unsigned,
    publicKey: writer.publicKey,
    refused,
  });
}

function read({ setup, say, serve, end }: Held): void {
  const { path } = setup;
  let file: SpoolFile;
  try {
    file = openSpoolFile(path, 'reader', { master: setup.master });
  } catch (error) {
    const { kind, message } = refusalIn(error, path, 'the spool cannot be opened');
    say({ say: 'fault', call: 0, kind, message });
    end();
    return;
  }
  const inode = statSync(path).ino;
  const isThere = (): boolean => statSync(path, { throwIfNoEntry: false })?.ino === inode;
  const noted = new Set<string>();
  const suspect: typeof noteSuspect = (at, spoiled) => {
    const key = JSON.stringify(spoiled);
    if (noted.has(key)) return;
    noted.add(key);
    noteSuspect(at, spoiled);
  };
  file.onSpoiled((spoiled) => suspect(path, spoiled));
  const whole: WithFile = (work) => {
    if (!isThere()) throw new Fault('absent', `${path}: was replaced or removed; open it again`);
    try {
      return work(file);
    } catch (error) {
      if (isDamage(error)) suspect(path, null);
      throw error;
    }
  };
  const stop = watchCommits(
    path,
    // A file that was replaced under us counts as a change: whoever then reads is told.
    () => (isThere() ? file.version() : -1),
    () => say({ say: 'written' }),
  );
  const noWriter = (): never => {
    throw new Error('a reader does not append');
  };
  serve(
    {
      append: noWriter,
      recall: ({ key }) => whole((of) => of.recall(key)),
      ...outboxVerbs(whole),
      close: () => {
        stop();
        file.close();
        return null;
      },
    },
    () => {},
  );
  // Last: whoever knows that the file is open hears of every append from then on.
  say({ say: 'opened', id: file.id, notes: [], unsigned: null, publicKey: null, refused: null });
}

/** What a daemon that holds its file itself lets be done: it goes on appending meanwhile. */
function runErrand({ setup, say, serve, end }: Held): void {
  const { path, master, reserveBytes } = setup;
  try {
    reserveFor(path, reserveBytes).build();
    const file = openSpoolFile(path, 'reader', { master });
    file.bringIn();
    file.close();
  } catch (error) {
    const { kind, message } = refusalIn(error, path, 'its log grows on');
    say({ say: 'fault', call: 0, kind, message });
    end();
    return;
  }
  serve({ append: no, recall: no, peek: no, settle: no, depth: no, close: () => null }, () => {});
  say({ say: 'opened', id: '', notes: [], unsigned: null, publicKey: null, refused: null });
}

const no = (): never => {
  throw new Error('an errand does nothing else');
};

const parent = parentPort;
if (!parent) throw new Error('this file is the spool thread; it is started by spool.sqlite.ts');
parent.on('message', (handed: Handed | null) => {
  // The thread ends when the last of its files is closed.
  if (handed === null) return parent.close();
  const { role } = handed.setup;
  if (role === 'writer') write(hold(handed));
  else if (role === 'errand') runErrand(hold(handed));
  else read(hold(handed));
});
