import {
  type ReadRequest,
  readRequest,
  readResponse,
  writeRequest,
  written,
  wrongResponse,
} from '../core/codecs/modbus-rtu.ts';
import { tcpReadRequest, tcpReadResponse, tcpWriteRequest, tcpWritten } from '../core/codecs/modbus-tcp.ts';
import { heard } from '../core/flow/heard.ts';
import type { Clock } from '../core/ports/clock.ts';
import { Fault } from '../core/ports/fault.ts';
import type { SerialLine } from '../core/ports/serial.ts';

/** The longest answer is 125 registers; a line that says much more is not answering us. */
const mostBytes = 1024;
/** A line that talks for longer than this many answer times, before anything was asked, is not ours alone. */
const settlePatience = 4;
/** 3.5 characters at 1200 baud ("MODBUS over serial line" V1.02, 2.5.1.1): who talks on the line is heard within it. */
const leastSilenceMs = 35;
const nothing: Uint8Array = new Uint8Array(0);

export interface Asked extends Omit<ReadRequest, 'unit'> {
  readonly start: number;
}

/** Asks one unit. Every call is alone on the line (`Serial.transact`). */
export interface ModbusMaster {
  /**
   * RTU: waits until the line was silent for as long as an answer may take. Its answers have no numbers: one that comes
   * after its time (of a process that was killed, of a look that gave up) would be taken for the next one. Where nobody asked since
   * `aloneNs` (monotonic), that time counts.
   * Errors: Fault `protocol` when the line never falls silent.
   */
  settle(line: SerialLine, aloneNs?: number): Promise<void>;
  /** Errors: Fault `timeout`, `checksum`, `protocol`, `refused`. */
  ask(line: SerialLine, asked: Asked): Promise<number[]>;
  /** Writes one holding register and holds the device to its echo. Errors: as `ask`. */
  write(line: SerialLine, register: number, value: number): Promise<void>;
}

interface Options {
  readonly unit: number;
  readonly timeoutMs: number;
  readonly framing?: 'rtu' | 'tcp' | undefined;
  readonly clock: Clock;
}

interface Exchange<T> {
  readonly sent: Uint8Array;
  /** The answer in what was received so far, or null. */
  readonly find: (received: Uint8Array) => T | null;
  /** What was heard in the place of an answer that did not come. */
  readonly wrong?: (received: Uint8Array) => Fault | null;
}

export function modbusMaster({ unit, timeoutMs, framing = 'rtu', clock }: Options): ModbusMaster {
  let transaction = 0;

  /** Sends, then listens until the answer is found in what came. */
  async function exchange<T>(line: SerialLine, { sent, find, wrong }: Exchange<T>): Promise<T> {
    line.discard();
    await line.write(sent);
    const giveUpNs = clock.now().monoNs + timeoutMs * 1e6;
    let received = nothing;
    // Most answers come whole: the clock is asked again only for one that does not.
    for (let leftMs = timeoutMs; leftMs > 0; leftMs = (giveUpNs - clock.now().monoNs) / 1e6) {
      const more = await heard(line, leftMs);
      if (more === null) break;
      received = received.length === 0 ? more : Buffer.concat([received, more]);
      const found = find(received);
      if (found !== null) return found;
      if (received.length > mostBytes) break;
    }
    const noise = received.length > 0 ? `; ${received.length} bytes came that are no whole answer` : '';
    throw wrong?.(received) ?? new Fault('timeout', `unit ${unit} did not answer within ${timeoutMs} ms${noise}`);
  }

  const next = (): number => {
    transaction = (transaction + 1) & 0xffff;
    return transaction;
  };

  return {
    settle: async (line, aloneNs) => {
      if (framing === 'tcp') return;
      const { monoNs } = clock.now();
      const quietMs = aloneNs === undefined ? 0 : (monoNs - aloneNs) / 1e6;
      if (!(await heard(line, Math.max(leastSilenceMs, timeoutMs - quietMs)))) return;
      const giveUpNs = monoNs + settlePatience * timeoutMs * 1e6;
      while (await heard(line, timeoutMs)) {
        if (clock.now().monoNs > giveUpNs)
          throw new Fault(
            'protocol',
            `unit ${unit}: the line is never silent; something talks on it without being asked`,
          );
      }
    },
    ask: async (line, { table, start, count }) => {
      const request = { unit, table, count };
      if (framing === 'tcp') {
        const number = next();
        const sent = tcpReadRequest(number, { ...request, start });
        return exchange(line, { sent, find: (bytes) => tcpReadResponse(bytes, number, request) });
      }
      return exchange(line, {
        sent: readRequest(unit, table, start, count),
        find: (bytes) => readResponse(bytes, request),
        wrong: (bytes) => wrongResponse(bytes, request),
      });
    },
    write: async (line, register, value) => {
      const tcp = framing === 'tcp';
      const sent = tcp ? tcpWriteRequest(next(), unit, register, value) : writeRequest(unit, register, value);
      await exchange(line, { sent, find: (bytes) => (tcp ? tcpWritten : written)(bytes, sent) || null });
    },
  };
}
