/** The uplink's end of the twin: what is heard at twin/desired goes to the agent of the box, what the agent reports is retained. */
import { isAsk, longestAsk } from '../core/fleet/ask.ts';
import type { AgentHealth } from '../core/fleet/health.ts';
import type { Broker } from '../core/ports/broker.ts';
import { isFault } from '../core/ports/fault.ts';
import type { Told } from '../core/spool/gone.ts';
import { mostAsks, type TwinReply, twinRequest } from '../core/twin/link.ts';
import { parseWire, textOf } from '../core/wire/parse.ts';

export interface Twin {
  hear(payload: Uint8Array): void;
  /** Takes a question to the agent that came on `cmd`; false for anything else. */
  takes(payload: Uint8Array): boolean;
  /** Answers the agent. Errors: Fault `protocol` for what is no request. */
  answer(line: string, connected: boolean): TwinReply;
  /** How the box is, by the agent; null: it never said. */
  readonly health: AgentHealth | null;
  /** To be called on every connection. */
  connected(): void;
  /** Says what is new, once. */
  say(broker: Broker, topic: string): Promise<void>;
}

export function openTwin(tell: (told: Told) => void): Twin {
  let desired: string | null = null;
  let reported: string | null = null;
  let said: string | null = null;
  let health: AgentHealth | null = null;
  let asks: string[] = [];
  return {
    get health() {
      return health;
    },
    hear: (payload) => {
      // An empty payload is how a retained message is taken back.
      if (payload.length === 0) {
        desired = null;
        return;
      }
      try {
        desired = textOf(payload);
      } catch (error) {
        if (!isFault(error)) throw error;
        tell({
          type: 'update-refused',
          severity: 'error',
          message: `desired state: ${error.message}; nothing was changed`,
          detail: {},
        });
      }
    },
    takes: (payload) => {
      const text = payload.length > longestAsk ? '' : Buffer.from(payload).toString('latin1');
      if (!isAsk(text)) return false;
      // An agent that does not come for them loses the oldest: an operator asks again.
      asks = [...asks, Buffer.from(payload).toString('utf8')].slice(-mostAsks);
      return true;
    },
    answer: (line, connected) => {
      const { reported: now, told, health: seen } = parseWire(line, twinRequest);
      health = seen ?? health;
      reported = now ?? reported;
      for (const one of told) tell(one);
      const given = asks;
      asks = [];
      return { say: 'twin', connected, desired, asks: given };
    },
    connected: () => {
      said = null;
    },
    say: async (broker, topic) => {
      if (reported === null || reported === said) return;
      const text = reported;
      await broker.publish(topic, text, { retain: true });
      said = text;
    },
  };
}
