/** A program that writes pictures to its standard output, watched: the newest picture wins, and what fails is started again. */
import { type ChildProcess, spawn } from 'node:child_process';
import { backoff } from '../flow/backoff.ts';
import type { Clock } from '../ports/clock.ts';
import { Fault, isFault } from '../ports/fault.ts';
import type { FrameSource, FrameSourceOptions, FrameTrouble } from '../ports/frames.ts';
import type { Frame } from '../values/frame.ts';
import type { Stamp } from '../values/stamp.ts';
import type { StreamFormat } from '../vision/stream.ts';
import { type Slot, slotOf } from './frames.slot.ts';

export interface PipeOptions {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly format: StreamFormat;
  readonly clock: Clock;
  /** No picture for this long: it hangs, and is started again. */
  readonly stallMs: number;
  /** The same before its first picture, where starting takes longer. */
  readonly openMs?: number;
  /**
   * `newest`: a camera; what comes while nobody asks is dropped and counted. `all`: a recording; it waits, and when it
   * ends, the frames end.
   */
  readonly take: 'newest' | 'all';
  /** From the exposure to the last byte here, at the most; the stamp is put in the middle of it. For `newest`. */
  readonly latencyMs?: number;
  /** When a picture of a recording was taken, by its number from 0 on. For `all`; absent: when it was read, unbounded. */
  timeOf?(index: number): number;
  /** How long it is waited before each new start. */
  readonly retry?: { readonly firstMs: number; readonly mostMs: number };
}

/** Pictures in a row that may be damaged before the program is started again. */
const mostDamaged = 5;

export function pipeFrames(options: PipeOptions): FrameSource {
  return {
    frames: async function* (asked) {
      const counter = { seq: 0, dropped: 0 };
      const delays = (): Generator<number, never> =>
        backoff(options.retry ?? { firstMs: 500, mostMs: 30_000 }, Math.random);
      let delay = delays();
      while (!asked.signal.aborted) {
        const before = counter.seq;
        const trouble = yield* oneRun(options, asked, counter);
        if (asked.signal.aborted || trouble === null) return;
        if (options.take === 'all') {
          asked.onTrouble({ ...trouble, retryMs: null });
          return;
        }
        // A run that gave pictures was well: the next failure is a new one.
        if (counter.seq > before) delay = delays();
        const retryMs = Math.round(delay.next().value);
        asked.onTrouble({ ...trouble, message: `${trouble.message}; it is started again in ${retryMs} ms`, retryMs });
        await options.clock.sleep(retryMs, `${options.name} to be started again`, asked.signal);
      }
    },
  };
}

interface Counter {
  seq: number;
  dropped: number;
}

type Trouble = Omit<FrameTrouble, 'retryMs'>;

/** One life of the program. Gives what ended it; null when it is over for good. */
async function* oneRun(
  options: PipeOptions,
  { signal, onTrouble }: FrameSourceOptions,
  counter: Counter,
): AsyncGenerator<Frame, Trouble | null> {
  const { name, format, take, clock } = options;
  const trouble = (what: FrameTrouble['what'], message: string): Trouble => ({ what, message: `${name}: ${message}` });
  const child = started(options);
  const slot = slotOf(take, format.splitter(), () => stampOf(options, clock.now()));
  const life = watch(child, slot, options);
  // Also while the reader is busy: a program must not outlive the wish for its pictures.
  const stop = (): void => {
    slot.end(null);
    life.end();
  };
  signal.addEventListener('abort', stop, { once: true });
  let [size, damaged] = ['', 0];
  try {
    for (;;) {
      const next = await slot.take();
      if (next === null) return life.over(trouble);
      counter.seq += 1 + next.dropped;
      counter.dropped += next.dropped;
      const picture = readOr(format, next.bytes);
      if (isFault(picture)) {
        counter.dropped++;
        if (++damaged >= mostDamaged) return trouble('garbage', `${damaged} pictures in a row: ${picture.message}`);
        onTrouble({ ...trouble('garbage', picture.message), retryMs: null });
        continue;
      }
      damaged = 0;
      const is = `${picture.width} x ${picture.height}`;
      if (size !== '' && is !== size) return trouble('size-changed', `pictures were ${size} and are ${is}`);
      size = is;
      const { seq, dropped } = counter;
      counter.dropped = 0;
      yield { source: name, seq, at: timed(options, seq - 1, next.at), dropped, picture };
    }
  } finally {
    signal.removeEventListener('abort', stop);
    life.end();
  }
}

