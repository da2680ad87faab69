/** The box's clock with what time sources say of it: every stamp with a bound, or with the word that none is known. */
import { readFileSync } from 'node:fs';
import { advance, type ClockInput, floorAt, freshClock, tell } from '../clock/estimate.ts';
import { floorEveryMs, floorFor } from '../clock/floor.ts';
import type { Clock, ClockNews } from '../ports/clock.ts';
import type { ClockPair, TimeSource, TimeWatch } from '../ports/time-source.ts';
import type { FloorStore } from './clock.floor.ts';
import { systemPair } from './clock.ntp.ts';
import { bootId, sleep } from './clock.system.ts';

/** The wall clock against the monotonic one moves only when it is set: slewing moves both. In ms. */
const stepMs = 50;
/** A shorter sleep is the resolution of /proc/uptime. */
const suspendMs = 100;

export interface DisciplinedOptions {
  readonly sources: readonly TimeSource[];
  readonly floor: FloorStore;
  /** How the system's clocks are read; a test has its own. */
  readonly read?: () => ClockPair;
  /** CLOCK_BOOTTIME in ms: goes on while the box is suspended. */
  readonly uptimeMs?: () => number;
  readonly boot?: string;
}

export interface DisciplinedClock extends Clock {
  onNews(listener: (news: ClockNews) => void): () => void;
  /** Stops the sources and keeps the floor. */
  close(): Promise<void>;
}

/** Starts with the floor on the disk; sources are then heard beside everything else. */
export async function disciplinedClock(options: DisciplinedOptions): Promise<DisciplinedClock> {
  const { sources, floor, read = systemPair, uptimeMs = bootClockMs, boot = bootId() } = options;
  const found = await floor.read();
  const start = read();
  let state = freshClock(boot, found && floorFor(found, boot, start.monoNs));
  let systemOffsetMs = start.systemMs - start.monoNs / 1e6;
  let awakeMs = uptimeMs() - start.monoNs / 1e6;

  let watches: readonly TimeWatch[] = [];
  const told: ClockNews[] = [];
  const listeners = new Set<(news: ClockNews) => void>();
  const publish = (news: readonly ClockNews[]): void => {
    told.push(...news);
    for (const one of news) for (const listener of listeners) listener(one);
  };
  const take = (input: ClockInput): void => {
    const [next, ...news] = advance(state, input);
    state = next;
    publish(news);
    if (news.some(({ type }) => type === 'clock-corrected')) void keepFloor(true);
  };

  const keepFloor = async (now: boolean): Promise<void> => {
    const at = watched();
    const notBeforeMs = floorAt(state, at);
    if (notBeforeMs === null) return;
    const { wallMs, uncertaintyMs } = tell(state, at);
    const notAfterMs = uncertaintyMs === null ? null : wallMs + uncertaintyMs;
    await floor.keep({ notBeforeMs, notAfterMs, boot, monoNs: at.monoNs, now });
  };

  /** Reads the clocks and notices when one was set or the box slept. */
  const watched = (): ClockPair => {
    const at = read();
    const offsetMs = at.systemMs - at.monoNs / 1e6;
    if (Math.abs(offsetMs - systemOffsetMs) < stepMs) return at;
    const sleptMs = uptimeMs() - at.monoNs / 1e6 - awakeMs;
    const jumpMs = offsetMs - systemOffsetMs;
    systemOffsetMs = offsetMs;
    if (sleptMs > suspendMs) {
      awakeMs += sleptMs;
      take({ kind: 'suspended', ms: sleptMs, at });
    }
    if (Math.abs(jumpMs - (sleptMs > suspendMs ? sleptMs : 0)) >= stepMs) {
      take({ kind: 'stepped' });
      for (const watch of watches) watch.hurry();
    }
    return at;
  };

  const startNews = firstNews(tell(state, start).source, start, found?.notBeforeMs ?? null);
  publish(startNews);
  watches = sources.map((source) => source.watch(watched, (fix) => take({ kind: 'fix', fix, at: watched() })));
  const keeping = setInterval(() => void keepFloor(false), floorEveryMs / 2);
  keeping.unref();

  return {
    now: () => {
      const at = watched();
      const { wallMs, synced, uncertaintyMs } = tell(state, at);
      return { wallMs, monoNs: at.monoNs, boot, synced, uncertaintyMs };
    },
    sleep,
    onNews: (listener) => {
      listeners.add(listener);
      for (const news of told) listener(news);
      return () => listeners.delete(listener);
    },
    close: async () => {
      clearInterval(keeping);
      for (const watch of watches) watch.close();
      await keepFloor(true);
    },
  };
}

/** A system clock before the floor is told once: it is why times of this boot have no bound yet. */
const firstNews = (source: string, { systemMs }: ClockPair, floorMs: number | null): ClockNews[] =>
  source !== 'floor' || floorMs === null
    ? []
    : [
        {
          type: 'clock-unset',
          severity: 'warning',
          message: `the system's clock said ${new Date(systemMs).toISOString()}, which is over: times go on from ${new Date(floorMs).toISOString()}, the last known, without a bound until a time source answers`,
          detail: { systemMs, floorMs },
        },
      ];

/** Seconds since the boot with the time in suspend, to 10 ms (proc_uptime(5)). */
const bootClockMs = (): number => Number(readFileSync('/proc/uptime', 'utf8').split(' ', 1)[0]) * 1000;
