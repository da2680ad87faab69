/** Short messages by a GSM modem on a serial line, in PDU mode (3GPP TS 27.005). Whatever it says, this ends: in time, and in words. */
import { timeLimit } from '../flow/time-limit.ts';
import type { Clock } from '../ports/clock.ts';
import { Fault, isFault } from '../ports/fault.ts';
import type { Serial, SerialLine } from '../ports/serial.ts';
import { type Heard, hear, nothingHeard, resultIn, type Said } from '../sms/modem-lines.ts';
import { reportIn, type StatusReport } from '../sms/report.ts';
import type { Pdu } from '../sms/submit.ts';

export interface ModemTimes {
  /** For the line to take what is written: a message is some 400 characters. */
  readonly writeMs: number;
  readonly commandMs: number;
  /** From the message to the network's word: TS 27.005 gives none; modems are known to take a minute. */
  readonly networkMs: number;
  /** How long a status report is waited for after that. */
  readonly reportMs: number;
}
export const usualTimes: ModemTimes = { writeMs: 5000, commandMs: 5000, networkMs: 60_000, reportMs: 10_000 };

/** `taken`: the network took all parts; `delivered`: and the phone has them, null where nobody said. `unsure`: nobody knows whether it went out. */
export type SmsOutcome =
  | { readonly state: 'taken'; readonly delivered: boolean | null }
  | { readonly state: 'unsure'; readonly why: string };

/** A modem that babbles is left: so many characters to one command. */
const mostHeard = 16_384;
/** So soon it is seen that nobody waits any more. */
const sliceMs = 250;
const stop = '\u001b';
const send = '\u001a';

/**
 * Sends the parts one behind the other. Errors: Fault: nothing went out, or only some parts, which no phone shows as the message.
 */
export const sendByModem = (
  serial: Serial,
  pdus: readonly Pdu[],
  { clock, report, times = usualTimes, signal }: ModemOptions,
): Promise<SmsOutcome> =>
  serial.transact(async (line) => {
    const talk = talkTo(line, { clock, signal, writeMs: times.writeMs });
    await ready(talk, times);
    if (report) await talk.command('AT+CNMI=2,0,0,1,0', times.commandMs);
    const references: number[] = [];
    for (const pdu of pdus) {
      const reference = await sendOne(talk, pdu, times);
      if (typeof reference === 'string') return { state: 'unsure', why: reference };
      references.push(reference);
    }
    return { state: 'taken', delivered: report ? await delivered(talk, references, times) : null };
  });

export interface ModemOptions {
  readonly clock: Clock;
  /** Whether the messages ask for a status report. */
  readonly report: boolean;
  readonly times?: ModemTimes;
  readonly signal?: AbortSignal | undefined;
}

type Talk = ReturnType<typeof talkTo>;

const registered = /^[1567]$/;
/** A modem that says no to a question has no answer to it. */
const orNull = (error: unknown): null => {
  if (isFault(error) && error.kind === 'refused') return null;
  throw error;
};

async function ready(talk: Talk, { commandMs }: ModemTimes): Promise<void> {
  // Whatever was begun before is given up; a modem finds the speed of a line by the first letters of it, or not at once.
  await talk.write(stop);
  let silent: unknown = null;
  for (let i = 0; i < 3; i++) {
    try {
      await talk.command('AT', commandMs / 3);
      silent = null;
      break;
    } catch (error) {
      if (!isFault(error) || error.kind === 'absent') throw error;
      silent = error;
    }
  }
  if (silent) throw silent;
  await talk.command('ATE0', commandMs);
  await talk.command('AT+CMEE=1', commandMs);
  const pin = await talk.command('AT+CPIN?', commandMs, /^\+CPIN: *(.+)$/);
  if (pin !== 'READY')
    throw new Fault('refused', `the SIM says ${shown(pin)}; must be READY: unlock it by hand. Nothing was sent`);
  // 1: at home, 5: roaming; 6 and 7: the same, for short messages alone (TS 27.007, 7.2).
  const network = await talk.command('AT+CREG?', commandMs, /^\+CREG: *\d+, *(\d+)/);
  if (!registered.test(network ?? '')) {
    // One of LTE alone has no circuits to be registered for (10.1.22); an older one does not know the question.
    const packets = await talk.command('AT+CEREG?', commandMs, /^\+CEREG: *\d+, *(\d+)/).catch(orNull);
    if (!registered.test(packets ?? ''))
      throw new Fault('absent', `the modem is in no network (+CREG ${shown(network)}). Nothing was sent`);
  }
  await talk.command('AT+CMGF=0', commandMs);
}

/** The network's number of it; or why nobody knows whether it went out. */
async function sendOne(
  talk: Talk,
  { hex, length }: Pdu,
  { commandMs, networkMs }: ModemTimes,
): Promise<number | string> {
  await talk.prompt(`AT+CMGS=${length}`, commandMs);
  try {
    const reference = await talk.command(`${hex}${send}`, networkMs, /^\+CMGS: *(\d{1,3})/);
    return reference === null ? 'the modem said OK and named no message' : Number(reference);
  } catch (error) {
    if (!isFault(error) || error.kind === 'refused') throw error;
    return error.message;
  }
}

