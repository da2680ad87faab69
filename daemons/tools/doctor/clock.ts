import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { disciplinedClock } from '../../core/adapters/clock.disciplined.ts';
import { feedSource } from '../../core/adapters/clock.feed.ts';
import { chronySource, timesyncdSource } from '../../core/adapters/clock.ntp.ts';
import { bootId } from '../../core/adapters/clock.system.ts';
import { doubtfulMs } from '../../core/clock/bound.ts';
import { type FloorFile, parseFloor } from '../../core/clock/floor.ts';
import type { ClockNews } from '../../core/ports/clock.ts';
import type { Stamp } from '../../core/values/stamp.ts';
import { type Finding, fine, note, warn } from './finding.ts';
import { span } from './words.ts';

/** Sources are given this long to answer, in ms: a program of theirs is cut off after 3 s. */
const patienceMs = 3500;

export interface ClockLook {
  readonly at: Stamp;
  readonly news: readonly ClockNews[];
  readonly floor: FloorFile | null;
}

/** What the box's sources say now. Nothing is kept: the floor on the disk is only read. */
export async function lookAtClock(file: string, feed: string): Promise<ClockLook> {
  const floor = floorIn(file);
  const boot = bootId();
  const clock = await disciplinedClock({
    sources: [chronySource(), timesyncdSource(), feedSource(feed, boot)],
    floor: { read: () => Promise.resolve(floor), keep: () => Promise.resolve() },
    boot,
  });
  const news: ClockNews[] = [];
  const stop = new AbortController();
  clock.onNews((one) => {
    news.push(one);
    if (one.type === 'clock-corrected') stop.abort();
  });
  await delay(patienceMs, null, { signal: stop.signal }).catch((error: unknown) => {
    if (!stop.signal.aborted) throw error;
  });
  const at = clock.now();
  await clock.close();
  return { at, news, floor };
}

function floorIn(file: string): FloorFile | null {
  try {
    return parseFloor(readFileSync(file, 'utf8'));
  } catch (error) {
    if (typeof (error as NodeJS.ErrnoException).errno !== 'number') throw error;
    return null;
  }
}

export function judgeClock({ at, news, floor }: ClockLook): Finding[] {
  const facts = { at, floor, source: news.find(({ type }) => type === 'clock-corrected')?.detail.source ?? null };
  const says = new Date(at.wallMs).toISOString();
  const known = floor
    ? note('clock', `last known time on the disk: ${new Date(floor.notBeforeMs).toISOString()}`, { floor })
    : note('clock', 'no last known time on the disk yet');
  const told = news.filter(({ type }) => type === 'clock-unset' || type === 'clock-disputed');
  const trouble = told.map(({ message }) =>
    warn('clock', message, 'connect the box, or give its receiver a view of the sky', facts),
  );
  if (at.uncertaintyMs === null)
    return [
      warn(
        'clock',
        `${says}, without a bound: neither chrony, timesyncd nor the feed tells the time`,
        'connect the box or give its receiver a view of the sky; until then times are flagged, and corrected later',
        facts,
      ),
      ...trouble,
      known,
    ];
  const text = `${says}, good to ${span(at.uncertaintyMs)} by ${String(facts.source)}`;
  if (at.uncertaintyMs > doubtfulMs)
    return [
      warn('clock', text, 'check the time source: times with such a bound are flagged', facts),
      ...trouble,
      known,
    ];
  return [fine('clock', text, facts), ...trouble, known];
}
