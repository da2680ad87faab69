/**
 * The writer's hold on its file, whatever the disk does: it opens it when the disk lets it, makes room on a full one,
 * mends what is damaged, keeps to the limits, and takes out what readers found spoiled.
 */
import { statSync } from 'node:fs';
import { type Sealing, sealing } from '../evidence/sealing.ts';
import { Fault } from '../ports/fault.ts';
import type { Limits } from '../spool/limits.ts';
import type { Packed, Tail } from '../spool/link.ts';
import { displaceable } from '../spool/quota.ts';
import { type NamedState, sizeOf } from '../spool/waiting.ts';
import { type Stream, streams } from '../values/envelope.ts';
import type { Stamp } from '../values/stamp.ts';
import { openSigner } from './signer.pem.ts';
import type { Signing } from './spool.sqlite.calls.ts';
import { isDamage, isFull, isRefusal, isRefused } from './spool.sqlite.fault.ts';
import type { SpoolFile } from './spool.sqlite.file.ts';
import { damaged } from './spool.sqlite.kept.ts';
import { type Mended, mend, openMended } from './spool.sqlite.mend.ts';
import { mountOf, mustBeMounted } from './spool.sqlite.mount.ts';
import { recallFrom } from './spool.sqlite.recall.ts';
import { freeBytes, reserveFor } from './spool.sqlite.reserve.ts';
import { areSuspects, takeSuspects } from './spool.sqlite.suspect.ts';
import type { Spoiled } from './spool.sqlite.tidy.ts';

export interface WriterOptions {
  readonly path: string;
  readonly device: string;
  readonly master: Uint8Array | null;
  readonly signing?: Signing;
  readonly limits: Limits;
  readonly reserveBytes: number;
  /** The file is another than before: at its opening, and when it was mended. */
  readonly onFile: (file: { readonly id: string; readonly notes: readonly string[] }) => void;
  /** For the log: something was dropped, or taken out. */
  readonly onTrouble: (message: string) => void;
  /**
   * Only commits: others flush, bring the log in, put space aside, mend and make room (see `spool.sqlite.loop.ts`). What goes wrong
   * once the file is open is an error of SQLite or of the file system.
   */
  readonly apart?: boolean;
  /** Of whoever had the file before: it may be that this was committed and never flushed. */
  readonly doubt?: Doubt | null;
}

/** Where an append was to lead that failed: the disk may have kept it all the same. */
export interface Doubt {
  readonly spool: string;
  readonly tails: Readonly<Record<Stream, Tail>>;
}

export interface Writer {
  /** Opens the file where it is not open. Errors: SQLite's own when the disk refuses. */
  open(): void;
  /** Runs with the file, opened and whole. */
  with<T>(work: (file: SpoolFile) => T): T;
  append(items: readonly Packed[], state: NamedState): void;
  /** Flushes what was appended so far. */
  flush(): Promise<void>;
  /** Where the last append was to lead; null before the first of an opening. */
  attempted(): Doubt | null;
  /** What is to be done after an append was answered: limits, spoiled rows, space put aside. */
  tidy(): void;
  /** State, also from a file that can only be read. */
  recall(key: string): string | null;
  /** Signs the end, as a close does. */
  sealOff(): void;
  /** Closes the file as it is. */
  leave(): void;
  close(): void;
  /** Why nothing is signed although it was asked for. */
  readonly unsigned: string | null;
  readonly publicKey: string | null;
}

/** Ages are looked at this often: they move slowly. */
const ageLookMs = 60_000;
/** Room made on a full disk at the least, in bytes: one event then tells of many envelopes. */
const roomBytes = 64 * 1024;
/** What SQLite needs at the least to open a file, in bytes. */
const indexBytes = 256 * 1024;
/** Without a reserve, this much free space means that the disk is not full any more. */
const spareBytes = 4_000_000;