function readOr(format: StreamFormat, bytes: Uint8Array): ReturnType<StreamFormat['read']> | Fault {
  try {
    return format.read(bytes);
  } catch (error) {
    if (isFault(error)) return error;
    throw error;
  }
}

function started({ program, args }: PipeOptions): ChildProcess {
  return spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
}

/** The exposure lies somewhere between `latencyMs` ago and now. */
function stampOf({ latencyMs = 0 }: PipeOptions, now: Stamp): Stamp {
  const halfMs = latencyMs / 2;
  const uncertaintyMs = now.uncertaintyMs === null ? null : now.uncertaintyMs + halfMs;
  return { ...now, wallMs: now.wallMs - halfMs, monoNs: now.monoNs - halfMs * 1e6, uncertaintyMs };
}

function timed({ take, timeOf }: PipeOptions, index: number, at: Stamp): Stamp {
  if (take === 'newest') return at;
  return { ...at, wallMs: timeOf?.(index) ?? at.wallMs, synced: false, uncertaintyMs: null };
}

interface Life {
  /** Why it ended, or null: aborted, or a recording that came to its end. */
  over(trouble: (what: FrameTrouble['what'], message: string) => Trouble): Trouble | null;
  end(): void;
}

/** Feeds the slot from the program's output, and ends it when the program ends, hangs, or writes what is no picture. */
function watch(child: ChildProcess, slot: Slot, { program, stallMs, openMs = stallMs, take }: PipeOptions): Life {
  let said = '';
  let why: readonly [FrameTrouble['what'], string] | null = null;
  let stall: NodeJS.Timeout | null = null;
  const fail = (what: FrameTrouble['what'], message: string): void => {
    why ??= [what, message];
    slot.end(null);
  };
  const awake = (forMs = stallMs): void => {
    if (stall) clearTimeout(stall);
    stall = setTimeout(() => fail('stalled', `no picture for ${forMs} ms`), forMs);
  };
  awake(openMs);
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-2000);
  });
  child.stdout?.on('data', (chunk: Buffer) => {
    try {
      if (slot.push(chunk)) awake();
    } catch (error) {
      if (!isFault(error)) throw error;
      fail('garbage', error.message);
    }
    // A recording waits for whoever reads it; that is no stall.
    if (take === 'all' && slot.isFull()) {
      if (stall) clearTimeout(stall);
      child.stdout?.pause();
    }
  });
  slot.onRoom(() => {
    awake();
    child.stdout?.resume();
  });
  child.on('error', (error: NodeJS.ErrnoException) => {
    why = null;
    slot.end(new Fault('config', `${program}: cannot be started (${error.code}); is it installed?`, error));
  });
  child.on('close', (code, killedBy) => {
    const last = said.trim().split('\n').at(-1) ?? '';
    if (take === 'all' && code === 0) slot.end(null);
    else fail('ended', `${program} ended (${killedBy ?? `code ${code}`})${last === '' ? '' : `: ${last}`}`);
  });
  return {
    over: (trouble) => why && trouble(why[0], why[1]),
    end: () => {
      if (stall) clearTimeout(stall);
      child.removeAllListeners('close').stdout?.removeAllListeners('data').destroy();
      // One that hangs, or was stopped, heeds no other signal.
      child.kill('SIGKILL');
    },
  };
}
