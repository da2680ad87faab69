/**
 * A spool's file in the loop of its daemon: a thread is an isolate of some 10 MB. A commit writes to the page cache alone and takes some
 * 0.1 ms; the flush behind it, for which a card takes its time, is waited for and not stood still for. What cannot be had that way goes to
 * a thread: bringing the log in and putting space aside as an errand, and the file itself, for good, as soon as anything goes wrong with it
 * (a disk that is full, read-only or gone, damage, a flush that failed): mending and making room may take as long as they like there.
 */
import { statSync } from 'node:fs';
import { isFault } from '../ports/fault.ts';
import { sizeOf } from '../spool/waiting.ts';
import {
  type Answer,
  type Results,
  type SpoolThread,
  startThread,
  type Verb,
  type Work,
  type WorkerSetup,
} from './spool.sqlite.calls.ts';
import { isBroken, isBusy, isRefused } from './spool.sqlite.fault.ts';
import { reserveFor } from './spool.sqlite.reserve.ts';
import { consequences, outboxVerbs, refusalIn } from './spool.sqlite.verbs.ts';
import { openWriter } from './spool.sqlite.writer.ts';

/** Whoever delivers brings the log in every 1000 pages, as SQLite does; where nobody does, it is done at this, in bytes. */
const logBytes = 8_000_000;
/** Pages of the log that a commit takes beside its rows, in bytes: the right edges of three trees, the state and the mark. */
const commitBytes = 6 * 4096;
/** Another that delivers from the file holds it for less than a millisecond; who is still refused after this is refused, in ms. */
const patienceMs = 5000;
const againMs = 5;

/** As `startThread` for a writer. */
export async function openInLoop(setup: WorkerSetup, onAnswer: (answer: Answer) => void): Promise<SpoolThread> {
  const { path } = setup;
  const notes: string[] = [];
  let id = '';
  const writer = openWriter({
    ...setup,
    apart: true,
    onFile: (file) => {
      id = file.id;
      notes.push(...file.notes);
    },
    onTrouble: (message) => onAnswer({ say: 'trouble', message }),
  });
  try {
    writer.open();
  } catch (error) {
    if (!isOfTheWorld(error)) throw error;
    return startThread(setup, onAnswer);
  }
  /** Who has the file since something went wrong here. */
  let thread: Promise<SpoolThread> | null = null;
  let errand: Promise<void> | null = null;
  let needsErrand = !reserveFor(path, setup.reserveBytes).isThere();
  let [grown, broughtInMs] = [0, 0];
  let turn: Promise<unknown> = Promise.resolve();
  let closed = false;

  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = turn.then(work);
    turn = done.catch(() => {});
    return done;
  };
  const handOver = (why: unknown): Promise<SpoolThread> => {
    thread ??= giveUp(why as Error);
    return thread;
  };
  const giveUp = async (why: Error): Promise<SpoolThread> => {
    onAnswer({
      say: 'trouble',
      message: `${path}: a thread holds the file from now on, for some 10 MB: ${why.message}`,
    });
    const doubt = writer.attempted();
    // What is damaged is moved aside by the thread, and must be nobody's by then. Else the last to close takes log and index away, and on
    // a full disk there may be no room to make them again: SQLite writes to the index as to memory, and the kernel answers with SIGBUS.
    if (isBroken(why)) writer.leave();
    const taken = await startThread({ ...setup, doubt }, onAnswer);
    writer.leave();
    const { opened } = taken;
    if (opened.id !== '' && (opened.id !== id || opened.notes.length > 0)) onAnswer({ say: 'file', ...opened });
    return taken;
  };

  const keep = async (work: Work['append']): Promise<null> => {
    if (thread) return (await thread).call('append', work);
    try {
      await patiently(() => writer.append(work.items, work.state));
      await writer.flush();
    } catch (error) {
      if (!isOfTheWorld(error)) throw error;
      return (await handOver(error)).call('append', { ...work, again: true });
    }
    grown += commitBytes + sizeOf(work);
    tidy();
    return null;
  };
  /** What goes wrong here goes wrong for nobody: the next append finds the thread. */
  const tidy = (): void => {
    try {
      writer.tidy();
      sendErrand();
    } catch (error) {
      if (!isOfTheWorld(error)) throw error;
      if (!isBusy(error)) void handOver(error).catch(() => {});
    }
  };
  const sendErrand = (): void => {
    // Only bringing the log in writes to the file itself.
    const { mtimeMs } = statSync(path);
    if (mtimeMs !== broughtInMs) [grown, broughtInMs] = [0, mtimeMs];
    if (errand || !(needsErrand || grown > logBytes)) return;
    [needsErrand, grown] = [false, 0];
    errand = startThread({ ...setup, role: 'errand' }, onAnswer)
      .then((sent) => sent.close())
      .catch((error: unknown) => {
        if (!isFault(error)) throw error;
      })
      .finally(() => {
        errand = null;
      });
  };
  const ask = async <V extends Exclude<Verb, 'append' | 'close'>>(verb: V, work: Work[V]): Promise<Results[V]> => {
    if (thread) return (await thread).call(verb, work);
    try {
      return (await patiently(() => verbs[verb](work as never))) as Results[V];
    } catch (error) {
      if (!isOfTheWorld(error)) throw error;
      if (!isBroken(error)) throw refusalIn(error, path, consequences[verb]);
      return (await handOver(error)).call(verb, work);
    }
  };
  const verbs = { ...outboxVerbs(writer.with), recall: ({ key }: Work['recall']) => writer.recall(key) };
  const close = async (): Promise<void> => {
    if (closed) return;
    closed = true;
    await errand;
    if (thread) return (await thread).close();
    writer.sealOff();
    // A disk that refuses this has told the end to nobody.
    await writer.flush().catch(mustBeOfTheWorld);
    writer.leave();
  };

  return {
    opened: { id, notes, unsigned: writer.unsigned, publicKey: writer.publicKey, refused: null },
    call: <V extends Verb>(verb: V, work: Work[V]): Promise<Results[V]> =>
      inTurn(async () => {
        if (verb === 'append') return (await keep(work as Work['append'])) as Results[V];
        if (verb === 'close') return (await close()) as never;
        return (await ask(verb as never, work as never)) as Results[V];
      }),
    close: () => inTurn(close),
  };
}

/** What the disk did, or another who has the file; anything else is a bug. */
const isOfTheWorld = (error: unknown): boolean => isFault(error) || isRefused(error) || isBroken(error);

function mustBeOfTheWorld(error: unknown): void {
  if (!isOfTheWorld(error)) throw error;
}

async function patiently<T>(work: () => T): Promise<T> {
  for (const until = performance.now() + patienceMs; ; ) {
    try {
      return work();
    } catch (error) {
      if (!isBusy(error) || performance.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, againMs));
    }
  }
}
