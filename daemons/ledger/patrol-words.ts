/**
 * What patrols said at a box, made acts at the centre: act -> commit -> receipt. The act comes first, since nobody would make
 * it up later: after a commit the box may be told, by whatever asks for its watermark, that the word arrived. Its key makes it once.
 */
import { type Correction, correct, correctionOf } from '../core/clock/correct.ts';
import { keyOver } from '../core/desk/over-box.ts';
import { isFault } from '../core/ports/fault.ts';
import type { PatrolDesk } from '../core/ports/patrol-desk.ts';
import type { Arrival } from '../core/ports/records.ts';
import type { BoxEvent } from '../core/values/envelope.ts';
import type { Stamp } from '../core/values/stamp.ts';
import { type PatrolWord, patrolWord } from '../core/wire/patrol-word.ts';
import { patient, type Taking } from './take.ts';

/** A word on an alert that is not here gets no receipt for so long: alerts go before events, but one may have been held up. */
const waitMs = 10 * 60_000;
const mostWaiting = 10_000;
/** What is less sure than this is not told as the moment when it was done. */
const mostDoubtMs = 10 * 60_000;

export interface PatrolWords {
  /** Gives those that may be committed now; the others come again. */
  heed(words: readonly Arrival[], ctx: Taking): Promise<readonly Arrival[]>;
}

export function heedPatrols(desk: PatrolDesk): PatrolWords {
  /** Since when a word waits for its alert, in ms of this process. */
  const waiting = new Map<string, number>();

  const heedOne = async (arrival: Arrival, ctx: Taking): Promise<boolean> => {
    const { device, spool, seq } = arrival.envelope;
    const body = arrival.envelope.body as BoxEvent;
    const where = { device, spool, seq };
    const word = patrolWord.safeParse(body.detail);
    if (!word.success) {
      ctx.log.error('a word of a patrol cannot be read; it is kept as an event and nothing is done', {
        ...{
          ...where,
          reason: word.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '),
        },
      });
      return true;
    }
    const { alert, by, unit } = word.data;
    const record = await desk.record(alert);
    if (!record) return isOver(where, alert, ctx);
    waiting.delete(keyOf(where));
    if (record.device !== device) {
      ctx.log.error('a box speaks of an alert of another box: it is kept as an event and nothing is done', {
        ...{ ...where, alert, of: record.device },
      });
      return true;
    }
    const done = await desk.act(await wishOf(device, word.data, body.at, ctx));
    const what = word.data.deed.what;
    if (done?.act) ctx.log.info('a patrol said at a box', { device, alert, by, unit, what });
    else ctx.log.info('a patrol said at a box what makes no difference', { device, alert, by, what, why: done?.why });
    return true;
  };

  /** Whether its alert was waited for long enough. */
  const isOver = (where: { device: string; spool: string; seq: number }, alert: string, { clock, log }: Taking) => {
    const nowMs = clock.now().monoNs / 1e6;
    const key = keyOf(where);
    const sinceMs = waiting.get(key) ?? nowMs;
    if (nowMs - sinceMs < waitMs) {
      waiting.set(key, sinceMs);
      const [oldest] = waiting.keys();
      if (waiting.size > mostWaiting && oldest !== undefined) waiting.delete(oldest);
      return false;
    }
    waiting.delete(key);
    log.warn('a patrol spoke at a box of an alert that did not come: it is kept as an event and nothing is done', {
      ...{ ...where, alert },
    });
    return true;
  };

  const wishOf = async (device: string, word: PatrolWord, at: Stamp, { clock }: Taking) => {
    // A bound that the box stated stands; looked up are moments of a clock that nobody had set.
    const events = isSure(at.uncertaintyMs) ? [] : await desk.clockEvents(device);
    const corrections = events.flatMap((one) => correctionOf(one) ?? []);
    const { alert, by, unit, deed, agoMs } = word;
    return {
      ...{ alert, by, unit, deed, role: 'patrol' as const, atMs: clock.now().wallMs },
      key: keyOver(device, word.key),
      doneMs: doneMsOf(at, agoMs, corrections),
    };
  };

  return {
    heed: async (words, ctx) => {
      const heeded: Arrival[] = [];
      for (const one of words) {
        if (ctx.mine?.(one.envelope.device) === false) continue;
        if ((await patient(() => orNever(() => heedOne(one, ctx), one, ctx), ctx)) === true) heeded.push(one);
      }
      return heeded;
    },
  };
}

const keyOf = ({ device, spool, seq }: { device: string; spool: string; seq: number }): string =>
  `${device}/${spool}/${seq}`;

/** A word whose content no store can take must not come again for ever. */
async function orNever(work: () => Promise<boolean>, { envelope }: Arrival, { log }: Taking): Promise<boolean> {
  try {
    return await work();
  } catch (error) {
    if (!isFault(error) || error.kind !== 'protocol') throw error;
    const { device, spool, seq } = envelope;
    log.error('a word of a patrol cannot be done; it is kept as an event', {
      device,
      spool,
      seq,
      reason: error.message,
    });
    return true;
  }
}

const isSure = (uncertaintyMs: number | null): boolean => uncertaintyMs !== null && uncertaintyMs <= mostDoubtMs;

/**
 * When it was done, Unix ms, by the box's clock as it was corrected since; undefined where nobody knows it well enough. The
 * centre then says when it heard of it.
 */
export function doneMsOf(at: Stamp, agoMs: number, corrections: readonly Correction[]): number | undefined {
  const { wallMs, uncertaintyMs, disputed } = correct(at, corrections);
  return !disputed && isSure(uncertaintyMs) ? Math.round(wallMs - agoMs) : undefined;
}