/** Whether every part was delivered; null while nobody says. */
async function delivered(talk: Talk, references: readonly number[], { reportMs }: ModemTimes): Promise<boolean | null> {
  const outcomes = (): readonly (StatusReport['outcome'] | undefined)[] =>
    references.map((one) => talk.reports.findLast(({ reference }) => reference === one)?.outcome);
  await talk
    .listen(reportMs, () => outcomes().every((one) => one === 'delivered' || one === 'failed'))
    .catch(unlessFault);
  if (outcomes().includes('failed')) return false;
  return outcomes().every((one) => one === 'delivered') ? true : null;
}
/** Of a fault nothing is made here. */
function unlessFault(error: unknown): void {
  if (!isFault(error)) throw error;
}

/** What `take` makes of the first of which it makes something. */
function firstOf<I, O>(all: readonly I[], take: (one: I) => O | undefined): O | undefined {
  for (const one of all) {
    const found = take(one);
    if (found !== undefined) return found;
  }
  return undefined;
}

const shown = (text: string | null): string => (text === null ? 'nothing' : JSON.stringify(text.slice(0, 40)));

interface Talking {
  readonly clock: Clock;
  readonly signal: AbortSignal | undefined;
  readonly writeMs: number;
}

function talkTo(line: SerialLine, { clock, signal, writeMs }: Talking) {
  let heard: Heard = nothingHeard;
  const reports: StatusReport[] = [];
  let isReport = false;
  const nowMs = (): number => clock.now().monoNs / 1e6;

  /** The next lines and prompts, none where nothing came for a moment. Errors: Fault `absent`. */
  const next = async (ms: number): Promise<readonly Said[]> => {
    const bytes = await line.read(Math.min(ms, sliceMs)).catch((error: unknown) => {
      if (isFault(error) && error.kind === 'timeout') return new Uint8Array(0);
      throw error;
    });
    const [after, all] = hear(heard, bytes);
    heard = after;
    return all.filter((one) => !('line' in one && noteReport(one.line)));
  };

  /** Reads until `take` has what it waits for. Errors: Fault `timeout`, `protocol`, `absent`. */
  const until = async <T>(what: string, ms: number, take: (said: string | null) => T | undefined): Promise<T> => {
    const endMs = nowMs() + ms;
    heard = { ...heard, total: 0 };
    let last: string | null = null;
    for (let leftMs = ms; leftMs > 0; leftMs = endMs - nowMs()) {
      if (signal?.aborted) throw new Fault('timeout', `given up at ${what}`);
      const all = (await next(leftMs)).map((one) => ('line' in one ? one.line : null));
      if (heard.total > mostHeard)
        throw new Fault(
          'protocol',
          `the modem says more than ${mostHeard} characters to ${what}; its last: ${shown(last)}`,
        );
      last = all.findLast((one) => one !== null) ?? last;
      const found = firstOf(all, take);
      if (found !== undefined) return found;
    }
    throw new Fault('timeout', `the modem does not answer ${what} within ${ms} ms; its last word: ${shown(last)}`);
  };

  /** A status report is two lines, in the midst of whatever else. */
  const noteReport = (text: string): boolean => {
    if (/^\+CDS: *\d+$/.test(text)) {
      isReport = true;
      return true;
    }
    const report = isReport ? reportIn(text) : null;
    isReport = false;
    if (report) reports.push(report);
    return report !== null;
  };

  /** Errors: Fault `absent` where the line takes nothing: one that was pulled in the midst may never say so by itself. */
  const write = async (text: string): Promise<void> => {
    const { promise: late, resolve: giveUp } = Promise.withResolvers<'late'>();
    const stopLimit = timeLimit(writeMs, () => giveUp('late'));
    const how = await Promise.race([line.write(Buffer.from(text, 'latin1')), late]).finally(stopLimit);
    if (how !== 'late') return;
    // Whoever reads is told what became of the line, so that it is opened anew.
    await line.read(1).catch(unlessFault);
    throw new Fault('absent', `the modem takes nothing for ${writeMs} ms`);
  };

  return {
    reports,
    write,
    /** What the first line that matches says, or null where none does. Errors: Fault; `refused` with the modem's own word. */
    command: async (text: string, ms: number, wanted?: RegExp): Promise<string | null> => {
      const what = text.startsWith('AT') ? text : 'a message';
      let value: string | null = null;
      await write(text.startsWith('AT') ? `${text}\r` : text);
      await until(what, ms, (said) => {
        if (said === null) return undefined;
        value ??= wanted?.exec(said)?.[1] ?? null;
        const result = resultIn(said);
        if (result && !result.ok)
          throw new Fault('refused', `the modem says ${result.why} to ${what}. It was not sent`);
        return result?.ok;
      });
      return value;
    },
    prompt: async (text: string, ms: number): Promise<void> => {
      await write(`${text}\r`);
      await until(text, ms, (said) => {
        if (said === null) return true;
        const result = resultIn(said);
        if (result && !result.ok)
          throw new Fault('refused', `the modem says ${result.why} to ${text}. It was not sent`);
        return undefined;
      });
    },
    listen: async (ms: number, isOver: () => boolean): Promise<void> => {
      const endMs = nowMs() + ms;
      heard = { ...heard, total: 0 };
      while (!isOver() && !signal?.aborted && nowMs() < endMs && heard.total <= mostHeard) await next(endMs - nowMs());
    },
  };
}
