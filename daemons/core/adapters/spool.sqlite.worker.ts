/**
 * The thread that holds a spool's file, so that a slow card never delays the daemon. It does one thing after another:
 * what a flush keeps waiting is done together by the next.
 */
import { statSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { type Sealing, sealing } from '../evidence/sealing.ts';
import { Fault, isFault } from '../ports/fault.ts';
import { watchCommits } from '../spool/watch.ts';
import { openSigner } from './signer.pem.ts';
import type { Answer, Request, Results, Verb, Work, WorkerSetup } from './spool.sqlite.calls.ts';
import { faultOf, isDamage } from './spool.sqlite.fault.ts';
import { openSpoolFile, type SpoolFile } from './spool.sqlite.file.ts';
import { mend, openMended } from './spool.sqlite.mend.ts';

const { path, device, role, master, signing } = workerData as WorkerSetup;
const port = parentPort;
if (!port) throw new Error('this file is the spool thread; it is started by spool.sqlite.ts');
const say = (answer: Answer): void => port.postMessage(answer);

const consequences: Readonly<Record<Verb, string>> = {
  append: 'nothing of this call was kept',
  recall: 'nothing was read',
  peek: 'nothing was read',
  settle: 'nothing was forgotten',
  depth: 'nothing was counted',
  close: 'it is closed all the same',
};

/** The world's refusals go to the caller as a Fault; a bug ends the thread, and with it the process. */
function attempt<T>(call: number, consequence: string, work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    const fault = isFault(error) ? error : faultOf(error, path, consequence);
    if (fault === null) throw error;
    say({ say: 'fault', call, kind: fault.kind, message: fault.message });
    return undefined;
  }
}

const open = (): { readonly file: SpoolFile; readonly notes: readonly string[] } =>
  role === 'reader' ? { file: openSpoolFile(path, role, { master }), notes: [] } : openMended(path, master);

/** The key is read here, so that it never leaves this thread. */
const found = signing ? openSigner(signing.keyFile) : { signer: null, why: null };
const sealingOf = ({ id }: SpoolFile): Sealing | null =>
  signing && found.signer ? sealing({ signer: found.signer, device, spool: id, everyMs: signing.everyMs }) : null;

function serve(opened: ReturnType<typeof open>): void {
  let { file } = opened;
  let sealed = sealingOf(file);
  file.signWith(sealed);
  const inode = statSync(path).ino;
  const isThere = (): boolean => statSync(path, { throwIfNoEntry: false })?.ino === inode;
  let stop = (): void => {};

  const verbs: { readonly [V in Verb]: (work: Work[V]) => Results[V] } = {
    append: ({ items, state }) => {
      file.append(device, items, state);
      return null;
    },
    recall: ({ key }) => file.recall(key),
    peek: ({ stream, after, limit }) => file.peek(stream, after, limit),
    settle: ({ stream, through, missing }) => {
      file.settle(stream, through, missing);
      return null;
    },
    depth: () => file.depth(),
    close: () => {
      stop();
      sealEnd();
      file.close();
      return null;
    },
  };
  /** A disk that refuses this leaves the end to the first seal after the next start. */
  const sealEnd = (): void => {
    const last = sealed?.last(file.tails);
    if (!last) return;
    file.signWith(null);
    try {
      file.append(device, [last], []);
    } catch (error) {
      if (faultOf(error, path, '') === null) throw error;
    }
  };
  /** Damage that shows while the daemon runs must not stop it: the writer mends the file and tries once more. */
  const run = ({ verb, work }: Request): Results[Verb] => {
    const act = verbs[verb] as (work: Work[Verb]) => Results[Verb];
    if (role === 'reader' && verb !== 'close' && !isThere())
      throw new Fault('absent', `${path}: was replaced or removed; open it again`);
    try {
      return act(work);
    } catch (error) {
      if (role === 'reader' || verb === 'close' || !isDamage(error)) throw error;
      file.close();
      const mended = mend(path, (error as Error).message, master);
      file = mended.file;
      sealed = sealingOf(file);
      file.signWith(sealed);
      say({ say: 'mended', id: file.id, notes: mended.notes });
      return act(work);
    }
  };

  port?.on('message', (request: Request) => {
    const result = attempt(request.call, consequences[request.verb], () => run(request));
    if (result !== undefined) say({ say: 'done', call: request.call, result });
    if (request.verb === 'close') port.close();
  });

  if (role === 'reader') {
    // A file that was replaced under us counts as a change: whoever then reads is told.
    stop = watchCommits(
      path,
      () => (isThere() ? file.version() : -1),
      () => say({ say: 'written' }),
    );
  }
  // Last: whoever knows that the file is open hears of every append from then on.
  say({ say: 'opened', id: file.id, notes: opened.notes, unsigned: found.why });
}

const opened = attempt(0, 'the spool cannot be opened', open);
if (opened) serve(opened);
else port.close();