export function openWriter(options: WriterOptions): Writer {
  const { path, device, master, signing, limits, reserveBytes, onFile, onTrouble, apart = false } = options;
  /** The key is read here, so that it never leaves this thread. */
  const found = signing ? openSigner(signing.keyFile) : { signer: null, why: null };
  const reserve = reserveFor(path, reserveBytes);
  let current: SpoolFile | null = null;
  /** Looked up once, at the first opening: from then on the disk may go away and come back. */
  let mount: string | null | undefined;
  let inode = 0;
  let signs: Sealing | null = null;
  let doubt: Doubt | null = options.doubt ?? null;
  let unflushed = doubt !== null;
  /** The disk was full: the file may not grow until it has space again. */
  let cramped = false;
  let reserved = false;
  let newest: Stamp | null = null;
  let agesSeenMs = Number.NEGATIVE_INFINITY;
  const spoiled: Spoiled[] = [];

  const take = ({ file, notes }: Mended): SpoolFile => {
    current = file;
    inode = statSync(path).ino;
    signs =
      signing && found.signer
        ? sealing({ signer: found.signer, device, spool: file.id, everyMs: signing.everyMs })
        : null;
    file.signWith(signs);
    file.onSpoiled((one) => spoiled.push(one));
    if (cramped) file.growth(false);
    if (apart) file.flushApart();
    onFile({ id: file.id, notes });
    return file;
  };
  const leave = (): void => {
    const file = current;
    current = null;
    if (file?.isOpen()) quietly(() => file.close());
  };
  const need = (): SpoolFile => {
    // A file that was removed or replaced under us takes everything and keeps nothing.
    if (current && statSync(path, { throwIfNoEntry: false })?.ino !== inode) leave();
    return current ?? take(opened());
  };
  /** A full disk has no room for the index that SQLite makes at opening. */
  const opened = (): Mended => {
    if (mount === undefined) mount = mountOf(path);
    if (mount !== null) mustBeMounted(mount);
    try {
      return openMended(path, master);
    } catch (error) {
      if (!isRefused(error) || !isFullHere()) throw error;
      reserve.release();
      cramped = true;
      return openMended(path, master);
    }
  };
  const isFullHere = (): boolean => {
    let full = false;
    quietly(() => {
      full = freeBytes(path) < indexBytes;
    });
    return full;
  };
  /** Damage that shows while the daemon runs must not stop it: the file is mended and the work done once more. */
  const withFile = <T>(work: (file: SpoolFile) => T): T => {
    const file = need();
    try {
      return work(file);
    } catch (error) {
      if (apart || !isDamage(error)) throw error;
      leave();
      return work(take(mend(path, (error as Error).message, master)));
    }
  };

  const camethrough = (file: SpoolFile): boolean =>
    doubt !== null &&
    doubt.spool === file.id &&
    streams.every((stream) => doubt?.tails[stream].hash === file.tails[stream].hash);

  const attempted = (): Doubt | null => (current?.attempted ? { spool: current.id, tails: current.attempted } : null);

  const append: Writer['append'] = (items, state) => {
    try {
      withFile((file) => {
        if (items.length > 0 && camethrough(file)) {
          if (unflushed && !file.checkpoint()) throw new Fault('refused', `${path}: its log could not be brought in`);
          return;
        }
        try {
          file.append(device, items, state);
        } catch (error) {
          if (apart || !isFull(error)) throw error;
          squeezeIn(file, items, state, error);
        }
      });
      [doubt, unflushed] = [null, false];
    } catch (error) {
      if (!apart && isRefusal(error) && !isFull(error) && current) {
        doubt = attempted() ?? doubt;
        leave();
      }
      throw error;
    }
    const last = items.at(-1);
    if (last) newest = JSON.parse(last.at) as Stamp;
  };

  /** Commits on a full disk, for which older and lesser things go. Errors: `full`, when there is nothing that may go. */
  const squeezeIn = (file: SpoolFile, items: readonly Packed[], state: NamedState, full: unknown): void => {
    reserve.release();
    reserved = false;
    cramped = true;
    const kinds = new Set(items.map(({ stream }) => stream));
    const bytes = Math.max(roomBytes, 2 * sizeOf({ items, state }));
    for (let round = 0; round < 3; round++) {
      quietly(() => file.checkpoint());
      file.growth(false);
      const shed = file.makeRoom(device, bytes, displaceable(kinds));
      // Alerts and events may have the reserve when there is nothing left to go.
      if (shed === null && !kinds.has('alert') && !kinds.has('event')) break;
      if (shed === null) file.growth(true);
      else onTrouble(`${path}: the disk is full; ${shed.bytes} bytes of the oldest were dropped to go on`);
      quietly(() => file.checkpoint());
      try {
        file.append(device, items, state);
        return;
      } catch (error) {
        if (!isFull(error)) throw error;
        if (shed === null) break;
      }
    }
    throw full;
  };

  const sealOff = (): void => {
    const last = current && signs?.last(current.tails);
    if (!current || !last) return;
    const file = current;
    file.signWith(null);
    // A disk that refuses this leaves the end to the first seal after the next start.
    quietly(() => file.append(device, [last], []));
  };

  const keepWithin = (file: SpoolFile): void => {
    const lookAtAges = performance.now() - agesSeenMs > ageLookMs;
    if (lookAtAges) agesSeenMs = performance.now();
    for (const { reason, bytes } of file.trim(device, limits, lookAtAges ? newest : null))
      onTrouble(`${path}: ${bytes} bytes of the oldest were dropped: over the limit of ${reason}`);
  };
  const tidyFile = (file: SpoolFile): void => {
    if (apart && areSuspects(path)) throw damaged(path, 'what a reader noted');
    const suspects = takeSuspects(path);
    const fault = suspects.structure ? file.check() : null;
    if (fault !== null) {
      leave();
      take(mend(path, fault, master));
      return;
    }
    const lost = file.giveUp(device, [...suspects.rows, ...spoiled.splice(0)]);
    if (lost.length > 0) onTrouble(`${path}: ${lost.length} rows were damaged on the medium and are lost`);
    keepWithin(file);
    if (cramped && freeBytes(path) > Math.max(spareBytes, 3 * reserveBytes)) {
      cramped = false;
      file.growth(true);
    }
    if (!apart && !reserved && !cramped) reserved = reserve.build();
  };

  return {
    unsigned: found.why,
    publicKey: found.signer?.publicKey ?? null,
    open: () => void need(),
    with: withFile,
    append,
    attempted,
    flush: async () => current?.flush(),
    tidy: () => {
      if (!current) return;
      if (apart) return withFile(tidyFile);
      // A disk that refuses here is met again at the next append.
      quietly(() => withFile(tidyFile));
    },
    recall: (key) => {
      try {
        return withFile((file) => file.recall(key));
      } catch (error) {
        if (!isRefused(error)) throw error;
        return recallFrom(path, key);
      }
    },
    sealOff,
    leave,
    close: () => {
      sealOff();
      leave();
    },
  };
}

/** Does what the world may refuse without consequence. */
function quietly(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!isRefused(error)) throw error;
  }
}
